"""Documents over all months: each is in the ledger, and of those with one text one stands.

In passes over a part of the ids (or texts) each, so that memory does not grow with the warehouse.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import Table
from warehouse.hashes import row_hashes
from warehouse.snapshots import Snapshot
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.sources import SOURCES
from warehouse.verify.keys import batches
from warehouse.verify.report import KEPT, Check, Progress, Report

IDS_AT_ONCE = 1_000_000


class IdentityCheck:
    """Checks the documents of one snapshot against the ledger and against each other."""

    def __init__(self, root: Path, snapshot: Snapshot, report: Report, progress: Progress) -> None:
        self._root = root
        self._snapshot = snapshot
        self._report = report
        self._progress = progress
        self._passes = -(-report.rows["documents"] // IDS_AT_ONCE) or 1

    def check_all(self) -> None:
        """All documents."""
        for number in range(self._passes):
            self._check_ledger(number)
            self._check_duplicates(number)
            self._progress("ledger and duplicates", number + 1, self._passes)

    def _rows(self, table: Table, columns: list[str], by: str, number: int) -> pa.Table:
        """The rows of one pass: those whose value of ``by`` falls to it. Lists become one row an element."""
        parts = [table.schema().empty_table().select(columns)]
        if table is SOURCES:
            parts = [pa.table({by: pa.array([], pa.string())})]
        for file in self._snapshot.files(table):
            for rows in batches(file, columns):
                flat = pa.table({by: pc.list_flatten(rows.column(by))}) if table is SOURCES else rows
                parts.append(flat.filter(self._mine(flat, by, number)))
        return pa.concat_tables(parts)

    def _mine(self, rows: pa.Table, by: str, number: int) -> pa.Array:
        if self._passes == 1:
            return pa.array(np.ones(rows.num_rows, bool))
        return pa.array(row_hashes(rows, [by]) % np.uint64(self._passes) == number)

    def _check_ledger(self, number: int) -> None:
        stored = self._rows(DOCUMENTS, ["document_id"], "document_id", number).column("document_id").combine_chunks()
        listed = pc.unique(self._rows(SOURCES, ["document_ids"], "document_ids", number).column("document_ids"))
        for document_id in stored.filter(pc.invert(pc.is_in(stored, value_set=listed))).to_pylist():
            self._report.add(Check.LEDGER, "a row of sources that lists it", "none", table="documents", row=document_id)
        strangers = listed.filter(pc.invert(pc.is_in(listed, value_set=stored)))
        if len(strangers):
            self._tell_strangers(strangers)

    def _tell_strangers(self, strangers: pa.Array) -> None:
        for file in self._snapshot.files(SOURCES):
            for rows in batches(file, ["source_path", "source_member", "document_ids"]):
                lists = rows.column("document_ids").combine_chunks()
                hits = pc.is_in(pc.list_flatten(lists), value_set=strangers)
                for row in rows.take(pc.unique(pc.list_parent_indices(lists).filter(hits))).to_pylist():
                    missing = sorted(set(row["document_ids"]) & set(strangers.to_pylist()))
                    self._report.add(
                        Check.LEDGER,
                        "its document_ids to be documents",
                        f"{len(missing)} that are not: {', '.join(missing[:KEPT])}",
                        table="sources",
                        file=file.relative_to(self._root).as_posix(),
                        row=source_name(row["source_path"], row["source_member"]),
                    )

    def _check_duplicates(self, number: int) -> None:
        columns = ["document_id", "text_hash", "duplicate_of"]
        rows = self._rows(DOCUMENTS, columns, "text_hash", number)
        stands = pc.is_null(rows.column("duplicate_of"))
        standing, others = rows.filter(stands), rows.filter(pc.invert(stands))
        repeated = pc.value_counts(standing.column("text_hash"))
        many = repeated.field("values").filter(pc.greater(repeated.field("counts"), 1))
        for row in standing.filter(pc.is_in(standing.column("text_hash"), value_set=many)).to_pylist():
            self._tell(row, "one document without duplicate_of for its text", "several")
        position = pc.index_in(others.column("text_hash"), value_set=standing.column("text_hash").combine_chunks())
        named = standing.column("document_id").take(position.combine_chunks())
        right = pc.or_(
            pc.fill_null(pc.equal(named, others.column("duplicate_of")), False),
            pc.is_in(others.column("text_hash"), value_set=many),  # told already
        )
        for row, stood in _wrong(others, named, right):
            self._tell(
                row, f"duplicate_of {stood}" if stood else "a document that stands for its text", row["duplicate_of"]
            )

    def _tell(self, row: dict[str, str], expected: str, found: str) -> None:
        self._report.add(Check.DUPLICATE, expected, found, table="documents", row=row["document_id"])


def _wrong(
    rows: pa.Table, named: pa.ChunkedArray, right: pa.ChunkedArray
) -> Iterator[tuple[dict[str, str], str | None]]:
    wrong = pc.invert(right)
    return zip(rows.filter(wrong).to_pylist(), named.filter(wrong).to_pylist(), strict=True)


def source_name(path: str, member: str | None) -> str:
    """A source as people write it: the path, and the member after a ``!``."""
    return path if member is None else f"{path}!{member}"
