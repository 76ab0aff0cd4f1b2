"""The ledger: what was read already, so that a run reads only what is new.

A row of ``sources`` tells what one file or member gave. While a run is under way a long file is cut into parts, each
staged with its own :class:`SourceRow`; the commit merges them into one row.
"""

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import snapshots
from warehouse.columns import Column, Table
from warehouse.fields import LONG, STRINGS
from warehouse.layout import Layout
from warehouse.tables import TABLES
from warehouse.tables.convert import rows_to_arrow
from warehouse.tables.sources import SOURCES

ROWS_AT_ONCE = 8192
"""Rows of the ledger that are Python objects at a time while it is loaded."""

RACY_NS = 2_000_000_000
"""A file changed less than this before it was listed may change again under the same time stamp (FAT counts 2 s)."""

Key = tuple[str, str | None]
"""Stored path and member of a source."""


class SourceStatus(StrEnum):
    """What became of a landing file or member."""

    DONE = "done"  # read to its end; some of its records may be rejects
    ARCHIVE = "archive"  # its members have rows of their own
    REJECTED = "rejected"  # refused as a whole: one reject, no document
    PARTIAL = "partial"  # some of its records are not stored yet


SOURCE_PARTS = Table(
    name="source_parts",
    meaning="Rows of the ledger as a batch stages them: one a stretch of records of one file or member.",
    key=(*SOURCES.key, "record_start"),
    owner=SOURCES.owner,
    partitioned=False,
    sort_by=(*SOURCES.sort_by, "record_start"),
    row_group_rows=SOURCES.row_group_rows,
    columns=(
        *SOURCES.columns,
        Column("record_start", LONG, "First record of the part.", unit="records"),
        Column("record_stop", LONG, "One past the last record of the part; -1: to the end.", unit="records"),
        Column("members", STRINGS, "All members of an archive; null for anything else.", nullable=True),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One part of a ledger row. Most files are one part: records 0 to the end.

    Attributes:
        mtime: last modification of the file, for a member of its archive: nanoseconds since 1970.
        read_at: when the file was listed: nanoseconds since 1970.
        source_sha256: empty when the bytes could not be read, so that the next run tries again.
        record_count: records of this part, rejects among them.
        document_ids: the documents of this part, each once, in order.
        record_start: first record of this part.
        record_stop: one past its last record; -1 says that it reaches to the end of the file.
        members: of an archive: all of its members' names, so that documents of vanished ones can go.
    """

    source_path: str
    source_member: str | None = None
    size: int
    mtime: int | None
    read_at: int | None
    source_sha256: str
    status: SourceStatus
    record_count: int
    document_ids: tuple[str, ...] = ()
    pipeline_version: str
    run_id: str
    record_start: int = 0
    record_stop: int = -1
    members: tuple[str, ...] | None = None


class Ledger:
    """The table ``sources`` of one snapshot, for look-ups by path and member.

    Holds 73 bytes a source in flat arrays, no Python object: a million sources take 73 MB. A name is known by 16 bytes
    of its BLAKE2b, so two names are told apart with certainty for all practical purposes (2⁻⁸⁸ for a million of them).

    Args:
        rows: a table, or record batches, with :data:`LEDGER_COLUMNS`.
    """

    def __init__(self, rows: pa.Table | Iterable[pa.RecordBatch]) -> None:
        batches = rows.to_batches() if isinstance(rows, pa.Table) else rows
        whole = np.concatenate([np.empty(0, _ENTRY), *map(_compact, batches)])
        order = np.argsort(whole["name_first"])
        self._entries = whole[order]
        self._first = self._entries["name_first"].copy()

    @classmethod
    def load(cls, root: str | os.PathLike[str]) -> "Ledger":
        """The ledger of the current snapshot; an empty one before the first commit."""
        snapshot = snapshots.current(Layout(Path(root)))
        if snapshot is None:
            return cls(())
        return cls(_batches(snapshot.files(SOURCES)))

    def __len__(self) -> int:
        return len(self._entries)

    def unchanged(self, path: str, size: int, mtime_ns: int) -> bool:
        """Whether a file need not be opened: read to its end, same size and time, and the time is trustworthy.

        The time is not when it lies so close before (or after) the listing that the file may have been changed again
        within the same tick. git guards its index in the same way ("racily clean").
        """
        entry = self._find(path, None)
        if entry is None or not entry["settled"] or mtime_ns == _UNKNOWN or int(entry["mtime"]) != mtime_ns:
            return False
        return int(entry["size"]) == size and mtime_ns + RACY_NS < int(entry["read_at"])

    def sha256(self, path: str, member: str | None = None) -> str | None:
        """SHA-256 of the bytes that were read to their end under this name; None when there are none."""
        entry = self._find(path, member)
        return bytes(entry["sha256"]).hex() if entry is not None and entry["settled"] else None

    def _find(self, path: str, member: str | None) -> np.void | None:
        first, rest = _name(path, member)
        position = int(np.searchsorted(self._first, np.uint64(first)))
        while position < len(self._first) and int(self._first[position]) == first:
            entry: np.void = self._entries[position]
            if int(entry["name_rest"]) == rest:
                return entry
            position += 1
        return None


def _batches(files: Iterable[Path]) -> Iterator[pa.RecordBatch]:
    """One after the other, without the read-ahead of a dataset, which holds whole files."""
    for path in files:
        yield from pq.ParquetFile(path).iter_batches(batch_size=ROWS_AT_ONCE, columns=LEDGER_COLUMNS)


LEDGER_COLUMNS = ["source_path", "source_member", "size", "mtime", "read_at", "source_sha256", "status"]
"""What a run has to know of the ledger."""

_UNKNOWN = 0
_ENTRY = np.dtype(
    [
        ("name_first", np.uint64),
        ("name_rest", np.uint64),
        ("size", np.int64),
        ("mtime", np.int64),
        ("read_at", np.int64),
        ("settled", np.bool_),
        ("sha256", "V32"),
    ]
)


def _name(path: str, member: str | None) -> tuple[int, int]:
    digest = hashlib.blake2b(path.encode(), digest_size=16)
    if member is not None:
        digest.update(b"\0" + member.encode())
    first, rest = _TWO_NUMBERS.unpack(digest.digest())
    return first, rest


_TWO_NUMBERS = struct.Struct("<QQ")


def _compact(rows: pa.RecordBatch) -> "np.ndarray[Any, np.dtype[np.void]]":
    """The rows as flat entries. A row is settled when its file was read to its end and could be read at all."""
    entries = np.empty(rows.num_rows, _ENTRY)
    names = [
        _name(*key) for key in zip(rows["source_path"].to_pylist(), rows["source_member"].to_pylist(), strict=True)
    ]
    entries["name_first"] = np.array([first for first, _ in names], np.uint64)
    entries["name_rest"] = np.array([rest for _, rest in names], np.uint64)
    for column in ("size", "mtime", "read_at"):
        entries[column] = pc.fill_null(rows[column].cast(LONG), _UNKNOWN).to_numpy(zero_copy_only=False)
    hashes = rows["source_sha256"].to_pylist()
    partial = rows["status"].to_pylist()
    entries["settled"] = [
        bool(sha256) and status != SourceStatus.PARTIAL for sha256, status in zip(hashes, partial, strict=True)
    ]
    entries["sha256"] = np.frombuffer(b"".join(bytes.fromhex(sha256 or "00" * 32) for sha256 in hashes), "V32")
    return entries


_DOCUMENT_COLUMNS = {column.name: column for column in TABLES["documents"].columns}

ANNOTATIONS = Table(
    name="annotations",
    meaning="Stored documents that a batch annotated anew: their entities and quotes come with it, they themselves "
    "stay but for these columns. `text_hash` and `published_on` tell which state of the document was annotated.",
    key=("document_id",),
    owner=("document_id",),
    partitioned=False,
    sort_by=("document_id",),
    row_group_rows=20_000,
    columns=tuple(
        _DOCUMENT_COLUMNS[name]
        for name in (
            "document_id",
            "text_hash",
            "published_on",
            "entity_count",
            "quote_count",
            "model",
            "pipeline_version",
            "run_id",
        )
    ),
)

STAGED_TABLES: dict[str, Table] = {
    **{name: TABLES[name] for name in ("documents", "entities", "quotes", "rejects")},
    "sources": SOURCE_PARTS,
    "annotations": ANNOTATIONS,
}
"""The tables of a batch: those of a snapshot, but the ledger in parts, and what was annotated anew."""


def source_parts(rows: Iterable[SourceRow]) -> pa.Table:
    """The staged form of ledger rows, for :meth:`warehouse.staging.StagingArea.write`."""
    return rows_to_arrow(SOURCE_PARTS, rows)
