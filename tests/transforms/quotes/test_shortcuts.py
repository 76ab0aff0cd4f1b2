"""What is asked first to spare work changes nothing: with it and without it the rules find the same."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from benchmarks.fuzz_quotes import invented_parse, pipeline
from benchmarks.fuzz_seeds import QUOTED
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes import lexicon, marks, second_hand, turns
from transforms.quotes.cues import reporting_verbs
from transforms.quotes.marks import quoted_regions
from transforms.quotes.spans import Span
from transforms.quotes.view import DocView

MARKS = st.text(alphabet="`'‘’,\"“”„‟«»‹›＂〝〞a1 .", max_size=30)
AS_A_SET = re.compile(r"``|''|‘‘|’’|,,(?=\w)|[\"“”„‟«»‹›＂〝〞]")
ENDINGS = st.lists(
    st.sampled_from(["It holds", ",", " ", "the ", "Reuters", "REUTERS", "report ", "says", "SAYS", "ſayſ", "a", "\n"]),
    min_size=1,
    max_size=9,
).map("".join)
SMALL = st.text(alphabet="AQ :(“)\n", max_size=20)


@pytest.fixture(scope="module")
def any_parse() -> Language:
    return pipeline()


@given(MARKS)
def test_double_marks_as_alternatives_are_those_of_the_set(text: str) -> None:
    assert [found.span() for found in marks._DOUBLE.finditer(text)] == [
        found.span() for found in AS_A_SET.finditer(text)
    ]


@given(ENDINGS)
def test_the_tag_of_an_outlet_is_found_by_its_end(text: str) -> None:
    content = Span(0, len(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_hand, "outlet_tag_end", lambda: re.compile(""))
        expected = second_hand.split_tag(text, content)
    assert second_hand.split_tag(text, content) == expected


def test_some_endings_are_tags() -> None:
    text = "It holds, the Reuters report says"
    assert second_hand.split_tag(text, Span(0, len(text)))[1] is not None


def test_no_verb_of_an_outlet_is_longer_than_what_is_looked_at() -> None:
    assert max(map(len, lexicon._outlet_verbs().split("|"))) < second_hand._LONGEST_VERB


@given(SMALL)
def test_a_label_has_a_colon(text: str) -> None:
    found = turns._LABEL.match(text)
    assert found is None or ":" in found.group()


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(QUOTED))
def test_no_cue_is_missed_among_the_words_that_may_report(any_parse: Language, choices: bytes, text: str) -> None:
    stretches = paragraphs(text)
    doc = invented_parse(any_parse, text, choices, stretches)
    view = DocView(doc, text, stretches, quoted_regions(text, stretches))
    assert view.cues == reporting_verbs(doc, view.lower, view.region_of, range(len(doc)))
    assert {i for i, word in enumerate(view.lower) if word in lexicon.cue_nouns()} <= set(view.told)


@given(st.text(alphabet="a ,“.", max_size=20), st.integers(1, 3))
def test_words_are_counted_up_to_a_number(any_parse: Language, text: str, most: int) -> None:
    doc = invented_parse(any_parse, text, b"", paragraphs(text))
    view = DocView(doc, text, paragraphs(text), [])
    words = sum(any(sign.isalnum() for sign in token.text) for token in doc)
    assert view.word_count(0, len(text), most) == min(words, most)
