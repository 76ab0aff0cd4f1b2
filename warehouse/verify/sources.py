"""The ledger by itself and against the rejects."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.hashes import Hashes, row_hashes
from warehouse.ledger import SourceStatus
from warehouse.snapshots import Snapshot
from warehouse.tables.sources import REJECTS, SOURCES
from warehouse.verify.identities import source_name
from warehouse.verify.keys import batches
from warehouse.verify.report import Check, Report

KEY = ["source_path", "source_member"]


def check_sources(root: Path, snapshot: Snapshot, report: Report) -> None:
    """Rejects belong to a row of the ledger; a refused source has one; a finished one adds up.

    Held at once are 8 bytes for each source and for each reject.
    """
    sources, rejects = _keys(snapshot, SOURCES.name), _keys(snapshot, REJECTS.name)
    for file in snapshot.files(REJECTS):
        for rows in batches(file, [*KEY, "source_record"]):
            lost = pa.array(~np.isin(row_hashes(rows, KEY), sources))
            for row in rows.filter(lost).to_pylist():
                name = f"{source_name(row['source_path'], row['source_member'])} record {row['source_record']}"
                file_name = file.relative_to(root).as_posix()
                report.add(Check.REJECT, "a row of sources", "none", table="rejects", file=file_name, row=name)
    for file in snapshot.files(SOURCES):
        for rows in batches(file, [*KEY, "status", "record_count", "document_ids"]):
            _check_refused(root, file, rows, rejects, report)
            _check_finished(root, file, rows, report)


def _keys(snapshot: Snapshot, name: str) -> Hashes:
    table = SOURCES if name == SOURCES.name else REJECTS
    parts = [row_hashes(rows, KEY) for file in snapshot.files(table) for rows in batches(file, KEY)]
    return np.unique(np.concatenate([np.zeros(0, np.uint64), *parts]))


def _check_refused(root: Path, file: Path, rows: pa.Table, rejects: Hashes, report: Report) -> None:
    refused = rows.filter(pc.equal(rows.column("status"), str(SourceStatus.REJECTED)))
    silent = refused.filter(pa.array(~np.isin(row_hashes(refused, KEY), rejects)))
    for row in silent.to_pylist():
        name = source_name(row["source_path"], row["source_member"])
        where = file.relative_to(root).as_posix()
        report.add(Check.REJECT, "a reject that says why it was refused", "none", table="sources", file=where, row=name)


def _check_finished(root: Path, file: Path, rows: pa.Table, report: Report) -> None:
    """A source read to its end gave no more documents than it has records."""
    finished = rows.filter(pc.equal(rows.column("status"), str(SourceStatus.DONE)))
    given = pc.list_value_length(finished.column("document_ids"))
    wrong = pc.greater(pc.cast(given, pa.int64()), finished.column("record_count"))
    for row in finished.filter(wrong).to_pylist():
        name = source_name(row["source_path"], row["source_member"])
        expected, found = f"at most {row['record_count']} documents", str(len(row["document_ids"]))
        where = file.relative_to(root).as_posix()
        report.add(Check.LEDGER, expected, found, table="sources", file=where, row=name)
