"""The given sample, row by row: these quotations, no other in marks, all of them Lavrov's."""

import re
from dataclasses import dataclass

import pytest

from tests.quality.gold import gold_articles
from transforms.records import Annotated, Entity, Quote, QuoteType

pytestmark = pytest.mark.model
STEM = "000_0a60103a4232d51d"


@dataclass(frozen=True)
class Wanted:
    begins: str
    ends: str
    cue: str


IN_MARKS = (
    Wanted("“If the signals that", "we will respond to them,”", "told"),
    Wanted("“But the Americans broke (off)", "make the first move,”", "told"),
    Wanted("“A truce is", "a path to nowhere,”", "said"),
    Wanted("“We need final legal agreements", "interests of our neighbours,”", "said"),
    Wanted("Moscow wanted the legal documents", "“the impossibility of violating these agreements.”", "added"),
)
KELLOGG = Wanted("both sides were ready", "to end the war", "told")
CEASEFIRE = Wanted("Russia saw no point", "Russia and its neighbours", "said")


@pytest.fixture(scope="module")
def sample(annotated: list[Annotated]) -> Annotated:
    stems = [article.stem for article in gold_articles()]
    return annotated[stems.index(STEM)]


def _only(sample: Annotated, wanted: Wanted) -> Quote:
    (quote,) = [row for row in sample.quotes if row.content.startswith(wanted.begins)]
    return quote


def test_the_header_is_a_date_and_not_text(sample: Annotated) -> None:
    published_on = sample.document.published_on
    assert published_on is not None
    assert published_on.date().isoformat() == "2024-12-26"
    assert not sample.document.text.startswith(("date", "2024"))


def test_the_quotations_in_marks_are_exactly_these(sample: Annotated) -> None:
    rows = [row for row in sample.quotes if row.quote_type is not QuoteType.INDIRECT]
    assert len(rows) == len(IN_MARKS)
    for row, wanted in zip(rows, IN_MARKS, strict=True):
        assert row.content.startswith(wanted.begins)
        assert row.content.endswith(wanted.ends)
        assert (row.cue, row.speaker_canonical) == (wanted.cue, "Sergey Lavrov")
        assert sample.document.text[row.content_start : row.content_end] == row.content
    assert [row.quote_type for row in rows] == [QuoteType.DIRECT] * 4 + [QuoteType.MIXED]


def test_the_first_is_told_to_reporters(sample: Annotated) -> None:
    assert _only(sample, IN_MARKS[0]).addressee == "reporters"


def test_the_declaration_of_the_first_sentence_is_indirect(sample: Annotated) -> None:
    row = sample.quotes[0]
    assert row.quote_type is QuoteType.INDIRECT
    assert row.content.startswith("Moscow will work with")
    assert (row.cue, row.speaker_canonical) == ("declared", "Sergey Lavrov")


def test_kellogg_told_fox_news(sample: Annotated) -> None:
    row = _only(sample, KELLOGG)
    assert row.content.endswith(KELLOGG.ends)
    assert (row.quote_type, row.cue) == (QuoteType.INDIRECT, KELLOGG.cue)
    assert (row.speaker_canonical, row.addressee) == ("Keith Kellogg", "Fox News")


def test_the_ceasefire_comes_through_an_agency(sample: Annotated) -> None:
    row = _only(sample, CEASEFIRE)
    assert row.content.endswith(CEASEFIRE.ends)
    assert (row.quote_type, row.cue) == (QuoteType.INDIRECT, CEASEFIRE.cue)
    assert (row.speaker_canonical, row.via) == ("Sergey Lavrov", "Reuters")


def test_nothing_else_is_a_quotation(sample: Annotated) -> None:
    assert len(sample.quotes) == len(IN_MARKS) + 3


def _mentions(sample: Annotated, text: str) -> list[Entity]:
    return [row for row in sample.entities if row.text == text]


@pytest.mark.parametrize("name", ["Sergey Lavrov", "Donald Trump", "Keith Kellogg"])
def test_a_person_is_one_and_holds_all_mentions(sample: Annotated, name: str) -> None:
    surname = name.rpartition(" ")[2]
    rows = [row for row in sample.entities if surname in row.text]
    assert len(rows) == len(re.findall(rf"\b{surname}\b", sample.document.text))
    assert {(row.label, row.canonical_name) for row in rows} == {("PERSON", name)}


def test_no_mention_of_trump_is_an_organisation(sample: Annotated) -> None:
    assert {row.label for row in sample.entities if "Trump" in row.text} == {"PERSON"}


@pytest.mark.parametrize("name", ["Russia", "Ukraine", "U.S.", "Iran", "China", "North Korea", "Moscow", "Washington"])
def test_states_and_their_capitals_are_places(sample: Annotated, name: str) -> None:
    rows = _mentions(sample, name)
    assert len(rows) == len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", sample.document.text))
    assert {row.label for row in rows} == {"GPE"}


@pytest.mark.parametrize("name", ["NATO", "Fox News", "Reuters"])
def test_bodies_are_organisations(sample: Annotated, name: str) -> None:
    assert {row.label for row in _mentions(sample, name)} == {"ORG"}


def test_the_crisis_is_one_event(sample: Annotated) -> None:
    (row,) = [row for row in sample.entities if "Crisis" in row.text]
    assert (row.text, row.label) == ("Cuban Missile Crisis", "EVENT")


def test_roles_are_kept(sample: Annotated) -> None:
    roles = {row.role for row in sample.entities if row.canonical_name == "Sergey Lavrov"} - {None}
    assert "Russian Foreign Minister" in roles
