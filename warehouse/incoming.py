"""What the batches of a commit bring: the heads of their documents, their ledger parts, their rejects, their rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.columns import Table
from warehouse.ledger import SourceRow, SourceStatus
from warehouse.memory import Shared
from warehouse.staging import StagedBatch


@dataclass(frozen=True, slots=True)
class Head:
    """The columns of a document by which a commit decides."""

    document_id: str
    record_hash: str
    pipeline_version: str
    model: str | None
    modified_at: datetime | None
    ingested_at: datetime
    published_on: datetime | None
    text_hash: str
    duplicate_of: str | None
    near_duplicate_cluster: str | None
    source_path: str
    source_member: str | None
    source_sha256: str
    source_record: int
    url: str | None
    canonical_url: str | None
    raw_text_sha256: str
    entity_count: int
    quote_count: int

    def same_rows(self, other: "Head") -> bool:
        """Whether both would give the same rows: same record, read by the same rules and model."""
        mine = (self.record_hash, self.pipeline_version, self.model)
        return mine == (other.record_hash, other.pipeline_version, other.model)


HEAD_COLUMNS = list(Head.__dataclass_fields__)

UNIQUE = frozenset({"record_hash", "text_hash", "raw_text_sha256", "source_record", "entity_count", "quote_count"})
"""Columns of heads that are not asked for equal values: they have none, or small numbers."""

RECURRING = ("source_path", "source_sha256", "pipeline_version", "run_id")
"""Columns of the ledger whose values recur, in it or in heads."""


@dataclass(frozen=True, slots=True)
class StagedHead:
    """A document as one batch brings it."""

    head: Head
    batch: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a batch says about a stored document that it annotated anew; see :data:`warehouse.ledger.ANNOTATIONS`."""

    document_id: str
    text_hash: str
    published_on: datetime | None
    entity_count: int
    quote_count: int
    model: str
    pipeline_version: str
    run_id: str


@dataclass(frozen=True, slots=True)
class StagedAnnotation:
    """An annotation as one batch brings it."""

    facts: Annotation
    batch: int


@dataclass(frozen=True, slots=True)
class RejectFacts:
    """A row of ``rejects``."""

    source_path: str
    source_member: str | None
    source_record: int
    source_sha256: str
    reason: str
    detail: str
    excerpt: str
    run_id: str


def heads_of(rows: pa.Table, shared: Shared | None = None) -> Iterator[Head]:
    """The heads in a table that has their columns."""
    shared = shared or Shared()
    columns = [rows.column(name).to_pylist() for name in HEAD_COLUMNS]
    columns = [values if name in UNIQUE else shared(values) for name, values in zip(HEAD_COLUMNS, columns, strict=True)]
    return (Head(*values) for values in zip(*columns, strict=True))


def source_rows_of(rows: pa.Table, shared: Shared | None = None) -> Iterator[SourceRow]:
    """Rows of the ledger, or parts of them; times become nanoseconds."""
    shared = shared or Shared()
    for name in ("mtime", "read_at"):
        index = rows.column_names.index(name)
        rows = rows.set_column(index, name, rows.column(name).cast(pa.int64()))
    for row in rows.to_pylist():
        row.update(zip(RECURRING, shared(row[name] for name in RECURRING), strict=True))
        row["document_ids"] = tuple(shared(row["document_ids"]))
        row["status"] = SourceStatus(row["status"])
        if row.get("members") is not None:
            row["members"] = tuple(row["members"])
        yield SourceRow(**row)


def rejects_of(rows: pa.Table) -> Iterator[RejectFacts]:
    """Rows of ``rejects``."""
    return (RejectFacts(**row) for row in rows.to_pylist())


class Incoming:
    """The batches of one commit. Heads are held in memory, rows are read from the batches when they are written."""

    def __init__(self, batches: Sequence[StagedBatch]) -> None:
        self._batches = batches

    def parts(self, shared: Shared | None = None) -> list[SourceRow]:
        """All ledger parts."""
        shared = shared or Shared()
        return [row for batch in self._batches for row in source_rows_of(batch.table("sources"), shared)]

    def heads(self, shared: Shared | None = None) -> list[StagedHead]:
        """All documents, in the order in which they count: by run, then by file, member and record."""
        shared = shared or Shared()
        staged = [
            StagedHead(head, number)
            for number, batch in enumerate(self._batches)
            for head in heads_of(batch.table("documents", HEAD_COLUMNS), shared)
        ]
        return sorted(staged, key=lambda item: _order(item.head))

    def rejects(self) -> list[RejectFacts]:
        """All rejects."""
        return [reject for batch in self._batches for reject in rejects_of(batch.table("rejects"))]

    def annotations(self) -> list[StagedAnnotation]:
        """Stored documents that were annotated anew."""
        return [
            StagedAnnotation(Annotation(**row), number)
            for number, batch in enumerate(self._batches)
            for row in batch.table("annotations").to_pylist()
        ]

    def staged_bytes(self, numbers: Iterable[int]) -> dict[int, int]:
        """Compressed size of the rows that belong to documents, by the number of the batch."""
        names = ("documents", "entities", "quotes")
        return {number: sum(self._batches[number].file(name).stat().st_size for name in names) for number in numbers}

    def row_bytes(self, table: Table) -> float:
        """What a row of a table takes on disk, on average over the batches."""
        return bytes_per_row(batch.file(table.name) for batch in self._batches)

    def rows(self, table: Table, wanted: Mapping[int, Sequence[str]]) -> pa.Table:
        """Rows of a table that belong to the wanted documents of each batch."""
        found = [table.schema().empty_table()]
        for number, ids in wanted.items():
            rows = self._batches[number].table(table.name)
            keep = pc.is_in(rows.column("document_id"), value_set=pa.array(ids, pa.string()))
            found.append(rows.filter(keep).cast(table.schema()))
        return pa.concat_tables(found)


def bytes_per_row(files: Iterable[Path]) -> float:
    """What a row takes in Parquet files without what each file takes by itself; 0.0 where there are no rows."""
    rows = size = 0
    for file in files:
        facts = pq.read_metadata(file)
        rows += facts.num_rows
        size += max(0, file.stat().st_size - facts.serialized_size)
    return size / rows if rows else 0.0


def _order(head: Head) -> tuple[datetime, str, str, int]:
    return head.ingested_at, head.source_path, head.source_member or "", head.source_record
