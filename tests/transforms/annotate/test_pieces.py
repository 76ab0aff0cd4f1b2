"""Long texts are annotated in pieces, with the rows of the whole."""

import tracemalloc
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.articles import document
from transforms.annotate.engine import Annotator
from transforms.annotate.pieces import cut
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.annotate.rows import RowContext
from transforms.normalise.paragraphs import paragraphs
from transforms.records import MarkedKind, MarkedSpan

PARAGRAPHS = [
    "“The old crane of Port Marrow stays where it is,” Ilse Thornbury said on Monday.",
    "The harbour council met in the evening. Pavel Omand, a fisherman, said that the vote had been rigged.",
    "“We shall see,” said Nell Garrow. “We shall appeal to the court in Oslo.”",
    "Nobody was hurt.",
]
TEXT = "\n\n".join(PARAGRAPHS * 3)
CONTEXT = RowContext("d", "m", "1", None)


@given(st.lists(st.text("ab .\n“”", max_size=60), max_size=8).map("\n\n".join), st.integers(2, 50))
def test_pieces_hold_all_words_in_order(text: str, limit: int) -> None:
    found = list(cut(text, limit))
    assert "".join("".join(text[piece.start : piece.end].split()) for piece in found) == "".join(text.split())
    assert all(0 < piece.end - piece.start <= limit for piece in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    spans = paragraphs(text)
    assert all(spans[piece.paragraph][0] <= piece.start < spans[piece.paragraph][1] for piece in found)


def test_pieces_end_where_paragraphs_do() -> None:
    found = list(cut(TEXT, 200))
    ends = {end for _, end in paragraphs(TEXT)}
    assert len(found) > 3
    assert all(piece.end in ends for piece in found)


def test_a_paragraph_over_the_limit_is_cut_at_a_sentence_end() -> None:
    text = "One two three. Four five six. Seven eight nine. " * 3
    assert [text[piece.start : piece.end].rstrip()[-1] for piece in cut(text, 60)] == ["."] * len(list(cut(text, 60)))


@pytest.fixture(scope="module")
def whole() -> Annotator:
    return Annotator(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def small() -> Annotator:
    return Annotator(DEFAULT_MODEL, piece_characters=300)


@pytest.mark.model
def test_pieces_give_the_rows_of_the_whole(whole: Annotator, small: Annotator) -> None:
    [(entities, quotes)] = whole.rows([TEXT], [CONTEXT])
    [(entities_in_pieces, quotes_in_pieces)] = small.rows([TEXT], [CONTEXT])
    assert len(quotes) >= 9
    facts = [(row.start, row.end, row.text, row.label, row.sentence_index, row.paragraph_index) for row in entities]
    assert facts == [
        (row.start, row.end, row.text, row.label, row.sentence_index, row.paragraph_index) for row in entities_in_pieces
    ]
    keys = [
        (row.quote_id, row.quote_index, row.content, row.speaker, row.cue_start, row.paragraph_index) for row in quotes
    ]
    assert keys == [
        (row.quote_id, row.quote_index, row.content, row.speaker, row.cue_start, row.paragraph_index)
        for row in quotes_in_pieces
    ]
    assert [row.speaker_mention_id for row in quotes] == [row.speaker_mention_id for row in quotes_in_pieces]
    together = {row.quote_group: row.paragraph_index for row in quotes_in_pieces}
    assert all(together[row.quote_group] == row.paragraph_index for row in quotes_in_pieces)
    for row in (*entities_in_pieces,):
        assert TEXT[row.start : row.end] == row.text
    for quote in quotes_in_pieces:
        assert TEXT[quote.content_start : quote.content_end] == quote.content


@pytest.mark.model
def test_short_and_long_texts_keep_their_order(small: Annotator) -> None:
    texts = ["Nobody was hurt.", TEXT, "“No,” Nell Garrow said.", TEXT]
    found = [len(quotes) for _, quotes in small.rows(texts, [CONTEXT] * 4)]
    assert found[0] == 0
    assert found[1] == found[3] > found[2] == 1


@pytest.mark.model
def test_a_long_document_is_annotated_and_told(small: Annotator) -> None:
    made = replace(document(TEXT.encode()), language="en")
    [annotated] = small.annotate([made])
    assert annotated.document.quote_count == len(annotated.quotes) > 8
    assert annotated.document.warnings == ("too_long",)
    assert annotated.document.model is not None


@pytest.mark.model
def test_nothing_is_taken_from_boilerplate(whole: Annotator) -> None:
    made = replace(document(("\n\n".join(PARAGRAPHS)).encode()), language="en")
    start = made.text.index("“We shall see")
    span = MarkedSpan(MarkedKind.BOILERPLATE, start, made.text.index("Nobody"))
    [free], [marked] = whole.annotate([made]), whole.annotate([replace(made, marked_spans=(span,))])
    assert any(row.content_start >= start for row in free.quotes)
    assert all(row.content_end <= start for row in marked.quotes)
    assert [row.quote_index for row in marked.quotes] == list(range(len(marked.quotes)))
    assert {row.text for row in free.entities} - {row.text for row in marked.entities} >= {"Nell Garrow", "Oslo"}
    assert marked.document.quote_count == len(marked.quotes)


@pytest.mark.model
@pytest.mark.faults
def test_three_megabytes_take_bounded_memory(whole: Annotator) -> None:
    text = "\n\n".join(PARAGRAPHS * 11_000)
    assert len(text) > 3_000_000
    tracemalloc.start()
    [(entities, quotes)] = whole.rows([text], [CONTEXT])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(quotes) > 30_000
    assert text[entities[-1].start : entities[-1].end] == entities[-1].text
    assert peak < 600 * 2**20
