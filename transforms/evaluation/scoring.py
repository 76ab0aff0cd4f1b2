"""Scores quotations and their speakers against gold, micro-averaged over documents.

The rules, which are those of the field's usual evaluations (exact and partial span match, then attribution):

- *Trimming.* A span is moved inwards over white space, quotation marks, brackets, dashes and stops, so that a comma
  decides nothing. Spans that trim to nothing do not count; predicted spans that trim to the same stretch count once.
- *Views.* ``DIRECT`` compares the direct rows of both sides. ``ALL`` compares the direct, mixed and indirect rows
  of the gold with every predicted row.
- *Exact.* The trimmed stretches are equal.
- *Overlap.* The Jaccard index of the words of two stretches is at least 0.8; one to one, best pairs first.
- *Attribution.* An overlap whose speaker is right too: the two mentions share a word of the text, or the names agree
  (:func:`transforms.evaluation.names.names_agree`), or neither side has a speaker.
- *Neutral predictions.* A prediction without a partner is not counted as wrong when most of its words (at least 0.8)
  lie in a gold row outside the view, as does the fragment of a mixed quotation in the direct view. ``strict``
  counts it.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from transforms.evaluation.names import names_agree

SAME = 0.8
"""Jaccard index from which two stretches are the same quotation, and the share of words that makes one neutral."""
TRIMMED = frozenset(" \t\r\n\u00a0\"'`“”‘’„‚«»‹›()[]{}.,;:!?-–—…")
_WORD = re.compile(r"\w+")


class Kind(StrEnum):
    """The types of quotation, and UNKNOWN for gold rows that nobody is asked to find."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"
    UNKNOWN = "unknown"


class View(StrEnum):
    """Which rows are compared."""

    DIRECT = "direct"
    ALL = "all"

    def asks_for(self, kind: Kind) -> bool:
        """Whether a gold row of this kind has to be found."""
        return kind is Kind.DIRECT if self is View.DIRECT else kind is not Kind.UNKNOWN

    def takes(self, kind: Kind) -> bool:
        """Whether a predicted row of this kind is looked at."""
        return self is View.ALL or kind is Kind.DIRECT


@dataclass(frozen=True, slots=True)
class Row:
    """One quotation, gold or predicted. Offsets are code points into the text; -1 where there is no mention."""

    start: int
    end: int
    kind: Kind
    speaker: str | None = None
    speaker_start: int = -1
    speaker_end: int = -1
    speaker_canonical: str | None = None
    speaker_type: str | None = None
    cue: str | None = None
    cue_start: int = -1
    cue_end: int = -1
    addressee: str | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were right, of how many predicted and of how many wanted. Counts of documents add up."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Share of the predicted that is right, 0 when nothing was predicted."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the wanted that was found, 0 when nothing was wanted."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; an accuracy where every case is both predicted and wanted."""
        both = self.predicted + self.gold
        return 2 * self.right / both if both else 0.0


def accuracy(rights: Sequence[bool]) -> Counts:
    """The share of cases that are right, in the form of the other figures."""
    return Counts(sum(rights), len(rights), len(rights))


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold row and the predicted row that found it."""

    gold: Row
    predicted: Row
    speaker_right: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One view of one document: figures, and the rows behind them."""

    exact: Counts
    overlap: Counts
    attribution: Counts
    neutral: int
    pairs: tuple[Pair, ...]
    missed: tuple[Row, ...]  # gold rows that no prediction overlaps enough
    spurious: tuple[Row, ...]  # predictions that overlap no gold row enough and are not neutral


class Words:
    """The words of a text by number, so that the words of a stretch are a range."""

    def __init__(self, text: str) -> None:
        self._starts = [match.start() for match in _WORD.finditer(text)]

    def within(self, start: int, end: int) -> range:
        """Numbers of the words that begin in the stretch."""
        return range(bisect_left(self._starts, start), bisect_left(self._starts, end))


