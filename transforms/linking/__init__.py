"""Which entities of different documents are one: pure functions of their names, and of what people decided."""
