"""Spans that nest, cross and repeat, cut into pieces that nest well: for markup, which cannot cross."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from transforms.normalise.paragraphs import paragraphs
from transforms.records import Document, Entity, Quote


class Layer(IntEnum):
    """What a span is, from the outermost to the innermost."""

    PARAGRAPH = 0
    MARKED = 1
    QUOTE = 2
    SPEAKER = 3
    CUE = 4
    ENTITY = 5


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the text. The order of spans is the order in which they lie in each other.

    Attributes:
        layer: what it is.
        start, end: half-open, in code points.
        number: of its quote or entity; what it belongs to.
        kind: the type of the quote, the group of the entity's label, the kind of the marked span.
    """

    layer: Layer
    start: int
    end: int
    number: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch with the same spans all along.

    Attributes:
        start, end: half-open, in code points.
        closed: how many of the spans that are open before it end here (at least in this piece of markup).
        opened: the spans that begin or go on here, the outermost first.
    """

    start: int
    end: int
    closed: int
    opened: tuple[Span, ...]


_GROUPS = {
    "PERSON": "person",
    "ORG": "organisation",
    "NORP": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
}
ENTITY_GROUPS = ("person", "organisation", "place", "other")
"""Labels are told apart by no more colours than a reader can keep in mind."""


def entity_group(label: str) -> str:
    """The colour group of a label: one of :data:`ENTITY_GROUPS`."""
    return _GROUPS.get(label, "other")


def spans_of(document: Document, entities: Sequence[Entity], quotes: Sequence[Quote]) -> list[Span]:
    """All there is to mark in an article: quotes by their ``quote_index``, entities by their place in the list."""
    found = [Span(Layer.PARAGRAPH, start, end) for start, end in paragraphs(document.text)]
    found += [Span(Layer.MARKED, mark.start, mark.end, kind=str(mark.kind)) for mark in document.marked_spans]
    for quote in quotes:
        kind = str(quote.quote_type)
        found.append(Span(Layer.QUOTE, quote.content_start, quote.content_end, quote.quote_index, kind))
        found.append(Span(Layer.SPEAKER, quote.speaker_start, quote.speaker_end, quote.quote_index))
        found.append(Span(Layer.CUE, quote.cue_start, quote.cue_end, quote.quote_index))
    found += [
        Span(Layer.ENTITY, entity.start, entity.end, number, entity_group(entity.label))
        for number, entity in enumerate(entities)
    ]
    return found


def pieces(length: int, spans: Sequence[Span]) -> Iterator[Piece]:
    """Cut a text of ``length`` code points, so that the markup of any spans nests.

    Spans that are empty, absent (-1) or reach beyond the text are left out. Pieces cover the text without gaps; after
    the last one, what is still open has to be closed. Each piece costs the number of spans over it.
    """
    good = sorted(span for span in set(spans) if 0 <= span.start < span.end <= length)
    edges = sorted({0, length, *(span.start for span in good), *(span.end for span in good)})
    begins: dict[int, list[Span]] = {}
    for span in good:
        begins.setdefault(span.start, []).append(span)
    active: list[Span] = []
    stack: list[Span] = []
    for start, end in pairwise(edges):
        active = sorted([span for span in active if span.end > start] + begins.get(start, []))
        kept = 0
        while kept < min(len(active), len(stack)) and active[kept] == stack[kept]:
            kept += 1
        yield Piece(start, end, len(stack) - kept, tuple(active[kept:]))
        stack = active
