"""The rebuild of canonical_entities as a commit: what it writes, and what other changes leave of it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import warehouse
from flows.linking import rebuild
from tests.warehouse.factory import SECOND, Article, File, stage
from tests.warehouse.tables import check_invariants, files_of, read_all
from tests.warehouse.test_commit_annotations import annotate
from tests.warehouse.test_commit_forget import every_value
from transforms.linking.decisions import decide
from transforms.linking.records import DecisionKind
from warehouse.commit import commit
from warehouse.errors import NotAWarehouseError, UnknownDecisionError
from warehouse.query import Warehouse
from warehouse.staging import StagingArea

NOW = datetime(2026, 5, 1, tzinfo=UTC)
A = Article("a", people=("Ada Marsh", "Ben Okoro"))
B = Article("b", text="Other words, they said.", people=("Ada Marsh", "Marsh"), day=datetime(2026, 4, 2))
SECRET = Article("secret", text="Words of one alone, said.", people=("Vesna Tarnok", "Ben Okoro"), day=None)


def ingest(root: Path, *articles: Article, read_at: int = 1_000 * SECOND) -> None:
    for article in articles:
        batch = stage(root, File(f"/in/{article.key}", (article,), read_at=read_at))
        commit(root, [batch], "run")
        StagingArea(root).discard([batch])
    check_invariants(read_all(root))


def names(root: Path) -> dict[str, str]:
    """Id → name."""
    rows = warehouse.open(root).canonical_entities(columns=["entity_id", "name"])
    return dict(zip(rows["entity_id"], rows["name"], strict=True))


def linked_names(root: Path, table: str = "entities", column: str = "entity_id") -> list[str | None]:
    known = names(root)
    return [known[one] if isinstance(one, str) else None for one in read_all(root)[table][column]]


def sound(root: Path) -> None:
    check_invariants(read_all(root))
    report = warehouse.verify(root)
    assert report.clean, report.findings


def test_one_commit_links_mentions_and_speakers(root: Path) -> None:
    ingest(root, A, B)
    assert set(linked_names(root)) == {None}, "never while annotating"
    before = warehouse.open(root)
    result = rebuild(root)
    assert (result.snapshot, result.entities, result.mentions, result.linked) == (3, 2, 6, 5)
    sound(root)
    assert sorted(map(str, linked_names(root))) == ["Ada Marsh"] * 4 + ["Ben Okoro"] + ["None"]
    speakers = pd.read_parquet(root / "quotes")[["speaker_canonical", "speaker_entity_id"]]
    by_name = {row.speaker_canonical: row.speaker_entity_id for row in speakers.itertuples()}
    assert by_name["Ada Marsh"] in names(root)
    assert pd.isna(by_name["Marsh"])
    assert before.entities()["entity_id"].isna().all(), "a reader of the snapshot before goes on"


def test_again_changes_nothing(root: Path) -> None:
    ingest(root, A, B)
    rebuild(root)
    assert rebuild(root).snapshot is None
    warehouse.compact(root)
    assert rebuild(root).snapshot is None
    sound(root)


def test_only_files_in_which_an_id_changes_are_written(root: Path) -> None:
    ingest(root, A, B)
    rebuild(root)
    before = {table: files_of(root, table) for table in ("documents", "entities", "quotes")}
    ingest(root, replace(A, key="later", text="Later words, they said.", day=datetime(2026, 6, 3)))
    assert rebuild(root).files == 2
    assert files_of(root, "documents") > before["documents"]
    for table in ("entities", "quotes"):
        assert {name for name in files_of(root, table) if "2026-06" not in name} == before[table]


def test_what_comes_between_rebuilds_has_no_id_until_the_next(root: Path) -> None:
    ingest(root, A)
    rebuild(root)
    ingest(root, B)
    entities = pd.read_parquet(root / "entities").set_index("document_id")["entity_id"]
    assert entities[A.document_id].notna().all()
    assert entities[B.document_id].isna().all()
    sound(root)
    rebuild(root)
    sound(root)
    (ada,) = warehouse.open(root).canonical_entities(name="Ada Marsh").to_dict("records")
    assert (ada["mention_count"], ada["document_count"]) == (4, 2)
    assert (ada["first_seen"], ada["last_seen"]) == (A.day, B.day)


def _correct(root: Path) -> None:
    ingest(root, replace(A, text="Corrected words, they said."), read_at=5_000 * SECOND)


def _reannotate(root: Path) -> None:
    newer = replace(A, model="toy 2")
    commit(root, [annotate(root, newer)], "run")


@pytest.mark.parametrize("change", [_correct, _reannotate])
def test_rows_that_are_replaced_lose_their_id_until_the_next_rebuild(
    root: Path, change: Callable[[Path], None]
) -> None:
    ingest(root, A, B)
    rebuild(root)
    change(root)
    entities = pd.read_parquet(root / "entities").set_index("document_id")["entity_id"]
    assert entities[A.document_id].isna().all()
    sound(root)
    rebuild(root)
    sound(root)
    assert pd.read_parquet(root / "entities").query("canonical_name != 'Marsh'")["entity_id"].notna().all()


def test_a_copy_that_takes_over_keeps_the_ids(root: Path) -> None:
    ingest(root, A, replace(A, key="copy"))
    rebuild(root)
    ids = sorted(pd.read_parquet(root / "entities")["entity_id"])
    warehouse.forget(root, A.document_id)
    assert sorted(pd.read_parquet(root / "entities")["entity_id"]) == ids
    sound(root)


def test_a_take_down_leaves_no_name_that_only_it_gave(root: Path) -> None:
    ingest(root, A, SECRET)
    rebuild(root)
    ingest(root, B)
    assert any("Tarnok" in value for value in every_value(root))
    warehouse.forget(root, SECRET.document_id)
    sound(root)
    assert not any("Tarnok" in value for value in every_value(root)), "nor in older snapshots"
    rows = warehouse.open(root).canonical_entities().set_index("name")
    assert set(rows.index) == {"Ada Marsh", "Ben Okoro"}
    assert rows.loc["Ben Okoro", "mention_count"] == 1


def test_a_take_down_after_a_correction_leaves_no_name_either(root: Path) -> None:
    both = replace(SECRET, people=("Ada Marsh", "Vesna Tarnok"))
    ingest(root, A, both)
    rebuild(root)
    ingest(root, replace(both, text="Corrected, she said.", people=("Ada Marsh",)), read_at=5_000 * SECOND)
    warehouse.forget(root, SECRET.document_id)
    assert not any("Tarnok" in value for value in every_value(root))
    sound(root)


# Decisions


def _merge(root: Path, stays: str, goes: str) -> object:
    ids = {name: entity_id for entity_id, name in names(root).items()}
    return decide(DecisionKind.MERGE, NOW, entity_id=ids[stays], other_entity_id=ids[goes], reason="same byline")


def test_a_decision_and_what_follows_from_it_are_one_commit_and_stay(root: Path) -> None:
    ingest(root, A)
    rebuild(root)
    assert rebuild(root, add=[_merge(root, "Ada Marsh", "Ben Okoro")]).snapshot == 3
    sound(root)
    assert set(names(root).values()) == {"Ada Marsh"}
    ingest(root, B)
    warehouse.compact(root)
    warehouse.forget(root, B.document_id)
    rebuild(root)
    assert set(names(root).values()) == {"Ada Marsh"}
    (row,) = warehouse.open(root).entity_decisions().to_dict("records")
    assert (row["kind"], row["reason"]) == ("merge", "same byline")
    rebuild(root, revoke=[row["decision_id"]])
    assert set(names(root).values()) == {"Ada Marsh", "Ben Okoro"}
    sound(root)


def test_a_decision_that_is_not_there_cannot_be_revoked(root: Path) -> None:
    ingest(root, A)
    with pytest.raises(UnknownDecisionError, match="no decision beef"):
        rebuild(root, revoke=["beef"])
    assert warehouse.open(root).snapshot == 1


def test_a_folder_that_is_no_warehouse(root: Path) -> None:
    with pytest.raises(NotAWarehouseError):
        rebuild(root)


# Reading


@pytest.fixture
def read(root: Path) -> Warehouse:
    ingest(root, replace(A, entities=8), replace(B, people=("Ada K. Marsh",)))
    rebuild(root)
    return warehouse.open(root)


def test_quotes_are_found_by_another_spelling_of_the_speaker(read: Warehouse) -> None:
    (ada,) = read.canonical_entities(name="ada marsh")["entity_id"]
    for words in ("ada Marsh", ada):
        assert set(read.quotes(speaker=words)["speaker_canonical"]) == {"Ada Marsh", "Ada K. Marsh"}, words
    assert set(read.quotes(speaker="K. Marsh")["speaker_canonical"]) == {"Ada K. Marsh"}
    assert set(read.quotes(speaker="okoro")["speaker_canonical"]) == {"Ben Okoro"}
    assert read.quotes(speaker="Marshall").empty


def test_canonical_entities_are_filtered_and_the_most_mentioned_come_first(read: Warehouse) -> None:
    assert read.canonical_entities(label="PERSON", columns=["name"])["name"].tolist() == ["Ada Marsh", "Ben Okoro"]
    assert read.canonical_entities(label="ORG").empty
    assert read.canonical_entities(since="2026-04-01", columns=["name"])["name"].tolist() != []
    assert "Ben Okoro" not in set(read.canonical_entities(since="2026-04-01")["name"])
    assert read.canonical_entities(limit=1)["mention_count"].tolist() == [
        read.canonical_entities()["mention_count"].max()
    ]
    (ada,) = read.canonical_entities(name="Ada Marsh")["entity_id"]
    assert set(read.entities(entity_id=ada)["entity_id"]) == {ada}


def test_a_snapshot_that_does_not_know_the_table_reads_as_empty(root: Path, layouts: Iterable[Path]) -> None:
    for old in layouts:
        opened = warehouse.open(old)
        assert opened.canonical_entities().empty
        assert opened.entity_decisions().empty
        assert len(opened.quotes(speaker="Okoro")) > 0


@pytest.fixture
def layouts(tmp_path: Path) -> list[Path]:
    import tarfile

    folders = []
    for archive in sorted((Path(__file__).parent / "layouts").glob("*.tar.xz")):
        with tarfile.open(archive) as packed:
            packed.extractall(tmp_path / archive.stem, filter="data")
        folders.append(tmp_path / archive.stem / "data")
    return folders


def test_ids_of_a_file_of_several_row_groups_are_put_in_their_places(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse import disk
    from warehouse.tables import TABLES

    many = [
        replace(A, key=f"n{n}", text=f"Words {n} and more, said.", people=(f"Ada Nr{n}", "Ben Okoro")) for n in range(9)
    ]
    commit(root, [stage(root, File("/in/many", tuple(many)))], "run")
    (file,) = (root / "current" / "entities").resolve().rglob("*.parquet")
    rows = pq.read_table(file, partitioning=None)
    file.unlink()
    disk.write_parquet(file, TABLES["entities"], [rows.slice(start, 4) for start in range(0, rows.num_rows, 4)])
    assert pq.read_metadata(file).num_row_groups > 5
    rebuild(root)
    found = pd.read_parquet(root / "entities")
    known = names(root)
    assert [known[one] for one in found["entity_id"]] == found["canonical_name"].tolist()
