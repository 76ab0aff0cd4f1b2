"""The pure layer: bytes or text in, frozen records out; no Prefect, no tables, no file system."""
