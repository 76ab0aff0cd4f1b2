"""The table ``runs``: one immutable file a run, outside the snapshots, so that a run without news makes no snapshot."""

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

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
        _bring_up_to_date(layout)
        target = layout.runs / f"run-{row.run_id}.parquet"
        _write(layout, target, [to_arrow("runs", [row])])
        disk.sync_directory(layout.runs)
    return target


def _write(layout: Layout, target: Path, rows: Sequence[pa.Table]) -> None:
    """Beside the batches first: a half-written file in the table's folder would break its readers."""
    beside = layout.staging / f".tmp-run-{uuid.uuid4().hex}"
    disk.write_parquet(beside, RUNS, rows)
    beside.replace(target)


def _bring_up_to_date(layout: Layout) -> None:
    """Give the files of older versions the columns of this one: pandas takes those of the first file that it finds.

    ``schema.parquet`` comes last and says that it is done, so that not every file must be looked at each time.
    """
    marker = layout.runs / "schema.parquet"
    if not marker.exists() or _is_current(marker):
        return
    for file in sorted(layout.runs.glob("run-*.parquet")):
        if not _is_current(file):
            _write(layout, file, [_rows_of([file])])
    _write(layout, marker, [])


def _is_current(file: Path) -> bool:
    return tuple(pq.read_schema(file).names) == RUNS.column_names


def last_runs(root: str | os.PathLike[str], n: int = 10) -> pd.DataFrame:
    """The latest ``n`` runs, the newest first."""
    rows = _rows_of(sorted(Layout(Path(root)).runs.glob("*.parquet")))
    newest = rows.sort_by([("started_at", "descending"), ("run_id", "descending")]).slice(0, n)
    frame: pd.DataFrame = newest.to_pandas()
    return frame


def _rows_of(files: Sequence[Path]) -> pa.Table:
    """Rows with all columns. What an older version did not write: no languages, -1 of whatever is counted."""
    rows = ds.dataset([str(file) for file in files], schema=RUNS.schema(), format="parquet").to_table()
    for position, field in enumerate(rows.schema):
        column = rows.column(position)
        if field.nullable or not column.null_count:
            continue
        absent: list[str] | int = [] if pa.types.is_list(field.type) else -1
        values = [absent if value is None else value for value in column.to_pylist()]
        rows = rows.set_column(position, field, pa.array(values, field.type))
    return rows
