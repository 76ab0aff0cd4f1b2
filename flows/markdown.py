"""Markdown that no file name or article can break."""

from collections.abc import Iterable


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A table; cells are text."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def section(title: str, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    """A heading with a table, or nothing when there are no rows."""
    listed = list(rows)
    return [f"## {title}", table(head, listed)] if listed else []


def code(name: str) -> str:
    """A path, in which Markdown must not see emphasis or links."""
    return "`" + name.replace("`", "'").replace("\n", " ") + "`"


def cell(value: object) -> str:
    """Text that cannot break out of its cell, whatever a file was called."""
    return str(value).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
