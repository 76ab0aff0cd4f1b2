"""Entities across documents: each id is a row of ``canonical_entities``, whose counts are true.

Right after a rebuild they are exact, and stay so while documents only come, whose rows have no id yet. Once documents
with ids went, by a correction or an annotation anew, ``canonical_entities`` may count more than there is, never less,
until the next rebuild.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import Table
from warehouse.linking import ID_COLUMNS
from warehouse.snapshots import Snapshot
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES
from warehouse.verification.keys import batches
from warehouse.verification.report import Check, Report

COUNTS = ("mention_count", "document_count", "quote_count")

Counted = npt.NDArray[np.int64]


def check_entities(root: Path, snapshot: Snapshot, report: Report) -> None:
    """All ids of mentions and speakers, and all counts of ``canonical_entities``."""
    columns = ["entity_id", *COUNTS]
    parts = [CANONICAL_ENTITIES.schema().empty_table().select(columns)]
    parts += [rows for file in snapshot.files(CANONICAL_ENTITIES) for rows in batches(file, columns)]
    rows = pa.concat_tables(parts)
    ids = rows.column("entity_id").combine_chunks()
    found = {name: np.zeros(len(ids), np.int64) for name in COUNTS}
    for table, file, part in _linked(snapshot):
        column = ID_COLUMNS[table.name]
        position = pc.index_in(part.column(column), value_set=ids)
        for row in part.filter(pc.is_null(position)).to_pylist():
            report.add(
                Check.PARENT,
                "a row of canonical_entities",
                f"none with entity_id {row[column]}",
                table=table.name,
                file=file.relative_to(root).as_posix(),
                row=row[table.key[0]],
            )
        if table is QUOTES:
            found["quote_count"] += _count(position, len(ids))
        else:
            found["mention_count"] += _count(position, len(ids))
            in_documents = part.group_by([column, "document_id"]).aggregate([])
            found["document_count"] += _count(pc.index_in(in_documents.column(column), value_set=ids), len(ids))
    exact = snapshot.manifest().linked
    for name in COUNTS:
        declared = rows.column(name).to_numpy()
        wrong = declared != found[name] if exact else declared < found[name]
        for at in np.flatnonzero(wrong):
            expected = f"{name} {found[name][at]}{'' if exact else ' at least'}, as many as there are"
            key = ids[int(at)].as_py()
            report.add(Check.COUNT, expected, str(declared[at]), table=CANONICAL_ENTITIES.name, row=key)


def _linked(snapshot: Snapshot) -> Iterator[tuple[Table, Path, pa.Table]]:
    """The rows of each file that have an id. A document is in one file of each table."""
    for table in (ENTITIES, QUOTES):
        column = ID_COLUMNS[table.name]
        for file in snapshot.files(table):
            parts = list(batches(file, [table.key[0], "document_id", column]))
            if parts:
                rows = pa.concat_tables(parts)
                yield table, file, rows.filter(pc.is_valid(rows.column(column)))


def _count(positions: pa.ChunkedArray, length: int) -> Counted:
    return np.bincount(pc.drop_null(positions).to_numpy().astype(np.int64), minlength=length).astype(np.int64)
