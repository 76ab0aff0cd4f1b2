"""Rules of language as data files, read with ``importlib.resources``."""
