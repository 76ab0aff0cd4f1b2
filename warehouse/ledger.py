"""The ledger: what was read already, so that a run reads only what is new.

A row of ``sources`` tells what one file or member gave. While a run is under way a long file is cut into parts, each
staged with its own :class:`SourceRow`; the commit merges them into one row.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from warehouse import snapshots
from warehouse.columns import Column, Table
from warehouse.fields import LONG, STRINGS
from warehouse.layout import Layout
from warehouse.tables import TABLES
from warehouse.tables.convert import rows_to_arrow
from warehouse.tables.sources import SOURCES

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


@dataclass(frozen=True, slots=True)
class _Entry:
    position: int
    size: int
    mtime: int | None
    read_at: int | None
    sha256: str
    status: str


class Ledger:
    """The table ``sources`` of one snapshot, for look-ups by path and member.

    Holds about 300 bytes a source; the document ids stay in Arrow.
    """

    def __init__(self, rows: pa.Table) -> None:
        self._document_ids = rows.column("document_ids")
        self._entries = {
            (path, member): _Entry(position, size, mtime, read_at, sha256, status)
            for position, (path, member, size, mtime, read_at, sha256, status) in enumerate(
                zip(
                    rows.column("source_path").to_pylist(),
                    rows.column("source_member").to_pylist(),
                    rows.column("size").to_pylist(),
                    rows.column("mtime").cast(LONG).to_pylist(),
                    rows.column("read_at").cast(LONG).to_pylist(),
                    rows.column("source_sha256").to_pylist(),
                    rows.column("status").to_pylist(),
                    strict=True,
                )
            )
        }

    @classmethod
    def load(cls, root: str | os.PathLike[str]) -> "Ledger":
        """The ledger of the current snapshot; an empty one before the first commit."""
        snapshot = snapshots.current(Layout(Path(root)))
        if snapshot is None:
            return cls(SOURCES.schema().empty_table())
        columns = [
            "source_path",
            "source_member",
            "size",
            "mtime",
            "read_at",
            "source_sha256",
            "status",
            "document_ids",
        ]
        return cls(snapshot.dataset(SOURCES).to_table(columns=columns))

    def __len__(self) -> int:
        return len(self._entries)

    def unchanged(self, path: str, size: int, mtime_ns: int) -> bool:
        """Whether a file need not be opened: read to its end, same size and time, and the time is trustworthy.

        The time is not when it lies so close before (or after) the listing that the file may have been changed again
        within the same tick. git guards its index in the same way ("racily clean").
        """
        entry = self._entries.get((path, None))
        if entry is None or not self._settled(entry) or entry.mtime is None or entry.read_at is None:
            return False
        return entry.size == size and entry.mtime == mtime_ns and mtime_ns + RACY_NS < entry.read_at

    def sha256(self, path: str, member: str | None = None) -> str | None:
        """SHA-256 of the bytes that were read to their end under this name; None when there are none."""
        entry = self._entries.get((path, member))
        return entry.sha256 if entry is not None and self._settled(entry) else None

    def document_ids(self, path: str, member: str | None = None) -> tuple[str, ...]:
        """The documents that this file or member gave."""
        entry = self._entries.get((path, member))
        return () if entry is None else tuple(self._document_ids[entry.position].as_py())

    @staticmethod
    def _settled(entry: _Entry) -> bool:
        return bool(entry.sha256) and entry.status != SourceStatus.PARTIAL


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
