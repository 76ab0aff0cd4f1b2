"""The gold speaks about the articles of ``seeds/`` as our own readers see them, and obeys its conventions."""

from datetime import date
from itertools import groupby
from typing import Any

import pytest

from tests.quality.gold import GOLD_FILES, article_of, articles, key_of, load, position
from transforms.records import QuoteType, Reject, SpeakerType

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


@pytest.fixture(params=GOLD_FILES, ids=lambda path: path.stem)
def gold(request: pytest.FixtureRequest) -> Gold:
    return load(request.param)


def test_every_article_became_a_document() -> None:
    assert [key for key, doc in articles().items() if isinstance(doc, Reject)] == []


def test_files_and_gold_match_one_to_one() -> None:
    keys = [key_of(load(path)) for path in GOLD_FILES]
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
