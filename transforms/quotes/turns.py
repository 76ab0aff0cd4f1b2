"""Turns of a transcript or an interview: paragraphs that open with the name of who speaks and a colon.

One such line proves little ("Price: …", "Kasich: Now or never"). What shows a transcript is that the speakers take
turns: a name comes back after another one. Then everything behind the colon is what that person said, with or without
quotation marks around it.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from transforms.quotes.lexicon import label_words
from transforms.quotes.marks import QuotedRegion
from transforms.quotes.spans import Span

_WORD = r"[^\W\d_][\w.'’-]*"
_LABEL = re.compile(rf"({_WORD}(?:[ \u00a0]{_WORD}){{0,4}})(?:[ \u00a0]\([^()\n]{{1,40}}\))?[ \u00a0]?:(?=\s)")
_SMALL = frozenset(
    {"of", "the", "de", "del", "der", "den", "di", "da", "du", "la", "le", "van", "von", "bin", "al", "for"}
)
_APART = 4  # paragraphs between two labels of one conversation: an answer may run over some of them


@dataclass(frozen=True, slots=True)
class Label:
    """A name and a colon at the start of a paragraph.

    Attributes:
        paragraph: index of the paragraph.
        name: the name alone.
        content: what follows the colon, up to the end of the paragraph.
    """

    paragraph: int
    name: Span
    content: Span


def label_of(text: str, start: int, end: int, paragraph: int) -> Label | None:
    """The label that opens a paragraph, None when it has none or one that nobody stands behind ("Photo:")."""
    found = _LABEL.match(text, start, end) if text.find(":", start, end) != -1 else None
    if found is None:
        return None
    words = found.group(1).split()
    if not all(word[0].isupper() or word in _SMALL for word in words) or _has_owner(words):
        return None
    if any(word.lower().strip(".") in label_words() for word in words):
        return None
    content = found.end()
    while content < end and text[content].isspace():
        content += 1
    return Label(paragraph, Span(start, start + len(found.group(1))), Span(content, end)) if content < end else None


def _has_owner(words: list[str]) -> bool:
    return any(word.endswith(("'s", "’s")) for word in words)


def spoken_lines(text: str, paragraphs: list[tuple[int, int]]) -> list[Label]:
    """The lines of all conversations of a text, in order."""
    labels = [label_of(text, start, end, index) for index, (start, end) in enumerate(paragraphs)]
    found: list[Label] = []
    run: list[Label] = []
    for label in labels:
        if label is None:
            continue
        if run and label.paragraph - run[-1].paragraph > _APART:
            found += run if _take_turns(text, run) else []
            run = []
        run.append(label)
    return found + (run if _take_turns(text, run) else [])


def _take_turns(text: str, run: list[Label]) -> bool:
    """Whether somebody speaks again after somebody else did."""
    names = [text[label.name.start : label.name.end].lower() for label in run]
    seen: set[str] = set()
    for before, name in pairwise(names):
        seen.add(before)
        if name != before and name in seen:
            return True
    return False


def with_turns(regions: list[QuotedRegion], lines: list[Label]) -> list[QuotedRegion]:
    """The regions with one for each line of a conversation, in place of those that lie inside it."""
    inside: dict[int, list[QuotedRegion]] = {line.paragraph: [] for line in lines}
    kept: list[QuotedRegion] = []
    for region in regions:
        inside.get(region.paragraph, kept).append(region)
    for line in lines:
        start, end = line.content.start, line.content.end
        # Marks in front of the colon are part of the name: QUILL (“Bill”): Yes.
        spoken = (region for region in inside[line.paragraph] if region.start >= start)
        parts = tuple(Span(region.start, region.end) for region in spoken)
        kept.append(QuotedRegion(start, end, start, end, True, False, line.paragraph, line.name, parts))
    return sorted(kept, key=lambda region: region.start)
