"""Quotations compared with gold: the scorer, and where the disagreements lie."""
