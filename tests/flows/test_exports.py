"""Rows as files: what pandas, Polars and DuckDB read back, and what a spreadsheet would make of them."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from flows.cli import cli
from flows.exports import GUARD, Form, export, guarded
from tests.warehouse.factory import Article, File, stage
from warehouse import open as open_warehouse
from warehouse.commit import commit
from warehouse.tables import TABLES

DAYS = [pd.Timestamp(2026, month, 4) for month in range(1, 6)] + [None]
ARTICLES = tuple(
    Article(str(number), text=f"The river rose {number} times, they said.", day=day)
    for number, day in enumerate(DAYS, 1)
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("exports") / "data"
    commit(root, [stage(root, File("/in/a.txt", ARTICLES))], "run")
    return root


def run(*arguments: object, code: int = 0) -> str:
    ran = CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=True)
    assert ran.exit_code == code or ran.exception, ran.output
    return str(ran.exception) if code else ran.output


def read(path: Path) -> pd.DataFrame:
    match path.suffix:
        case ".csv":
            return pd.read_csv(path)
        case ".jsonl":
            return pd.read_json(path, lines=True)
    return pd.read_parquet(path)


@pytest.mark.parametrize("table", ["documents", "entities", "quotes"])
@pytest.mark.parametrize("form", list(Form))
def test_all_rows_and_columns_are_in_the_file(data: Path, tmp_path: Path, table: str, form: Form) -> None:
    target = tmp_path / f"rows.{form}"
    told = run(table, f"--{form}", "-o", target, "--data", data)
    whole = getattr(open_warehouse(data), table)()
    assert told == f"{target}: {len(whole):,} rows.\n"
    found = read(target)
    assert list(found.columns) == [*TABLES[table].column_names, "month"]
    key = TABLES[table].key[0]
    merged = whole.astype({"month": str}).merge(found, on=key, suffixes=("", "_file"))
    assert len(merged) == len(whole) == len(found)
    for column in (name for name in ("content", "text", "start", "content_start", "canonical_name") if name in whole):
        assert (merged[column] == merged[f"{column}_file"]).all()
    assert list(tmp_path.iterdir()) == [target], "nothing is left beside it"


def test_months_follow_each_other_and_a_limit_takes_the_newest(data: Path, tmp_path: Path) -> None:
    run("documents", "-o", tmp_path / "all.csv", "--data", data)
    months = list(read(tmp_path / "all.csv")["month"])
    assert months == sorted(months)
    run("documents", "-o", tmp_path / "some.csv", "--limit", 2, "--columns", "published_on,title", "--data", data)
    some = read(tmp_path / "some.csv")
    assert list(some.columns) == ["published_on", "title"]
    assert list(some["published_on"]) == ["2026-05-04", "2026-04-04"]


def test_filters_hold_for_files_too(data: Path, tmp_path: Path) -> None:
    run("quotes", "-o", tmp_path / "q.jsonl", "--since", "2026-02-01", "--until", "2026-02-28", "--data", data)
    assert set(read(tmp_path / "q.jsonl")["month"]) == {"2026-02"}
    run("quotes", "-o", tmp_path / "none.csv", "--speaker", "Nobody Atall", "--data", data)
    empty = read(tmp_path / "none.csv")
    assert (len(empty), list(empty.columns)) == (0, [*TABLES["quotes"].column_names, "month"])


def test_lists_are_json_and_days_are_days_in_csv(data: Path, tmp_path: Path) -> None:
    run("documents", "-o", tmp_path / "d.csv", "--data", data)
    row = read(tmp_path / "d.csv").iloc[0]
    assert json.loads(row["authors"]) == ["Eve Stone", "Finn Ash"]
    assert json.loads(row["marked_spans"]) == [{"kind": "headline", "start": 0, "end": 3}]
    assert (row["published_on"], row["ingested_at"]) == ("2026-01-04", "2026-05-01T00:00:00.000Z")


def test_parquet_keeps_types_and_meanings(data: Path, tmp_path: Path) -> None:
    run("quotes", "-o", tmp_path / "q.parquet", "--data", data)
    schema, declared = pq.read_schema(tmp_path / "q.parquet"), TABLES["quotes"].schema()
    assert [schema.field(name).type for name in declared.names] == declared.types
    assert schema.field("cue").metadata[b"description"] == declared.field("cue").metadata[b"description"]
    assert schema.field("month").type == pa.string()


def test_polars_and_duckdb_pass_over_the_byte_order_mark(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "q.csv"
    run("quotes", "-o", target, "--data", data)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(target).columns[0] == "quote_id"
    assert duckdb.sql(f"describe from read_csv('{target}')").fetchall()[0][0] == "quote_id"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--csv",), "--csv wants a file"),
        (("-o", "rows.xlsx"), "Say what to write"),
        (("-o", "rows.csv", "--json"), "--json prints"),
        (("-o", "rows.csv", "--columns", "quote_id,nonsense"), "no column nonsense"),
        (("--columns", "quote_id"), "--columns is for -o"),
    ],
)
def test_wrong_use_is_told(data: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in run("quotes", *arguments, "--data", data, code=2)


def test_the_folder_of_a_file_is_made(data: Path, tmp_path: Path) -> None:
    run("quotes", "-o", tmp_path / "new" / "folder" / "rows.csv", "--data", data)
    assert (tmp_path / "new" / "folder" / "rows.csv").is_file()


def test_a_folder_that_cannot_be_made_is_told(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in run("quotes", "-o", tmp_path / "file" / "rows.csv", "--data", data, code=1)


def test_a_file_that_fails_half_way_leaves_the_old_one(data: Path, tmp_path: Path, monkeypatch: Any) -> None:
    target = tmp_path / "q.csv"
    target.write_text("old")

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.exports.CsvWriter.write", broken)
    assert "No space left" in run("quotes", "-o", target, "--data", data, code=1)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("q.csv", "old")]


def test_rows_stream(tmp_path: Path) -> None:
    """No piece is held once the next is asked for."""
    schema = pa.schema([("words", pa.string())])
    alive: list[int] = []

    def pieces() -> Any:
        for number in range(50):
            before = pa.total_allocated_bytes()
            yield pa.record_batch([pa.array([f"{number} " * 50_000])], schema)
            alive.append(pa.total_allocated_bytes() - before)

    assert export(pieces(), schema, tmp_path / "x.csv", Form.CSV) == 50
    assert max(alive[1:]) < 3 * 200_000, "the memory of one piece, not of fifty"


CELLS = st.lists(st.one_of(st.none(), st.text(st.sampled_from("=+-@'\"\t\r\n ab“\ufeff\u200b＝"), max_size=6)))


@given(CELLS)
def test_no_cell_is_calculated_and_one_guard_taken_off_undoes_it(cells: list[str | None]) -> None:
    written = guarded(pa.chunked_array([pa.array(cells, pa.string())])).to_pylist()
    for before, after in zip(cells, written, strict=True):
        if before is None or after is None:
            assert before is after
            continue
        bare = after.lstrip(" \"'\t\r\n\ufeff\u200b")
        assert after.startswith(GUARD) or not (bare[:1] in tuple("=+-@＝") and bare)
        assert after[:1] not in {*"=+-@\t\r\n"} or not after
        assert after.removeprefix(GUARD) == before
