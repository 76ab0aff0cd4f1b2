"""Quotations: who said what, from quotation marks and syntax."""
