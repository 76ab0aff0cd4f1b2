from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from operator import and_
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest

import warehouse
from tests.warehouse.factory import Article, File, stage
from warehouse import query, searches, selection
from warehouse.commit import commit
from warehouse.errors import NotAWarehouseError
from warehouse.filters import document_terms, has_words
from warehouse.runs import RunRow, Version, last_runs, write_run
from warehouse.staging import StagingArea
from warehouse.tables import TABLES
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES

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


# Columns, pieces, and what is skipped


def test_columns_in_the_order_wanted(filled: Path) -> None:
    tables = warehouse.open(filled)
    assert list(tables.quotes(columns=["content", "month", "speaker"]).columns) == ["content", "month", "speaker"]
    assert list(tables.documents(columns=["title"], limit=2)["title"]) == ["Bridge", "River"]
    assert list(tables.sources(columns=["status"])["status"]) == ["done"]
    with pytest.raises(ValueError, match="quotes has no column speeker; it has quote_id"):
        tables.quotes(columns=["speeker"])


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_a_limit_gives_the_first_rows(filled: Path, limit: int) -> None:
    tables = warehouse.open(filled)
    for read in (tables.documents, tables.entities, tables.quotes, tables.sources, tables.rejects):
        pd.testing.assert_frame_equal(read(limit=limit), read().head(limit))
    found = tables.quotes(text="they said", limit=limit)
    pd.testing.assert_frame_equal(found, tables.quotes(text="they said").head(limit))


def test_filters_of_the_ledger_and_the_rejects(filled: Path) -> None:
    tables = warehouse.open(filled)
    assert len(tables.sources(path="/IN/", status="done")) == 1
    assert tables.sources(status="partial").empty
    assert len(tables.rejects(reason="empty_body", path="x")) == 1
    assert tables.rejects(reason="bad_json").empty


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_pieces_are_the_whole(filled: Path, rows: int) -> None:
    tables = warehouse.open(filled)
    for read, pieces, key in (
        (tables.documents, tables.iter_documents, "document_id"),
        (tables.entities, tables.iter_entities, "mention_id"),
        (tables.quotes, tables.iter_quotes, "quote_id"),
    ):
        frames = list(pieces(batch_rows=rows))
        assert [len(frame) for frame in frames[:-1]] == [rows] * (len(frames) - 1)
        together = pd.concat(frames).sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(together, read().sort_values(key, ignore_index=True))
    batches = list(tables.to_batches("sources", batch_rows=rows))
    assert sum(batch.num_rows for batch in batches) == 1


def test_pieces_take_the_same_filters(filled: Path) -> None:
    tables = warehouse.open(filled)
    frames = list(tables.iter_quotes(speaker="varga", since="2026-04-01", columns=["document_id", "speaker_canonical"]))
    assert [keys(frame) for frame in frames] == [["bb"]]
    assert list(tables.iter_documents(language="fr")) == []
    with pytest.raises(TypeError, match="speeker"):
        tables.iter_quotes(speeker="x")