def shared(left: range, right: range) -> int:
    """How many words two stretches have in common."""
    return max(0, min(left.stop, right.stop) - max(left.start, right.start))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without marks, stops and spaces at its ends; empty when there is nothing else in it."""
    while start < end and text[start] in TRIMMED:
        start += 1
    while end > start and text[end - 1] in TRIMMED:
        end -= 1
    return start, end


@dataclass(frozen=True, slots=True)
class _Placed:
    row: Row
    span: tuple[int, int]
    words: range


def compare(
    text: str, gold: Sequence[Row], predicted: Sequence[Row], view: View, *, strict: bool = False
) -> Comparison:
    """Score the predictions for one text by the rules of this module."""
    words = Words(text)
    wanted = _place(text, [row for row in gold if view.asks_for(row.kind)], words)
    outside = _place(text, [row for row in gold if not view.asks_for(row.kind)], words)
    found = _unique(_place(text, [row for row in predicted if view.takes(row.kind)], words))
    partners = _align(wanted, found)
    loose = _loose(wanted, found, partners)
    neutral = set() if strict else {p for p in loose if _is_neutral(found[p], outside)}
    pairs = tuple(
        Pair(wanted[g].row, found[p].row, _speaker_right(wanted[g].row, found[p].row, words))
        for g, p in partners.items()
    )
    counted = len(found) - len(neutral)
    unpaired = set(range(len(found))) - set(partners.values()) - neutral
    return Comparison(
        exact=Counts(_exact(wanted, found), counted, len(wanted)),
        overlap=Counts(len(pairs), counted, len(wanted)),
        attribution=Counts(sum(pair.speaker_right for pair in pairs), counted, len(wanted)),
        neutral=len(neutral),
        pairs=pairs,
        missed=tuple(item.row for g, item in enumerate(wanted) if g not in partners),
        spurious=tuple(found[p].row for p in sorted(unpaired)),
    )


def _place(text: str, rows: Sequence[Row], words: Words) -> list[_Placed]:
    spans = [trim(text, row.start, row.end) for row in rows]
    return [_Placed(row, span, words.within(*span)) for row, span in zip(rows, spans, strict=True) if span[0] < span[1]]


def _unique(placed: list[_Placed]) -> list[_Placed]:
    first: dict[tuple[int, int], _Placed] = {}
    for item in placed:
        first.setdefault(item.span, item)
    return list(first.values())


def _align(wanted: list[_Placed], found: list[_Placed]) -> dict[int, int]:
    """Positions of gold rows to those of their predictions, one to one, the most alike first."""
    likely = []
    for g, left in enumerate(wanted):
        for p, right in enumerate(found):
            common = shared(left.words, right.words)
            jaccard = common / (len(left.words) + len(right.words) - common) if common else 0.0
            if jaccard >= SAME:
                likely.append((-jaccard, g, p))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, g, p in sorted(likely):
        if g not in pairs and p not in taken:
            pairs[g] = p
            taken.add(p)
    return pairs


def _exact(wanted: list[_Placed], found: list[_Placed]) -> int:
    spans = Counter(item.span for item in wanted) & Counter(item.span for item in found)
    return spans.total()


def _loose(wanted: list[_Placed], found: list[_Placed], partners: dict[int, int]) -> set[int]:
    """Predictions without a partner. One that is exact but lost its partner to another is not among them."""
    spans = {item.span for item in wanted}
    return {p for p, item in enumerate(found) if item.span not in spans} - set(partners.values())


def _is_neutral(item: _Placed, outside: list[_Placed]) -> bool:
    enough = SAME * len(item.words)
    return bool(item.words) and any(shared(item.words, other.words) >= enough for other in outside)


def _speaker_right(gold: Row, predicted: Row, words: Words) -> bool:
    gold_has = bool(gold.speaker or gold.speaker_canonical)
    predicted_has = bool(predicted.speaker or predicted.speaker_canonical)
    if not gold_has or not predicted_has:
        return gold_has == predicted_has
    return _mentions_meet(gold, predicted, words) or names_agree(
        gold.speaker, gold.speaker_canonical, (predicted.speaker_canonical, predicted.speaker)
    )


def _mentions_meet(gold: Row, predicted: Row, words: Words) -> bool:
    if gold.speaker_start < 0 or predicted.speaker_start < 0:
        return False
    ours = words.within(predicted.speaker_start, predicted.speaker_end)
    return shared(words.within(gold.speaker_start, gold.speaker_end), ours) > 0
