"""Sentence starts for all tokens at once, against the same one by one."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from transforms.names.positions import Positions
from transforms.normalise.paragraphs import paragraphs
from transforms.sentence_starts import mark_starts

NLP = spacy.blank("en")
TEXTS = st.lists(st.sampled_from(["Ada", "Quill", "spoke", ".", " ", "  ", "\n", "\n\n", "\t", "\u00a0"])).map("".join)


def one_by_one(doc: Doc, starts: list[int]) -> None:
    for token in doc:
        if token.i and token.text.isspace():
            token.is_sent_start = False
    for token in doc:
        if token.idx in starts:
            token.is_sent_start = True


def marks_of(doc: Doc) -> list[bool | None]:
    return [token.is_sent_start for token in doc]


@given(TEXTS, st.lists(st.integers(0, 60), max_size=3).map(sorted))
def test_all_at_once_is_one_by_one(text: str, others: list[int]) -> None:
    starts = sorted({*(start for start, _ in paragraphs(text)[1:]), *others})
    expected, got = NLP.make_doc(text), NLP.make_doc(text)
    one_by_one(expected, starts)
    mark_starts(got, starts)
    assert marks_of(got) == marks_of(expected)


def test_a_parse_keeps_its_sentences() -> None:
    words = ["Ada", "spoke", "\n\n", "Quill", "left"]
    doc = Doc(NLP.vocab, words=words, heads=[1, 1, 1, 4, 4], deps=["nsubj", "ROOT", "dep", "nsubj", "ROOT"])
    before = marks_of(doc)
    with pytest.raises(ValueError, match="E043"):
        mark_starts(doc, [doc[1].idx])
    assert marks_of(doc) == before


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_sentences_are_numbered_as_spacy_has_them(marks: list[bool]) -> None:
    doc = Doc(NLP.vocab, words=["ab"] * len(marks), sent_starts=marks)
    doc[0].is_sent_start = marks[0]
    doc._.paragraphs = [(0, len(doc.text))]
    positions = Positions(doc)
    expected = [number for number, sentence in enumerate(doc.sents) for _ in sentence]
    assert [positions.sentence(token.idx) for token in doc] == expected


def test_a_text_without_sentences_has_no_numbers() -> None:
    doc = NLP.make_doc("Ada Quill spoke")
    doc._.paragraphs = [(0, len(doc.text))]
    with pytest.raises(ValueError, match="E030"):
        Positions(doc).sentence(0)
