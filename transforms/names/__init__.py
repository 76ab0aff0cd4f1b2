"""Names: paragraphs, mentions, and the entities of one document that they belong to."""
