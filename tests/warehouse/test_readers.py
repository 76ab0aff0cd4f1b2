from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import warehouse
from tests.warehouse.factory import Article, File, stage
from warehouse import query
from warehouse.commit import commit
from warehouse.errors import NotAWarehouseError
from warehouse.filters import has_words
from warehouse.runs import RunRow, Version, last_runs, write_run
from warehouse.staging import StagingArea

MARCH = Article("a", text="The river rose again, officials said.")
APRIL = Article("bb", text="The Bridge held, the mayor told us.", day=datetime(2026, 4, 30), title="Bridge")
UNDATED = Article("ccc", text="A third thing was said (somewhere).", day=None, model="toy 2")


@pytest.fixture
def filled(root: Path) -> Path:
    commit(root, [stage(root, File("/in/x", (MARCH, APRIL, UNDATED), rejects=1))], "run")
    return root


def keys(frame: pd.DataFrame) -> list[str]:
    names = {article.document_id: article.key for article in (MARCH, APRIL, UNDATED)}
    return list(dict.fromkeys(names[document_id] for document_id in frame["document_id"]))


def test_plain_pandas_shows_good_types(filled: Path) -> None:
    kinds = {name: str(kind) for name, kind in pd.read_parquet(filled / "quotes").dtypes.items()}
    assert {kinds[name] for name in ("content_start", "cue_start", "speaker_end", "quote_index")} == {"int32"}
    assert kinds["published_on"] == "datetime64[ms]"
    assert kinds["confidence"] == "float32"
    assert kinds["month"] == "category"
    documents = pd.read_parquet(filled / "documents")
    assert str(documents["ingested_at"].dtype) == "datetime64[ms, UTC]"
    assert str(documents["char_count"].dtype) == "int32"


def test_plain_pandas_filters(filled: Path) -> None:
    rows = pd.read_parquet(filled / "quotes", filters=[("published_on", ">=", datetime(2026, 4, 1))])
    assert keys(rows) == ["bb"]
    assert set(pd.read_parquet(filled / "quotes", filters=[("month", "==", "2026-03")])["document_id"]) == {
        MARCH.document_id
    }


def test_same_rows_through_the_reader_as_plain(filled: Path) -> None:
    tables = warehouse.open(filled)
    for name in ("documents", "entities", "quotes", "sources", "rejects"):
        plain, ours = pd.read_parquet(filled / name), getattr(tables, name)()
        assert list(plain.columns) == list(ours.columns)
        assert plain.dtypes.astype(str).to_dict() == ours.dtypes.astype(str).to_dict()
        assert len(plain) == len(ours) > 0


def test_newest_first_and_undated_last(filled: Path) -> None:
    assert keys(warehouse.open(filled).documents()) == ["bb", "a", "ccc"]
    assert keys(warehouse.open(filled).quotes(limit=3)) == ["bb", "a"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"since": "2026-03-04"}, ["bb", "a"]),
        ({"since": "2026-03-05"}, ["bb"]),
        ({"until": "2026-04-30"}, ["bb", "a"]),
        ({"until": datetime(2026, 4, 29, 23).date()}, ["a"]),
        ({"since": datetime(2026, 4, 30, 12), "until": "2026-04-30"}, ["bb"]),
        ({"text": "bridge"}, ["bb"]),
        ({"text": "(somewhere)"}, ["ccc"]),
        ({"publisher": "The Example Herald", "language": "en"}, ["bb", "a", "ccc"]),
        ({"language": "fr"}, []),
        ({"document_id": MARCH.document_id}, ["a"]),
    ],
)
def test_documents_by(filled: Path, filters: dict[str, str], found: list[str]) -> None:
    assert keys(query.documents(filled, **filters)) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"speaker": "varga"}, ["bb", "a"]),
        ({"speaker": "Ben Okoro"}, ["a"]),
        ({"speaker": "arg"}, []),
        ({"speaker": "Varga", "since": "2026-04-01"}, ["bb"]),
        ({"text": "THE RIVER"}, ["a"]),
        ({"type": "direct"}, ["bb", "a", "ccc"]),
        ({"type": "indirect"}, []),
    ],
)
def test_quotes_by(filled: Path, filters: dict[str, str], found: list[str]) -> None:
    assert keys(query.quotes(filled, **filters)) == found


def test_entities_by(filled: Path) -> None:
    rows = query.entities(filled, name="Ada", label="PERSON")
    assert set(rows["canonical_name"]) == {"Ada Marsh"}
    assert query.entities(filled, label="GPE").empty


def test_words_of_names_know_letters_beyond_ascii() -> None:
    names = pa.table({"name": ["Zoë Đurić", "Zoë Đurićević", "Đurić-Marsh", None]})
    found = ds.dataset(names).to_table(filter=has_words("name", "đurić"))
    assert found.column("name").to_pylist() == ["Zoë Đurić", "Đurić-Marsh"]


def test_open_snapshot_stays_while_others_commit(filled: Path) -> None:
    tables = warehouse.open(filled)
    commit(filled, [stage(filled, File("/in/x", (APRIL,), read_at=10**15))], "run")
    assert tables.snapshot == 1
    assert len(tables.documents()) == 3
    assert len(warehouse.open(filled).documents()) == 1


def test_folder_without_commits_is_no_warehouse(root: Path) -> None:
    with pytest.raises(NotAWarehouseError, match="no such folder"):
        warehouse.open(root)
    StagingArea(root)
    with pytest.raises(NotAWarehouseError, match="nothing has been committed"):
        warehouse.open(root)


def run_row(run_id: str, hour: int) -> RunRow:
    start = datetime(2026, 5, 1, hour, tzinfo=UTC)
    return RunRow(
        run_id=run_id,
        started_at=start,
        finished_at=start + timedelta(minutes=1),
        state="completed",
        model="toy 1",
        pipeline_version="1",
        sources=("in",),
        versions=(Version("spacy", "3.8"),),
    )


def test_runs_are_kept_outside_the_snapshots(filled: Path) -> None:
    assert last_runs(filled).empty
    for number in range(3):
        write_run(filled, run_row(f"r{number}", number))
    write_run(filled, run_row("r1", 1))
    assert list(warehouse.open(filled).runs(2)["run_id"]) == ["r2", "r1"]
    rows = pd.read_parquet(filled / "runs")
    assert sorted(rows["run_id"]) == ["r0", "r1", "r2"]
    assert rows["versions"].iloc[0][0] == {"name": "spacy", "version": "3.8"}
    assert warehouse.open(filled).snapshot == 1


def test_run_can_be_noted_before_the_first_commit(root: Path) -> None:
    write_run(root, run_row("failed", 1))
    assert list(last_runs(root)["run_id"]) == ["failed"]
