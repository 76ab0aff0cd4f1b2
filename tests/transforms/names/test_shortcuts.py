"""What is skipped, remembered or looked up by number says the same as the long way."""

from collections.abc import Callable, Sequence

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from transforms.doc_text import keep_text, text_of
from transforms.names import clean, kinds, parts, words
from transforms.names.drafts import Draft
from transforms.names.kinds import kinds_of
from transforms.names.settled import is_settled
from transforms.names.words import Words, ids

PIECES = st.sampled_from(
    [
        "Ada",
        "Brandt",
        "the",
        "Mr.",
        "Mayor",
        "and",
        "&",
        "’s",
        "'",
        " ",
        " - ",
        "\n",
        ",",
        "(",
        ")",
        ".",
        "1-0",
        "of",
        "ß",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=6).map("".join).filter(lambda text: any(map(str.isalnum, text)))
LABELS = st.sampled_from(["PERSON", "ORG", "GPE", "NORP", "DATE", "WORK_OF_ART"])
STEPS: tuple[Callable[[Doc, Sequence[Draft]], list[Draft]], ...] = (
    clean.split_lines,
    clean.cut_brackets,
    clean.trim_edges,
    clean.trim_possessives,
    clean.part_possessors,
    clean.trim_articles,
    clean.trim_honorifics,
    parts.cut_dashes,
    parts.trim_descriptions,
    parts.trim_tails,
    parts.part_pairs,
    parts.part_known_possessors,
)
"""The steps that a settled name skips."""


@pytest.fixture(scope="module")
def blank() -> Language:
    """A tokenizer, without a model."""
    return spacy.blank("en")


def _draft(doc: Doc, label: str) -> Draft:
    return Draft(0, len(doc), 0, len(doc.text), doc.text, label, label)


@settings(max_examples=300, deadline=None)
@given(TEXTS, LABELS)
def test_no_step_changes_a_settled_name(blank: Language, text: str, label: str) -> None:
    doc = blank.make_doc(text)
    if text.isalpha() or is_settled(text, label):
        drafts = [_draft(doc, label)]
        assert all(step(doc, drafts) == drafts for step in STEPS)


def test_a_name_that_a_step_changes_is_not_settled() -> None:
    assert is_settled("Ada Brandt", "PERSON")
    for text in ("the Ada Brandt", "Mr. Brandt", "Ada Brandt’s", "“Brandt”", "Ada\nBrandt", "Brandt 1-0", "Brandt (AB"):
        assert not is_settled(text, "PERSON")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["Ana", "ana", "Mr.", "Mayor", "agency", "Paris", "Cup", "sat", " ", "\n"])))
def test_words_of_a_kind_are_those_whose_form_is(blank: Language, forms: list[str]) -> None:
    doc = Doc(blank.vocab, words=forms)
    here = Words(doc)
    for kind in (kinds.GIVEN_NAME, kinds.TITLE, kinds.NAMED_BODY, kinds.PLACE, kinds.EVENT):
        expected = [at for at, form in enumerate(forms) if kinds_of(form) & kind]
        assert here.of_kind(kind) == expected == here.positions(lambda form, kind=kind: bool(kinds_of(form) & kind))
    assert here.positions_among({"Ana", "sat", "absent"}) == [
        at for at, form in enumerate(forms) if form in {"Ana", "sat"}
    ]
    assert ("Ana" in here) == ("Ana" in forms)


def test_each_kind_has_words() -> None:
    assert kinds_of("Ana") & kinds.GIVEN_NAME
    assert kinds_of("Mr.") & kinds.TITLE
    assert kinds_of("agency") & kinds.NAMED_BODY
    assert kinds_of("Paris") & kinds.PLACE
    assert kinds_of("Cup") & kinds.EVENT
    assert not kinds_of("sat")


def test_what_is_remembered_of_forms_is_bounded(blank: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_MOST_REMEMBERED", 10)
    for number in range(20):
        forms = ["Ana", *(f"word{number}x{at}" for at in range(5))]
        assert Words(Doc(blank.vocab, words=forms)).of_kind(kinds.GIVEN_NAME) == [0]
        assert len(words._remembered) <= 10 + len(forms)


def test_numbers_are_those_of_the_strings(blank: Language) -> None:
    doc = Doc(
        blank.vocab,
        words=["The", ",", "who"],
        pos=["DET", "PUNCT", "PRON"],
        deps=["amod", "punct", "nsubj"],
        heads=[2, 2, 2],
    )
    assert doc[0].lower in ids("the", "a")
    assert doc[1].orth in ids(",")
    assert (doc[0].pos in ids("DET"), doc[0].dep in ids("amod"), doc[2].dep in ids("amod")) == (True, True, False)


def test_a_kept_text_is_the_text(blank: Language) -> None:
    text = " Ada \n\n Brandt\t"
    doc = blank.make_doc(text)
    assert text_of(doc) == text
    keep_text(doc, text)
    assert text_of(doc) == doc.text == text
