"""Each answer is compared with what its own pandas lines give on the same rows."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

pytest.importorskip("duckdb", reason="the extra explore is not installed: pip install -e '.[explore]'")

import warehouse
from flows.explore import articles, health, names, outlets, quotes, together
from flows.explore.asked import Asked
from flows.explore.database import Answer, Database
from flows.explore.quotes import Step
from flows.explore.together import Near
from transforms.linking.records import AliasCount, CanonicalEntity
from warehouse.errors import SnapshotGoneError
from warehouse.tables import to_arrow

Question = Callable[[Database], Answer]


@pytest.fixture(scope="session")
def database(mixed_root: Path) -> Database:
    return opened(mixed_root)


def opened(root: Path) -> Database:
    return Database(warehouse.open(root), str(root))


def given(lines: str) -> Any:
    """What the lines leave in ``answer``."""
    space: dict[str, Any] = {}
    exec(lines, space)
    return space["answer"]


def asked(database: Database) -> list[Asked]:
    """One of each condition, and several at once; the speaker and the entity are the commonest."""
    speaker = names.find_speakers(database)["key"].iloc[0]
    entity = names.find_entities(database)["key"].iloc[1]
    return [
        Asked(),
        Asked(speaker=speaker),
        Asked(speaker="Dov\u202eLind"),
        Asked(speaker="nobody of that name"),
        Asked(month="2024-12"),
        Asked(month="unknown"),
        Asked(outlet="Böe & Co"),
        Asked(word="tax"),
        Asked(word="tax", whole=False),
        Asked(word="STRASSE"),
        Asked(word="STRAßE", whole=False),
        Asked(word="a.b"),
        Asked(word="100%", whole=False),
        Asked(word="' OR 1=1 --"),
        Asked(about=entity),
        Asked(speaker=speaker, about=entity, word="river"),
        Asked(speaker=speaker, month="2025-01", outlet="The Herald"),
    ]


def as_counts(answer: pd.Series | pd.DataFrame) -> dict[Any, Any]:
    """Labels, null ones as None, with their numbers."""
    plain = answer.to_frame("n") if isinstance(answer, pd.Series) else answer
    return {
        _label(label): tuple(int(value) for value in row)
        for label, row in zip(plain.index, plain.to_numpy(), strict=True)
    }


def _label(label: Any) -> Any:
    if isinstance(label, tuple):
        return tuple(map(_label, label))
    return None if pd.isna(label) else label


def same(answer: Answer, keys: list[str], numbers: list[str]) -> bool:
    """Whether the frame has what the lines give, and as many rows."""
    frame = answer.frame.set_index(keys[0] if len(keys) == 1 else keys)[numbers]
    expected = as_counts(given(answer.lines))
    assert as_counts(frame) == expected
    assert len(answer.frame) == len(expected)
    return bool(len(answer.frame))


def test_timelines_are_those_of_pandas(database: Database) -> None:
    found = [
        same(quotes.timeline(database, one, step), ["period"], ["quotes", "speakers"])
        for one in asked(database)
        for step in Step
    ]
    assert sum(found) > 20, "most conditions must have quotes, or nothing was compared"


def test_speakers_are_those_of_pandas(database: Database) -> None:
    assert sum(same(quotes.speakers(database, one, None), ["key"], ["quotes"]) for one in asked(database)) > 10


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize("labels", [(), ("ORG", "GPE")])
def test_what_speakers_talk_about_is_that_of_pandas(mixed_root: Path, labels: tuple[str, ...], prepared: bool) -> None:
    database = opened(mixed_root)
    if prepared:
        quotes.prepare_spoken(database)
    found = [same(quotes.talked_about(database, one, labels, None), ["key"], ["mentions"]) for one in asked(database)]
    assert sum(found) > 8


def test_pages_of_quotes_are_those_of_pandas_and_each_quote_is_on_one(database: Database) -> None:
    for one in asked(database):
        total, pages = quotes.count(database, one), []
        for number in range(total // 7 + 1):
            answer = quotes.page(database, one, number, 7)
            assert answer.frame.set_index("quote_id")["content"].to_dict() == given(answer.lines).to_dict()
            pages += answer.frame["quote_id"].tolist()
        assert len(pages) == len(set(pages)) == total


def test_outlets_are_those_of_pandas(database: Database) -> None:
    assert same(outlets.outlets(database), ["outlet"], ["documents", "quotes"])
    assert same(outlets.speakers_by_month(database, None), ["outlet", "month"], ["speakers", "quotes"])
    assert set(outlets.speakers_by_month(database, 1).frame["outlet"]) < {"The Herald", "Böe & Co"}


@pytest.mark.parametrize("near", list(Near))
def test_what_is_mentioned_together_is_that_of_pandas(database: Database, near: Near) -> None:
    entity = names.find_entities(database)["key"].iloc[0]
    answer = together.together(database, entity, near, limit=None)
    assert same(answer, ["key"], ["documents"])
    assert same(together.together(database, entity, near, ("ORG",), None), ["key"], ["documents"])
    for row in answer.frame.itertuples():
        places = together.meeting_places(database, entity, str(row.key), near, rows=1_000)
        assert len(places.frame) == row.documents
        listed = given(places.lines)
        assert places.frame["document_id"].tolist() == listed.index.tolist()
        assert places.frame["title"].tolist() == listed.tolist() or places.frame["title"].isna().any()


@pytest.mark.parametrize(
    ("question", "key", "number"),
    [
        (health.rejects, "reason", "records"),
        (health.sources, "status", "files"),
        (health.languages, "language", "documents"),
        (health.warnings, "warning", "documents"),
    ],
)
def test_counts_of_health_are_those_of_pandas(database: Database, question: Question, key: str, number: str) -> None:
    assert same(question(database), [key], [number])


def test_shares_of_health_are_those_of_pandas(database: Database) -> None:
    assert same(health.unresolved(database), ["month"], ["quotes", "unresolved"])
    assert health.unresolved(database).frame["unresolved"].sum() > 0
    documents = health.documents(database)
    assert documents.frame.iloc[0].to_dict() == given(documents.lines)
    assert documents.frame["copies"].iloc[0] == 1
    assert health.runs(database).frame.equals(given(health.runs(database).lines))


def test_names_are_found_by_a_part_of_them_in_any_case(database: Database) -> None:
    assert "Ünal Şen" in set(names.find_speakers(database, "üNAL")["name"])
    assert names.find_speakers(database, "no such name").empty
    assert set(names.find_entities(database, "fjord")["name"]) == {"Fjord Ltd"}
    assert set(names.find_entities(database, labels=("GPE",))["label"]) <= {"GPE"}
    counts = names.find_speakers(database)["quotes"].tolist()
    assert counts == sorted(counts, reverse=True)
    assert len(names.find_speakers(database, limit=2)) == 2
    assert names.speaker_name(database, "nobody") is None


def test_a_linked_speaker_is_one_under_all_names(database: Database) -> None:
    found = names.find_speakers(database, "marsh")
    other = names.find_speakers(database, "o'hara")
    assert len(found) == len(other) == 1
    assert (found["key"].iloc[0] == other["key"].iloc[0]) == database.speakers_linked


def test_names_and_aliases_of_canonical_entities_are_used_where_there_are_any(mixed_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(mixed_root, root, symlinks=True)
    canonical = CanonicalEntity(
        entity_id="e1",
        name="Dame Ada",
        label="ORG",
        aliases=(AliasCount("Ada Marsh", 2), AliasCount("Lady A.", 1)),
        alias_ids=(),
        country_code=None,
        external_ids=(),
        mention_count=3,
        quote_count=1,
        document_count=1,
        first_seen=None,
        last_seen=None,
        co_mentions=(),
    )
    (file,) = (root / "current" / "canonical_entities").rglob("*.parquet")
    file.unlink()  # hard-linked to the other warehouse's
    pq.write_table(to_arrow("canonical_entities", [canonical]), file)
    database = opened(root)
    for found in (names.find_speakers(database, "lady a"), names.find_entities(database, "dame")):
        assert found["name"].tolist() == (["Dame Ada"] if database.speakers_linked else [])
    assert "Ünal Şen" in set(names.find_speakers(database)["name"])


def test_an_article_has_its_rows_and_a_copy_those_of_the_one_that_stands(database: Database) -> None:
    stands, copy = articles.article(database, "0001"), articles.article(database, "copy")
    assert stands is not None
    assert copy is not None
    assert copy.document.title == "A copy"
    assert len(stands.entities) > 0
    assert copy.entities == stands.entities
    assert copy.quotes == stands.quotes
    assert articles.article(database, "no such id") is None
    space: dict[str, Any] = {}
    exec(articles.article_lines(database, "0002"), space)
    assert len(space["quotes"]) == len(articles.article(database, "0002").quotes)  # type: ignore[union-attr]


def succeeded(root: Path) -> None:
    """A second snapshot, with the rows of the first."""
    shutil.copytree(root / "snapshots" / "00000001", root / "snapshots" / "00000002")
    manifest = root / "snapshots" / "00000002" / "snapshot.json"
    manifest.write_text(manifest.read_text().replace('"number": 1', '"number": 2'))
    (root / "current").unlink()
    (root / "current").symlink_to("snapshots/00000002")


def test_a_snapshot_that_was_pruned_is_told_as_such(mixed_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(mixed_root, root, symlinks=True)
    database = opened(root)
    quotes.count(database, Asked())
    succeeded(root)
    shutil.rmtree(database.tables.pinned.path)
    assert quotes.count(database, Asked()) > 0, "what was asked before is remembered"
    with pytest.raises(SnapshotGoneError):
        quotes.count(database, Asked(word="new"))


def test_lines_of_an_older_snapshot_read_that_one(mixed_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(mixed_root, root, symlinks=True)
    database = opened(root)
    assert database.source("quotes") == f"{root}/quotes"
    succeeded(root)
    assert database.source("quotes") == f"{root}/snapshots/00000001/quotes"
    same(quotes.speakers(database, Asked(), None), ["key"], ["quotes"])
