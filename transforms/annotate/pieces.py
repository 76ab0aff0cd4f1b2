"""Long texts in pieces: where to cut, and the rows of a piece as rows of the whole text. Nothing is cut off."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from transforms.annotate.rows import mention_id
from transforms.names.positions import Positions
from transforms.normalise.paragraphs import paragraphs
from transforms.records import Entity, Part, Quote

PIECE_CHARACTERS = 100_000
"""Tagging, parsing and naming take about 1 kB a character at once: a piece stays near 100 MB."""

_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: half-open code points, and the number of the paragraph that it begins in."""

    start: int
    end: int
    paragraph: int


def cut(text: str, limit: int) -> Iterator[Piece]:
    """Pieces of at most ``limit`` characters that hold all words of the text, in order.

    They end where paragraphs do; only a paragraph over the limit is cut at its last sentence end, else at white space,
    else anywhere.
    """
    start, end, first = 0, 0, 0
    for number, (paragraph_start, paragraph_end) in enumerate(paragraphs(text)):
        if end > start and paragraph_end - start > limit:
            yield Piece(start, end, first)
            start, first = paragraph_start, number
        elif end == start:
            start, first = paragraph_start, number
        end = paragraph_end
        while end - start > limit:
            stop = _break(text, start, limit)
            yield Piece(start, stop, number)
            start, first = stop, number
    if end > start:
        yield Piece(start, end, first)


def _break(text: str, start: int, limit: int) -> int:
    window = text[start : start + limit]
    ends = [match.end() for match in _SENTENCE_END.finditer(window, limit // 2)]
    if ends:
        return start + ends[-1]
    spaces = [match.end() for match in re.finditer(r"\s+", window[limit // 2 :])]
    return start + (limit // 2 + spaces[-1] if spaces else limit)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the pieces before this one have used up."""

    sentences: int = 0
    quotes: int = 0
    groups: int = 0


class PiecePositions:
    """Numbers of sentences and paragraphs in the whole text, for offsets into a piece."""

    def __init__(self, inner: Positions, piece: Piece, starts: Sequence[int], sentences: int) -> None:
        self._inner, self._piece, self._starts, self._sentences = inner, piece, starts, sentences

    def sentence(self, offset: int) -> int:
        """Number of the sentence that holds ``offset``, from 0."""
        return self._sentences + self._inner.sentence(offset)

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph that holds ``offset``, from 0."""
        return max(bisect_right(self._starts, self._piece.start + offset) - 1, 0)


def shift(
    entities: Sequence[Entity], quotes: Sequence[Quote], by: int, before: Progress
) -> tuple[list[Entity], list[Quote]]:
    """The rows of a piece that begins at ``by`` as rows of the whole text."""
    moved = [
        replace(
            row,
            start=row.start + by,
            end=row.end + by,
            mention_id=mention_id(row.document_id, row.start + by, row.end + by),
        )
        for row in entities
    ]
    new_ids = {old.mention_id: new.mention_id for old, new in zip(entities, moved, strict=True)}
    return moved, [_shifted(row, by, before, new_ids) for row in quotes]


def _shifted(row: Quote, by: int, before: Progress, new_ids: dict[str, str]) -> Quote:
    def moved(offset: int) -> int:
        return offset + by if offset >= 0 else offset

    return replace(
        row,
        quote_id=f"{row.document_id}-q{row.content_start + by}-{row.content_end + by}",
        quote_index=row.quote_index + before.quotes,
        quote_group=row.quote_group + before.groups,
        content_start=moved(row.content_start),
        content_end=moved(row.content_end),
        quoted_parts=tuple(Part(part.start + by, part.end + by) for part in row.quoted_parts),
        cue_start=moved(row.cue_start),
        cue_end=moved(row.cue_end),
        speaker_start=moved(row.speaker_start),
        speaker_end=moved(row.speaker_end),
        speaker_mention_id=new_ids.get(row.speaker_mention_id or "", row.speaker_mention_id),
    )


def outside(
    entities: Sequence[Entity], quotes: Sequence[Quote], skipped: Sequence[tuple[int, int]]
) -> tuple[tuple[Entity, ...], tuple[Quote, ...]]:
    """The rows that touch none of the skipped stretches; quotes are numbered anew. A quote goes with its speaker."""
    if not skipped:
        return tuple(entities), tuple(quotes)

    def touches(start: int, end: int) -> bool:
        return start >= 0 and any(start < stop and begin < end for begin, stop in skipped)

    kept = [
        row
        for row in quotes
        if not touches(row.content_start, row.content_end) and not touches(row.speaker_start, row.speaker_end)
    ]
    return (
        tuple(row for row in entities if not touches(row.start, row.end)),
        tuple(replace(row, quote_index=index) for index, row in enumerate(kept)),
    )
