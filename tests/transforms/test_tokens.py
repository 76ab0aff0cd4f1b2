"""Words and offsets of a ``Doc`` as lists: what spaCy says of each token, however many texts came before."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from transforms import tokens
from transforms.tokens import tokens_of

NLP = spacy.blank("en")
TEXTS = st.text(alphabet="aBİß “”'’.,: \n\u00a0", max_size=60)


def as_spacy_says(doc: Doc) -> tuple[list[int], list[str]]:
    return [token.idx for token in doc], [token.lower_ for token in doc]


@given(TEXTS)
def test_words_and_offsets_are_those_of_the_tokens(text: str) -> None:
    doc = NLP.make_doc(text)
    found = tokens_of(doc)
    assert (found.starts, found.lower) == as_spacy_says(doc)


def test_tokens_that_were_merged_are_read_anew() -> None:
    doc = NLP.make_doc("The Harwick bridge is safe.")
    assert tokens_of(doc) is tokens_of(doc)
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[1:3])
    assert tokens_of(doc).lower == ["the", "harwick bridge", "is", "safe", "."]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_words_are_right_after_the_table_began_anew(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "_MOST_WORDS", 3)
        for text in texts:
            doc = NLP.make_doc(text)
            assert tokens_of(doc).lower == as_spacy_says(doc)[1]
        assert len(tokens._table_of(NLP.vocab.strings)) <= 3 + max(map(len, texts), default=0)


def test_words_of_a_memory_zone_that_is_over_come_back() -> None:
    for _ in range(2):
        with NLP.memory_zone():
            assert tokens_of(NLP.make_doc("Zyxomma petiolatum flew.")).lower[:2] == ["zyxomma", "petiolatum"]
