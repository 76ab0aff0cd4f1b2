from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.factory import Article, File, document_row, entity_rows, quote_rows
from warehouse import disk
from warehouse.columns import SCHEMA_VERSION
from warehouse.tables import TABLES, to_arrow
from warehouse.tables.docs import tables_page

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_page_of_the_tables_is_fresh() -> None:
    page = Path(__file__).parents[2] / "docs" / "tables.md"
    assert page.read_text("utf-8") == tables_page(), "run: python -m warehouse.tables.docs > docs/tables.md"


def test_every_column_says_what_it_means() -> None:
    for table, column in COLUMNS:
        assert column.meaning.endswith("."), f"{table.name}.{column.name}"
        assert table.meaning.endswith("."), table.name


def test_same_name_has_the_same_type_everywhere() -> None:
    types = defaultdict(set)
    for _, column in COLUMNS:
        types[column.name].add(str(column.type))
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


def test_integers_are_never_null() -> None:
    assert [column.name for _, column in COLUMNS if pa.types.is_integer(column.type) and column.nullable] == []


def test_keys_owners_and_orders_are_columns() -> None:
    for table in TABLES.values():
        assert set(table.key) | set(table.owner) | set(table.sort_by) <= set(table.column_names)


def test_descriptions_travel_in_the_files(tmp_path: Path) -> None:
    for table in TABLES.values():
        disk.write_parquet(tmp_path / table.name, table, ())
        schema = pq.read_schema(tmp_path / table.name)
        assert schema.metadata[b"onrecord.schema_version"] == str(SCHEMA_VERSION).encode()
        for column in table.columns:
            assert schema.field(column.name).metadata[b"description"].decode() == column.meaning


def test_rows_become_columns() -> None:
    article = Article("a", day=datetime(2026, 3, 4))
    row = document_row(article, File("/in/a.txt"), 0, "run", NOW)
    rows = to_arrow("documents", iter([row]))
    assert rows.schema.equals(TABLES["documents"].schema(), check_metadata=True)
    read = rows.to_pylist()[0]
    assert read["authors"] == ["Eve Stone", "Finn Ash"]
    assert read["marked_spans"] == [{"kind": "headline", "start": 0, "end": 3}]
    assert read["published_on"] == datetime(2026, 3, 4)
    assert read["ingested_at"] == NOW
    assert to_arrow("quotes", quote_rows(article)).num_rows == article.quotes
    assert to_arrow("entities", entity_rows(article)).column("start").to_pylist() == [0, 1, 2]


def test_enums_become_strings_and_zones_become_utc() -> None:
    class Kind(StrEnum):
        BYLINE = "byline"

    row = document_row(Article("a"), File("/in/a.txt"), 0, "run", NOW)
    row.marked_spans = (SimpleNamespace(kind=Kind.BYLINE, start=1, end=2), SimpleNamespace(kind="x", start=2, end=3))
    row.published_at = datetime(2026, 3, 4, 1, tzinfo=timezone(timedelta(hours=2)))
    read = to_arrow("documents", [row, row]).to_pylist()[1]
    assert [span["kind"] for span in read["marked_spans"]] == ["byline", "x"]
    assert read["published_at"] == datetime(2026, 3, 3, 23, tzinfo=UTC)


def test_what_may_not_be_empty_is_refused() -> None:
    row = document_row(Article("a"), File("/in/a.txt"), 0, "run", NOW)
    row.text = None
    with pytest.raises(ValueError, match=r"documents\.text is empty in 1 of 1 rows"):
        to_arrow("documents", [row])


def test_a_missing_column_is_named() -> None:
    row = document_row(Article("a"), File("/in/a.txt"), 0, "run", NOW)
    del row.record_hash
    with pytest.raises(AttributeError, match="record_hash"):
        to_arrow("documents", [row])
