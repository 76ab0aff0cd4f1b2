"""Speakers: who the source of each quotation really is."""
