"""What was learned about the outlets' boilerplate, kept beside the snapshots, and the texts to learn it from.

The file is no part of a snapshot: it can be made anew from the tables at any time. A run reads it once, at its start.
"""

import json
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc

from warehouse import disk, snapshots
from warehouse.layout import Layout
from warehouse.stored import scan
from warehouse.tables.documents import DOCUMENTS

FILE = ".boilerplate.json"

Text = tuple[str | None, str, str]
"""Publisher, hash of the text, text."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Paragraphs by outlet, and how many documents there were when they were learned."""

    documents: int = 0
    lines: Mapping[str, frozenset[str]] = field(default_factory=dict)


def load(root: str | os.PathLike[str]) -> Learned:
    """What was learned last; nothing when nothing ever was."""
    try:
        content = json.loads((Path(root) / FILE).read_bytes())
    except FileNotFoundError:
        return Learned()
    return Learned(content["documents"], {name: frozenset(lines) for name, lines in content["lines"].items()})


def save(root: str | os.PathLike[str], learned: Learned) -> None:
    """Replace the file in one step."""
    content = {"documents": learned.documents, "lines": {name: sorted(lines) for name, lines in learned.lines.items()}}
    beside = Path(root) / f".{uuid.uuid4().hex}.tmp"
    disk.write_bytes(beside, json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode())
    beside.replace(Path(root) / FILE)


def count_documents(root: str | os.PathLike[str]) -> int:
    """Documents of the current snapshot, from the files' footers."""
    snapshot = snapshots.current(Layout(Path(root)))
    return snapshot.dataset(DOCUMENTS).count_rows() if snapshot is not None else 0


def texts(root: str | os.PathLike[str]) -> Iterator[Text]:
    """All texts of the current snapshot, streamed; of exact copies one."""
    snapshot = snapshots.current(Layout(Path(root)))
    if snapshot is None:
        return
    files = [str(file) for file in snapshot.files(DOCUMENTS)]
    alone = pc.is_null(pc.field("duplicate_of"))
    for rows in scan(DOCUMENTS, files, ["publisher", "text_hash", "text"], alone):
        yield from zip(*(rows.column(name).to_pylist() for name in ("publisher", "text_hash", "text")), strict=True)
