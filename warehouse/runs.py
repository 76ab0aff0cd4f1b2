"""The table ``runs``: one immutable file a run, outside the snapshots, so that a run without news makes no snapshot."""

import os
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from warehouse import disk
from warehouse.errors import clear_errors
from warehouse.layout import Layout, prepare
from warehouse.tables import to_arrow
from warehouse.tables.runs import RUNS


@dataclass(frozen=True, slots=True)
class Version:
    """Name and version of a component that a run used."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many documents of a run are in one language."""

    language: str
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One row of ``runs``; see ``docs/tables.md`` for each column."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    state: str
    message: str | None = None
    snapshot: int = -1
    files_found: int = 0
    files_unchanged: int = 0
    files_skipped: int = 0
    records_read: int = 0
    documents_added: int = 0
    documents_replaced: int = 0
    documents_removed: int = 0
    documents_unchanged: int = 0
    entities_added: int = 0
    quotes_added: int = 0
    rejects_added: int = 0
    documents_read: int = 0
    documents_annotated: int = 0
    entities_found: int = 0
    quotes_found: int = 0
    quotes_unresolved: int = 0
    rejects_found: int = 0
    languages: tuple[LanguageCount, ...] = ()
    words: int = 0
    bytes_written: int = 0
    discover_seconds: float = 0.0
    annotate_seconds: float = 0.0
    commit_seconds: float = 0.0
    total_seconds: float = 0.0
    words_per_second: float = 0.0
    model: str
    pipeline_version: str
    sources: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()


def write_run(root: str | os.PathLike[str], row: RunRow) -> Path:
    """Store the row of a run; a row with the same ``run_id`` takes the earlier one's place.

    Raises:
        DiskFullError, WritePermissionError: when it cannot be written.
    """
    folder = Path(root)
    with clear_errors(folder):
        layout = prepare(folder)
        # Beside the batches first: a half-written file in the table's folder would break its readers.
        beside = layout.staging / f".tmp-run-{uuid.uuid4().hex}"
        disk.write_parquet(beside, RUNS, [to_arrow("runs", [row])])
        target = layout.runs / f"run-{row.run_id}.parquet"
        beside.replace(target)
        disk.sync_directory(layout.runs)
    return target


def last_runs(root: str | os.PathLike[str], n: int = 10) -> pd.DataFrame:
    """The latest ``n`` runs, the newest first."""
    files = sorted(Layout(Path(root)).runs.glob("*.parquet"))
    rows = ds.dataset([str(file) for file in files], schema=RUNS.schema(), format="parquet").to_table()
    rows = _since_always(rows)
    newest = rows.sort_by([("started_at", "descending"), ("run_id", "descending")]).slice(0, n)
    frame: pd.DataFrame = newest.to_pandas()
    return frame


def _since_always(rows: pa.Table) -> pa.Table:
    """Counts that an older version did not write, as -1: a null would make the whole column one of floats."""
    for position, field in enumerate(rows.schema):
        if pa.types.is_int64(field.type) and rows.column(position).null_count:
            rows = rows.set_column(position, field, rows.column(position).fill_null(-1))
    return rows
