"""Markdown that no file name or article can break."""

from collections.abc import Iterable
from typing import Any

from transforms.display.visible import visible


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A table; cells are text."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def section(title: str, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    """A heading with a table, or nothing when there are no rows."""
    listed = list(rows)
    return [f"## {title}", table(head, listed)] if listed else []


class Code(str):
    """Markdown of a code span, in which nothing but pipes has to be escaped any more."""

    __slots__ = ()


def code(name: str) -> Code:
    """A path, in which Markdown must not see emphasis or links."""
    return Code("`" + visible(name).replace("`", "'").replace("\n", " ") + "`")


def cell(value: object) -> str:
    """Text that cannot break out of its cell, whatever a file or a person was called: no markup, link or picture."""
    plain = str(value).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
    return plain if isinstance(value, Code) else visible(plain).translate(_ESCAPED)


_ESCAPED = str.maketrans({char: f"\\{char}" for char in "[]`*"})


def table_cell(value: Any) -> Any:
    """A value for a table artifact: words without what acts, and no link."""
    return visible(value).replace("](", "] (") if isinstance(value, str) else value