def test_months_of_pieces_are_the_same_categories(filled: Path) -> None:
    frames = list(warehouse.open(filled).iter_quotes(batch_rows=2))
    assert str(pd.concat(frames)["month"].dtype) == "category"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of 60 documents; row groups of the quotes are cut to 20 rows, as if there were many more."""
    root = tmp_path_factory.mktemp("wide") / "data"
    articles = tuple(
        Article(f"{n:03}", text=f"Words number {n}, they said.", day=datetime(2026, 1 + n % 4, 1 + n % 28))
        for n in range(240)
    )
    with pytest.MonkeyPatch.context() as patch:
        for table in (DOCUMENTS, ENTITIES, QUOTES):
            patch.setitem(table.__dict__, "row_group_rows", 20)
        commit(root, [stage(root, File("/in/wide", articles))], "run")
    return root


def groups_read(root: Path, name: str, terms: list[pc.Expression]) -> tuple[int, int]:
    """Row groups that a filter leaves, by the statistics of the files, and all that there are."""
    whole = selection.dataset(warehouse.open(root).pinned, TABLES[name])
    wanted = reduce(and_, terms)
    left = [group for part in whole.get_fragments(wanted) for group in part.subset(wanted, whole.schema).row_groups]
    return len(left), sum(part.num_row_groups for part in whole.get_fragments())


@pytest.mark.parametrize(
    ("name", "filters", "most"),
    [
        ("quotes", {"speaker": "Ada Marsh"}, 0.55),  # of four speakers, whose rows share row groups at their edges
        ("quotes", {"since": "2026-03-01", "until": "2026-03-31"}, 0.25),
        ("quotes", {"speaker": "dov lind", "since": "2026-04-01"}, 0.15),
        ("documents", {"since": "2026-02-01", "until": "2026-02-05"}, 0.1),
        ("entities", {"document_id": Article("017").document_id}, 0.12),
    ],
)
def test_filters_skip_folders_and_row_groups(wide: Path, name: str, filters: dict[str, str], most: float) -> None:
    tables = warehouse.open(wide)
    terms = {
        "quotes": lambda **some: searches.quotes(tables.pinned, None, **some).terms,
        "entities": partial(searches.entity_terms, tables.pinned),
        "documents": document_terms,
    }[name](**filters)
    left, total = groups_read(wide, name, terms)
    assert total >= 12
    assert 0 < left <= most * total
    assert len(getattr(tables, name)(**filters)) > 0


def test_a_name_that_nobody_has_reads_no_rows(wide: Path) -> None:
    chosen = searches.quotes(warehouse.open(wide).pinned, None, speaker="Nobody")
    left, _ = groups_read(wide, "quotes", chosen.terms)
    assert left == 0
    assert warehouse.open(wide).quotes(speaker="Nobody").empty


# Other engines on the stable names


def test_duckdb_reads_the_stable_names(filled: Path) -> None:
    for name in ("documents", "entities", "quotes"):
        found = duckdb.sql(f"select * from read_parquet('{filled}/{name}/*/*.parquet', hive_partitioning = true)")
        plain = pd.read_parquet(filled / name)
        assert set(found.columns) == set(plain.columns)
        assert len(found.fetchall()) == len(plain)
    for name in ("sources", "rejects", "forgotten"):
        found = duckdb.sql(f"select count(*) from read_parquet('{filled}/{name}/*.parquet')")
        assert found.fetchall() == [(len(pd.read_parquet(filled / name)),)]
    query_ = (
        "select q.speaker_canonical, count(*) from read_parquet('{0}/quotes/*/*.parquet', hive_partitioning = true) q "
        "join read_parquet('{0}/documents/*/*.parquet', hive_partitioning = true) d using (document_id) "
        "where d.published_on >= date '2026-04-01' group by 1 order by 1"
    )
    plain = pd.read_parquet(filled / "quotes").query("published_on >= '2026-04-01'").groupby("speaker_canonical").size()
    assert duckdb.sql(query_.format(filled)).fetchall() == list(plain.items())


def test_polars_reads_the_stable_names(filled: Path) -> None:
    for name in ("documents", "entities", "quotes", "sources", "rejects", "forgotten"):
        plain = pd.read_parquet(filled / name)
        frame = pl.read_parquet(filled / name)
        assert set(frame.columns) == set(plain.columns)
        assert frame.height == len(plain)
    wanted = (pl.col("published_on") >= datetime(2026, 4, 1)) & pl.col("speaker_canonical").str.contains("Varga")
    found = pl.scan_parquet(filled / "quotes").filter(wanted).collect()
    assert set(found["document_id"]) == {APRIL.document_id}
    spans = found.select(pl.col("quoted_parts").list.first().struct.field("end"))
    assert spans.height == found.height


def test_engines_read_the_arrow_dataset_of_a_pinned_snapshot(filled: Path) -> None:
    quotes = warehouse.open(filled).dataset("quotes")
    assert pl.scan_pyarrow_dataset(quotes).filter(pl.col("quote_index") == 0).collect().height == 3
    assert duckdb.sql("select count(*) from quotes where month = '2026-04'").fetchall() == [(2,)]


def test_children_of_a_copy_are_found_under_the_one_that_stands(root: Path) -> None:
    copy = Article("copy", text=MARCH.text, day=datetime(2026, 7, 1))
    commit(root, [stage(root, File("/in/x", (MARCH, copy)))], "run")
    tables = warehouse.open(root)
    for document in (MARCH, copy):
        assert set(tables.quotes(document_id=document.document_id)["document_id"]) == {MARCH.document_id}
        assert len(tables.entities(document_id=document.document_id)) == MARCH.entities
        assert len(next(tables.iter_quotes(document_id=document.document_id))) == MARCH.quotes
    assert list(tables.documents(standing=True)["document_id"]) == [MARCH.document_id]


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
