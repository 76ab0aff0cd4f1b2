"""Any spans give pieces that nest, and every span is the sum of its pieces."""

from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.display.articles import annotated
from transforms.display.layers import Layer, Span, pieces, spans_of

LENGTH = 30
OFFSET = st.integers(-1, LENGTH + 2)
SPANS = st.lists(st.builds(Span, st.sampled_from(Layer), OFFSET, OFFSET, st.integers(0, 3)), max_size=14)


def walk(length: int, spans: list[Span]) -> dict[Span, list[int]]:
    """The code points of each span, by opening and closing as the pieces say."""
    covered: dict[Span, list[int]] = {}
    stack: list[Span] = []
    at = 0
    for piece in pieces(length, spans):
        assert piece.start == at, "no gap"
        at = piece.end
        del stack[len(stack) - piece.closed :]
        stack += piece.opened
        assert stack == sorted(stack), "outer layers lie outside"
        for span in stack:
            covered.setdefault(span, []).extend(range(piece.start, piece.end))
    assert at == length
    return covered


@given(SPANS)
def test_every_span_covers_its_own_code_points(spans: list[Span]) -> None:
    covered = walk(LENGTH, spans)
    good = {span for span in spans if 0 <= span.start < span.end <= LENGTH}
    assert covered == {span: list(range(span.start, span.end)) for span in good}


def test_an_empty_text_has_no_pieces() -> None:
    assert list(pieces(0, [Span(Layer.QUOTE, 0, 0)])) == []


def test_nesting_spans_are_not_cut() -> None:
    outer, inner = Span(Layer.QUOTE, 0, 9), Span(Layer.ENTITY, 3, 5)
    assert [piece.opened for piece in pieces(9, [inner, outer])] == [(outer,), (inner,), ()]


def test_all_that_is_marked_in_an_article() -> None:
    document, entities, quotes = annotated()
    found = spans_of(document, entities, quotes)
    text = document.text
    assert {text[span.start : span.end] for span in found if span.layer is Layer.SPEAKER} == {
        "Ilse Thornbury of the Port Board",
        "She",
    }
    assert [span.kind for span in found if span.layer is Layer.ENTITY] == ["place", "person", "organisation"]
    assert [span.kind for span in found if span.layer is Layer.MARKED] == ["dateline"]
