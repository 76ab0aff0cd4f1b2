"""The seeds as a warehouse: who is one entity across its documents, whatever the order and pieces they came in."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import warehouse
from flows.linking import rebuild
from tests.quality.gold import gold_articles
from tests.quality.test_sample import STEM
from transforms.linking.clusters import decided_key, id_of
from transforms.linking.decisions import decide
from transforms.linking.records import DecisionKind, EntityDecision
from transforms.records import Annotated
from warehouse.commit import commit
from warehouse.ledger import SourceRow, SourceStatus, source_parts
from warehouse.staging import StagingArea
from warehouse.tables import to_arrow

pytestmark = pytest.mark.model

PIECES = 10


def source(article: Annotated) -> SourceRow:
    one = article.document
    return SourceRow(
        source_path=one.source_path,
        source_member=one.source_member,
        size=1,
        mtime=1,
        read_at=1,
        source_sha256=one.source_sha256,
        status=SourceStatus.DONE,
        record_count=1,
        document_ids=(one.document_id,),
        pipeline_version=one.pipeline_version,
        run_id=one.run_id,
    )


def ingest(root: Path, articles: Sequence[Annotated]) -> None:
    tables = {
        "documents": to_arrow("documents", [one.document for one in articles]),
        "entities": to_arrow("entities", [row for one in articles for row in one.entities]),
        "quotes": to_arrow("quotes", [row for one in articles for row in one.quotes]),
        "sources": source_parts([source(one) for one in articles]),
    }
    batch = StagingArea(root).write(articles[0].document.document_id, tables, {})
    commit(root, [batch], "run")
    StagingArea(root).discard([batch])


def state(root: Path) -> list[pd.DataFrame]:
    """All that linking gives."""
    opened = warehouse.open(root)
    return [
        opened.entities(columns=["mention_id", "entity_id"]).sort_values("mention_id", ignore_index=True),
        opened.quotes(columns=["quote_id", "speaker_entity_id"]).sort_values("quote_id", ignore_index=True),
        opened.canonical_entities(),
    ]


@pytest.fixture(scope="module")
def articles(annotated: list[Annotated]) -> list[Annotated]:
    """One document for each file that gives one."""
    return list({one.document.source_path: one for one in annotated}.values())


@pytest.fixture(scope="module")
def linked(articles: list[Annotated], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("linked") / "data"
    ingest(root, articles)
    rebuild(root)
    return root


MERGE = decide(
    DecisionKind.MERGE,
    pd.Timestamp("2026-05-01", tz="UTC").to_pydatetime(),
    entity_id=id_of(decided_key("PERSON", "Sergey Lavrov")),
    other_entity_id=id_of(decided_key("PERSON", "Keith Kellogg")),
)


@pytest.mark.parametrize("decisions", [(), (MERGE,)], ids=["plain", "with a merge"])
@pytest.mark.parametrize("rebuilds", [False, True], ids=["one rebuild", "a rebuild after each piece"])
def test_order_and_pieces_change_nothing(
    articles: list[Annotated], linked: Path, tmp_path: Path, decisions: tuple[EntityDecision, ...], rebuilds: bool
) -> None:
    whole, root = tmp_path / "whole", tmp_path / "pieces"
    ingest(whole, articles)
    rebuild(whole, add=decisions)
    turned = articles[::-1]
    for number in range(PIECES):
        ingest(root, turned[number::PIECES])
        if rebuilds:
            rebuild(root, add=decisions if number == 3 else ())
    rebuild(root, add=() if rebuilds else decisions)
    for one, other in zip(state(root), state(whole), strict=True):
        pd.testing.assert_frame_equal(one, other)
    same = [one.equals(other) for one, other in zip(state(whole), state(linked), strict=True)]
    assert all(same) is not bool(decisions)
    assert warehouse.verify(root).clean


@pytest.mark.parametrize("name", ["Sergey Lavrov", "Donald Trump", "Keith Kellogg"])
def test_people_of_the_sample_are_one_person_each(linked: Path, sample_id: str, name: str) -> None:
    opened = warehouse.open(linked)
    (row,) = opened.canonical_entities(name=name, label="PERSON").to_dict("records")
    mentions = opened.entities(document_id=sample_id)
    surname = name.rpartition(" ")[2]
    own = mentions[mentions["text"].str.contains(surname)]
    assert set(own["entity_id"]) == {row["entity_id"]}


CODES = {"Russia": "RU", "Ukraine": "UA", "United States": "US", "Iran": "IR", "China": "CN", "North Korea": "KP"}


@pytest.mark.parametrize("name", CODES)
def test_countries_of_the_sample_have_their_codes(linked: Path, sample_id: str, name: str) -> None:
    opened = warehouse.open(linked)
    (row,) = opened.canonical_entities(country=CODES[name], label="GPE").to_dict("records")
    assert row["name"] == name
    assert row["entity_id"] in set(opened.entities(document_id=sample_id)["entity_id"])


@pytest.fixture(scope="module")
def sample_id(articles: list[Annotated]) -> str:
    stems = [article.stem for article in gold_articles()]
    assert STEM in stems
    (found,) = [one.document.document_id for one in articles if STEM in one.document.source_path]
    return found
