"""The gold speaks about the articles of ``seeds/`` as our own readers see them, and obeys its conventions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from transforms.normalise import NormaliseOptions, build_document
from transforms.read import ReadLimits, read_unit
from transforms.read.archives import is_archive, members, open_member
from transforms.records import Document, Origin, Provenance, QuoteType, RawRecord, Reject, SpeakerType

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
GOLD_FILES = sorted((ROOT / "tests" / "quality" / "gold").glob("*.json"))
LIMITS = ReadLimits()
PROVENANCE = Provenance(
    run_id="gold", model="none", pipeline_version="0", ingested_at=datetime(2026, 1, 1, 12, tzinfo=UTC)
)
OPENING_MARKS = ("“", "”", '"', "``", "''", "‘", "'", "«", "„", "‚", "‹", "»")
ENTITY_LABELS = {"PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT", "FAC", "DATE"}
QUOTE_FIELDS = {
    "content",
    "occurrence",
    "type",
    "group",
    "cue",
    "speaker",
    "speaker_type",
    "speaker_canonical",
    "addressee",
    "via",
}

Gold = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """Where an article lies: file, archive member, position."""

    source: str
    member: str | None
    record: int


def _documents(path: Path) -> Iterator[tuple[Key, Document | Reject]]:
    with path.open("rb") as stream:
        archive = is_archive(stream, path.name)
        stream.seek(0)
        if not archive:
            yield from ((_key(path, None, r), _document(path, None, r)) for r in read_unit(stream, path.name, LIMITS))
            return
        for member in members(stream, path.name, LIMITS):
            assert not isinstance(member, Reject), member
            with open_member(stream, member, LIMITS) as inner:
                for record in read_unit(inner, member.name, LIMITS):
                    yield _key(path, member.name, record), _document(path, member.name, record)


def _key(path: Path, member: str | None, record: RawRecord | Reject) -> Key:
    return Key(path.name, member, record.source_record)


def _document(path: Path, member: str | None, record: RawRecord | Reject) -> Document | Reject:
    if isinstance(record, Reject):
        return record
    origin = Origin(path.name, member, "0" * 64, record.source_record)
    return build_document(record, origin, PROVENANCE, NormaliseOptions())


@cache
def articles() -> dict[Key, Document | Reject]:
    return {key: doc for path in sorted(SEEDS.iterdir()) for key, doc in _documents(path)}


def load(path: Path) -> Gold:
    gold: Gold = json.loads(path.read_text(encoding="utf-8"))
    return gold


def gold_key(gold: Gold) -> Key:
    return Key(gold["source"], gold["member"], gold["record"])


def article_of(gold: Gold) -> Document:
    document = articles()[gold_key(gold)]
    assert isinstance(document, Document), document
    return document


def position(text: str, content: str, occurrence: int) -> int:
    """Where the given occurrence of ``content`` starts (occurrences may overlap), -1 when there is none."""
    start = -1
    for _ in range(occurrence + 1):
        start = text.find(content, start + 1)
        if start < 0:
            return -1
    return start


@pytest.fixture(params=GOLD_FILES, ids=lambda path: path.stem)
def gold(request: pytest.FixtureRequest) -> Gold:
    return load(request.param)


def test_every_article_became_a_document() -> None:
    assert [key for key, doc in articles().items() if isinstance(doc, Reject)] == []


def test_files_and_gold_match_one_to_one() -> None:
    keys = [gold_key(load(path)) for path in GOLD_FILES]
    assert len(keys) == len(set(keys)), "two gold files speak about one article"
    assert set(keys) <= set(articles())
    # A file of many records may have gold for some of them only; every file and every member has some.
    assert {(key.source, key.member) for key in keys} == {(key.source, key.member) for key in articles()}


def test_facts_of_the_document(gold: Gold) -> None:
    document = article_of(gold)
    published = document.published_on.date() if document.published_on else None
    assert published == (date.fromisoformat(gold["published_on"]) if gold["published_on"] else None)
    assert document.title == gold["title"]
    assert document.language == gold["language"]


def test_quotes_are_in_the_text_in_reading_order(gold: Gold) -> None:
    text = article_of(gold).text
    starts = [position(text, quote["content"], quote["occurrence"]) for quote in gold["quotes"]]
    missing = [quote["content"] for quote, start in zip(gold["quotes"], starts, strict=True) if start < 0]
    assert missing == []
    assert starts == sorted(starts)


@pytest.mark.parametrize("field", ["cue", "speaker", "addressee", "via"])
def test_mentions_of_a_quote_are_in_the_text(gold: Gold, field: str) -> None:
    text = article_of(gold).text
    assert [quote[field] for quote in gold["quotes"] if quote[field] is not None and quote[field] not in text] == []


def test_quotes_have_closed_values(gold: Gold) -> None:
    for quote in gold["quotes"]:
        assert set(quote) == QUOTE_FIELDS
        QuoteType(quote["type"])
        speaker_type = SpeakerType(quote["speaker_type"])
        assert (quote["speaker"] is None) == (speaker_type is SpeakerType.NONE), quote
        assert quote["content"] == quote["content"].strip()
        assert "\n" not in quote["content"], "a quotation ends with its paragraph"


def test_groups_are_numbered_without_gaps_and_have_one_speaker(gold: Gold) -> None:
    quotes = sorted(gold["quotes"], key=lambda quote: quote["group"])
    groups = {number: list(rows) for number, rows in groupby(quotes, key=lambda quote: quote["group"])}
    assert list(groups) == list(range(1, len(groups) + 1))
    for rows in groups.values():
        assert len({row["speaker_canonical"] for row in rows}) == 1, rows


def test_marks_agree_with_the_type(gold: Gold) -> None:
    for quote in gold["quotes"]:
        if quote["type"] == QuoteType.DIRECT:
            # Transcript lines ("NAME: …") are direct speech without marks; they have no cue.
            assert quote["content"].startswith(OPENING_MARKS) or quote["cue"] is None, quote
        if quote["type"] == QuoteType.MIXED:
            group = [row["content"] for row in gold["quotes"] if row["group"] == quote["group"]]
            assert any(mark in content for content in group for mark in OPENING_MARKS), quote


def test_not_quotes_are_in_the_text_and_are_no_quotes(gold: Gold) -> None:
    text = article_of(gold).text
    contents = {quote["content"] for quote in gold["quotes"]}
    for item in gold["not_quotes"]:
        assert item["text"] in text, item
        assert item["text"] not in contents, item
        assert item["why"]


def test_entities_are_in_the_text_in_reading_order(gold: Gold) -> None:
    text, end = article_of(gold).text, 0
    for entity in gold["entities"]:
        assert entity["label"] in ENTITY_LABELS, entity
        assert entity["canonical"], entity
        start = text.find(entity["text"], end)
        assert start >= 0, f"{entity} does not follow offset {end}"
        end = start + len(entity["text"])
