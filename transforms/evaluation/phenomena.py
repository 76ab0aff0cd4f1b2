"""What is easy and what is hard: quotations by what they look like, with what was found, missed and made up of each."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from transforms.evaluation.scoring import Comparison, Row

_MARKS = {
    "typewriter ``''": re.compile(r"``|''"),
    "curly “”": re.compile(r"[“”„‟]"),
    'straight ""': re.compile(r'["＂]'),
    "guillemets «»": re.compile(r"[«»‹›]"),
    # As an opening mark only: elsewhere it is an apostrophe.
    "single ‘’ ''": re.compile(r"(?<!\w)[‘'](?=\w|$)"),
}
_BESIDE = 2
"""Code points of the longest mark."""

_LENGTHS = ((3, "1–3 words"), (15, "4–15 words"), (40, "16–40 words"))
_WORD = re.compile(r"\w+")
_SHORT = {"org": "organisation"}
"""What some sets of gold write for one of our words."""


class Phenomenon(StrEnum):
    """A way to sort quotations."""

    TYPE = "type"
    MARKS = "marks"
    SPEAKER = "speaker"
    CUE = "cue"
    POSITION = "position"
    LENGTH = "length"
    PARAGRAPHS = "paragraphs"


def value_of(phenomenon: Phenomenon, text: str, row: Row) -> str:
    """Under which word a quotation is counted."""
    return _VALUES[phenomenon](text, row)


def _marks(text: str, row: Row) -> str:
    """The mark that opens the span, or that stands just before it, or else the first inside."""
    content = text[row.start : row.end]
    inside = [(match.start(), name) for name, pattern in _MARKS.items() if (match := pattern.search(content))]
    if inside and min(inside)[0] == 0:
        return min(inside)[1]
    before = text[max(0, row.start - _BESIDE) : row.start]
    for name, pattern in _MARKS.items():
        if any(match.end() == len(before) for match in pattern.finditer(before)):
            return name
    return min(inside)[1] if inside else "none"


def _speaker(_text: str, row: Row) -> str:
    if row.speaker_type:
        return _SHORT.get(row.speaker_type, row.speaker_type)
    return "not told" if row.speaker or row.speaker_canonical else "none"


def _cue(_text: str, row: Row) -> str:
    return "with a cue" if row.cue else "without a cue"


def _position(_text: str, row: Row) -> str:
    """Where the words stand that report, seen from the content: the cue's place, else the speaker's."""
    start = row.cue_start if row.cue_start >= 0 else row.speaker_start
    if start < 0:
        return "nowhere"
    if start < row.start:
        return "before"
    return "after" if start >= row.end else "inside"


def _length(text: str, row: Row) -> str:
    words = len(_WORD.findall(text[row.start : row.end]))
    return next((name for most, name in _LENGTHS if words <= most), "over 40 words")


def _paragraphs(text: str, row: Row) -> str:
    """A quotation goes on where a line ends in it, or where an opening mark is not closed before the line ends."""
    content = text[row.start : row.end]
    unclosed = content.count("“") > content.count("”") and text[row.end : row.end + 1] in {"", "\n"}
    return "several" if "\n" in content.strip() or unclosed else "one"


_VALUES: dict[Phenomenon, Callable[[str, Row], str]] = {
    Phenomenon.TYPE: lambda _text, row: row.kind.value,
    Phenomenon.MARKS: _marks,
    Phenomenon.SPEAKER: _speaker,
    Phenomenon.CUE: _cue,
    Phenomenon.POSITION: _position,
    Phenomenon.LENGTH: _length,
    Phenomenon.PARAGRAPHS: _paragraphs,
}


@dataclass(slots=True)
class Tally:
    """Quotations of one kind: gold ones, those of them that were found, those whose speaker was right; and the
    predictions of this kind that no gold row answers to.
    """

    gold: int = 0
    found: int = 0
    right: int = 0
    spurious: int = 0

    @property
    def recall(self) -> float | None:
        """Share of the gold rows that was found, None without any."""
        return self.found / self.gold if self.gold else None

    @property
    def attribution(self) -> float | None:
        """Share of the found ones whose speaker is right, None without any."""
        return self.right / self.found if self.found else None


@dataclass(slots=True)
class Confusion:
    """Counts over documents.

    Attributes:
        tallies: by phenomenon and value.
        types: pairs of gold type and predicted type; ``missed`` and ``spurious`` stand for the side that is not there.
        speakers: the same of the kinds of speaker, in pairs alone.
    """

    tallies: dict[Phenomenon, dict[str, Tally]] = field(default_factory=lambda: {one: {} for one in Phenomenon})
    types: Counter[tuple[str, str]] = field(default_factory=Counter)
    speakers: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, text: str, compared: Comparison) -> None:
        """Count one document."""
        for pair in compared.pairs:
            for tally in self._tallies(text, pair.gold):
                tally.gold += 1
                tally.found += 1
                tally.right += pair.speaker_right
            self.types[pair.gold.kind.value, pair.predicted.kind.value] += 1
            self.speakers[_speaker(text, pair.gold), _speaker(text, pair.predicted)] += 1
        for row in compared.missed:
            for tally in self._tallies(text, row):
                tally.gold += 1
            self.types[row.kind.value, "missed"] += 1
        for row in compared.spurious:
            for tally in self._tallies(text, row):
                tally.spurious += 1
            self.types["spurious", row.kind.value] += 1

    def rows(self) -> Iterator[tuple[Phenomenon, str, Tally]]:
        """All tallies, of a phenomenon the largest first."""
        for phenomenon, tallies in self.tallies.items():
            for value, tally in sorted(tallies.items(), key=lambda item: (-item[1].gold, -item[1].spurious, item[0])):
                yield phenomenon, value, tally

    def _tallies(self, text: str, row: Row) -> Iterable[Tally]:
        for phenomenon, tallies in self.tallies.items():
            yield tallies.setdefault(value_of(phenomenon, text, row), Tally())
