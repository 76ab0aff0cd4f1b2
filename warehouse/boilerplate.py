"""What was learned about the outlets' boilerplate, kept beside the snapshots, and the texts to learn it from.

The file is no part of a snapshot: it can be made anew from the tables at any time. A run reads it once, at its start.
It repeats lines of articles, so a take-down deletes it, and the next run learns it from what is left. What a run
learned meanwhile, from texts that had the article still, is not saved.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc

from warehouse import disk, snapshots
from warehouse.errors import clear_errors
from warehouse.layout import Layout
from warehouse.lock import DEFAULT_WAIT, write_lock
from warehouse.stored import Stored, scan
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


def save(root: str | os.PathLike[str], learned: Learned, known: frozenset[str], *, wait: float = DEFAULT_WAIT) -> bool:
    """Replace the file in one step, unless a document was taken down since its texts were read.

    Args:
        root: the warehouse folder.
        learned: from the texts of the documents that were stored and those to come.
        known: what :func:`taken_down` gave before they were read.
        wait: seconds to wait for a commit or a take-down.

    Returns:
        Whether it was saved; if not, it has to be learned anew.

    Raises:
        DiskFullError, WritePermissionError: when it cannot be written.
        LockedError: when another process does not end in time.
    """
    content = {"documents": learned.documents, "lines": {name: sorted(lines) for name, lines in learned.lines.items()}}
    layout = Layout(Path(root))
    beside = layout.root / f"{FILE}.{os.getpid()}"  # recovery deletes what has such a name
    with clear_errors(layout.root), write_lock(layout.lock, wait):
        if taken_down(root) != known:
            return False
        beside.unlink(missing_ok=True)
        disk.write_bytes(beside, json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode())
        beside.replace(layout.root / FILE)
    return True


def discard(layout: Layout) -> None:
    """Delete the file, and what killed runs left of it. Call it under the lock."""
    for file in layout.root.glob(f"{FILE}*"):
        file.unlink()
    disk.sync_directory(layout.root)


def taken_down(root: str | os.PathLike[str]) -> frozenset[str]:
    """Documents that were taken down, as far as the current snapshot knows: nothing is learned from them."""
    stored = Stored(snapshots.current(Layout(Path(root))))
    return frozenset(stored.forgotten().column("document_id").to_pylist())


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
