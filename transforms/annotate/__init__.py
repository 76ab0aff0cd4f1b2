"""One spaCy pass over normalised texts, rows out."""
