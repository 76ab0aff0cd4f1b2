"""An annotated article for eyes and for other tools: safe characters, spans in layers, a web page, exchange formats."""
