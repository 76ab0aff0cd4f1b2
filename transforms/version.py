"""The version that every stored row carries, so that a figure can be traced to the rules that made it."""

PIPELINE_VERSION = "2"
"""Raise it by one whenever the same input would give different rows (text, entities, quotes or speakers)."""
