"""Quotations with cue and source, from text to ``doc._.quotes``."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from spacy.language import Language

from transforms.quotes.lexicon import confidence_of

pytestmark = pytest.mark.model
QuotesOf = Callable[[str], list]


@pytest.mark.parametrize(
    ("text", "content", "speaker", "cue"),
    [
        ("“The bridge is safe,” said Ada Quill, the mayor.", "“The bridge is safe,”", "Ada Quill, the mayor", "said"),
        ("“The bridge is safe,” the mayor said on Monday.", "“The bridge is safe,”", "the mayor", "said"),
        ("Ada Quill told reporters: “The bridge is safe.”", "“The bridge is safe.”", "Ada Quill", "told"),
        ("Ada Quill said, “The bridge is safe.”", "“The bridge is safe.”", "Ada Quill", "said"),
        ("He closed the road, adding: “The bridge is not safe.”", "“The bridge is not safe.”", "He", "adding"),
    ],
)
def test_direct_quotations(quotes_of: QuotesOf, text: str, content: str, speaker: str, cue: str) -> None:
    (quote,) = quotes_of(text)
    assert (quote.type, quote.content, quote.speaker, quote.cue) == ("direct", content, speaker, cue)


@pytest.mark.parametrize(
    ("text", "content", "speaker"),
    [
        ("The mayor said that the bridge was safe.", "that the bridge was safe", "The mayor"),
        ("The mayor said the bridge was safe.", "the bridge was safe", "The mayor"),
        ("The bridge was safe, the mayor said.", "The bridge was safe", "the mayor"),
        ("The bridge was safe, according to the mayor.", "The bridge was safe", "the mayor"),
        ("According to the mayor, the bridge was safe.", "the bridge was safe", "the mayor"),
        ("The mayor accused the council of wasting money.", "the council of wasting money", "The mayor"),
        ("The mayor promised to repair the bridge.", "to repair the bridge", "The mayor"),
    ],
)
def test_indirect_quotations(quotes_of: QuotesOf, text: str, content: str, speaker: str) -> None:
    (quote,) = quotes_of(text)
    assert (quote.type, quote.content, quote.speaker) == ("indirect", content, speaker)


def test_mixed_content_holds_its_quoted_part(quotes_of: QuotesOf) -> None:
    (quote,) = quotes_of("The mayor said the bridge was “as good as new.”")
    assert (quote.type, quote.content) == ("mixed", "the bridge was “as good as new.”")
    assert quote.parts == ["“as good as new.”"]


def test_a_split_quotation_is_one_group(quotes_of: QuotesOf) -> None:
    first, second = quotes_of("“The bridge is safe,” she said. “We checked every bolt of it.”")
    assert first.group == second.group
    assert first.speaker == second.speaker == "she"


def test_two_speakers_are_two_groups(quotes_of: QuotesOf) -> None:
    first, second = quotes_of("“The bridge is safe,” Quill said.\n\n“I do not believe that,” Osei said.")
    assert first.group != second.group
    assert (first.speaker, second.speaker) == ("Quill", "Osei")


def test_a_quotation_continued_over_paragraphs_is_one_group(quotes_of: QuotesOf) -> None:
    first, second = quotes_of("“The bridge is safe,” Quill said. “We checked it.\n\n“We did so twice.”")[1:]
    assert first.group == second.group
    assert second.speaker == "Quill"


def test_a_floating_quotation_has_no_speaker(quotes_of: QuotesOf) -> None:
    floating = quotes_of("“The bridge is safe,” Quill said.\n\n“We checked every bolt of it twice.”")[1]
    assert (floating.speaker, floating.method) == (None, "none")


def test_hearer_and_outlet(quotes_of: QuotesOf) -> None:
    (quote,) = quotes_of("“The bridge is safe,” Quill told reporters in the town, Reuters reports.")
    assert (quote.speaker, quote.addressee, quote.via) == ("Quill", "reporters", "Reuters")


def test_the_outlet_at_the_end_is_no_content(quotes_of: QuotesOf) -> None:
    (quote,) = quotes_of("Quill said the bridge was safe and will open in May, the Reuters report details.")
    assert (quote.content, quote.speaker) == ("the bridge was safe and will open in May", "Quill")
    assert quote.via == "Reuters"


def test_a_clause_between_two_regions_belongs_to_both(quotes_of: QuotesOf) -> None:
    first, second = quotes_of("“The bridge,” she said, “is as safe as houses.”")
    assert (first.speaker, second.speaker) == ("she", "she")
    assert first.group == second.group


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “quick fix” cost a fortune.",
        "She sang “Harbour Lights” at the fair.",
        "Tom “Digger” Marsh won the race.",
        "The mayor hopes that the bridge is safe.",
        "The bridge opened in May.",
    ],
)
def test_not_a_quotation(quotes_of: QuotesOf, text: str) -> None:
    assert quotes_of(text) == []


def test_odd_marks_cost_only_their_paragraph(quotes_of: QuotesOf) -> None:
    found = quotes_of('A stray " mark stands here.\n\n“The bridge is safe,” Quill said.')
    assert found[-1].content == "“The bridge is safe,”"
    assert found[-1].speaker == "Quill"


def test_quotations_are_ordered_and_apart_and_know_their_confidence(quote_nlp: Language) -> None:
    text = "“Yes,” Quill said. Osei denied that he had left, adding that “nobody asked.” “No,” she said, “never.”"
    quotes = quote_nlp(text)._.quotes
    assert len(quotes) >= 4
    for before, after in pairwise(quotes):
        assert before.content.end <= after.content.start
    assert all(quote.confidence == confidence_of(quote.quote_type, quote.attribution_method) for quote in quotes)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "“”", "“", "said", ": :", "— ", "according to"])
def test_degenerate_texts_have_no_quotation(quotes_of: QuotesOf, text: str) -> None:
    assert quotes_of(text) == []
