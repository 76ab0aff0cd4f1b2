"""The table ``runs`` where an older version wrote a part of its files."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from warehouse.layout import Layout, ensure_stable_names, prepare
from warehouse.runs import LanguageCount, RunRow, last_runs, write_run
from warehouse.tables.runs import RUNS

NEW = ["documents_read", "documents_annotated", "entities_found", "quotes_found", "quotes_unresolved", "rejects_found"]


def row(run_id: str, day: int) -> RunRow:
    moment = datetime(2026, 5, day, tzinfo=UTC)
    return RunRow(
        run_id=run_id,
        started_at=moment,
        finished_at=moment,
        state="completed",
        model="m",
        pipeline_version="2",
        documents_read=5,
        quotes_found=7,
        languages=(LanguageCount("en", 5),),
    )


def age(root: Path) -> None:
    """Make all files look as version 1 wrote them."""
    for file in (root / "runs").glob("*.parquet"):
        rows = pq.read_table(file)
        pq.write_table(rows.drop_columns([*NEW, "languages"]), file)


def old_warehouse(root: Path) -> Layout:
    layout = prepare(root)
    ensure_stable_names(layout)
    write_run(root, row("a-old", 1))
    age(root)
    return layout


def test_old_rows_are_read_with_the_columns_of_today(tmp_path: Path) -> None:
    old_warehouse(tmp_path / "data")
    (old,) = last_runs(tmp_path / "data").to_dict("records")
    assert {name: old[name] for name in NEW} == dict.fromkeys(NEW, -1)
    assert list(old["languages"]) == []


def test_the_next_run_brings_the_files_up_to_date_for_plain_pandas(tmp_path: Path) -> None:
    root = tmp_path / "data"
    layout = old_warehouse(root)
    write_run(root, row("b-new", 2))
    rows = pd.read_parquet(root / "runs").sort_values("run_id")
    assert list(rows.columns) == list(RUNS.column_names)
    assert list(rows["quotes_found"]) == [-1, 7]
    assert rows["quotes_found"].dtype == "int64"
    assert [len(item) for item in rows["languages"]] == [0, 1]
    assert list(layout.staging.glob(".tmp-*")) == []


def test_a_kill_in_the_middle_is_mended_by_the_next_run(tmp_path: Path) -> None:
    """The marker comes last: files that were not reached are found again."""
    root = tmp_path / "data"
    old_warehouse(root)
    write_run(root, row("b-new", 2))
    age(root)
    write_run(root, row("c-newer", 3))
    assert {len(pq.read_schema(file).names) for file in (root / "runs").glob("*.parquet")} == {len(RUNS.columns)}
