"""Quotation marks: which stretches of a paragraph stand in quotation marks.

The first layer of the extractor. It looks at characters only, one paragraph at a time, so that one odd mark never
costs more than its own paragraph. Every style is read by the same rules: curly and straight double marks, typewriter
pairs (two grave accents, two apostrophes), guillemets, low marks, and single marks where they are no apostrophes.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from transforms.quotes.spans import Span

# Single marks as alternatives too, not as a set: so the expression skips to the next character that can begin one.
_DOUBLE = re.compile("|".join(["``", "''", "‘‘", "’’", r",,(?=\w)", *'"“”„‟«»‹›＂〝〞']))
_OPENERS = frozenset({"``", "‘‘", "“", "„", "‟", ",,", "〝"})
_CLOSERS = frozenset({"”", "’’", "〞"})
_ANGLES = frozenset("«»‹›")
_INCHES = re.compile(r"\d+\s?['’′]\s?\d{1,2}(?:\.\d+)?$")
_BEFORE_OPENING = frozenset("([{<—–-/=*_>:")
_AFTER_CLOSING = frozenset(")]}.,;:!?—–-/*_<…")
_GOES_ON = re.compile(r"\s[a-z]")
_SINGLE_MARKS = frozenset("'‘")
_SINGLE = re.compile(r"['‘’‚‛]")
# Words that lose their first letters: the apostrophe in front opens nothing.
_ELISION = re.compile(r"(?:\d0s|tis|twas|em|til|n|cause|bout|round|cos|ere)\b", re.IGNORECASE)


# A reporting clause behind a comma, where the closing mark before it was forgotten: "…, said Quill".
_CLAUSE = re.compile(
    r",\s+(?:(?:he|she|they|(?:the\s\w+))\s+)?(?:said|says|added|adds|told|wrote)(?:\s+(?:[A-Z][\w’'-]+|the|a|an|his|her)\b|[.,])"
)


@dataclass(frozen=True, slots=True)
class QuotedRegion:
    """A stretch in quotation marks at the outermost level, marks included, half-open.

    Attributes:
        start: offset of the opening mark.
        end: one past the closing mark, or the end of the stretch that an unclosed mark opens.
        inner_start: offset of the first code point after the opening mark.
        inner_end: one past the last code point before the closing mark.
        closed: whether a closing mark was found.
        continued: whether it goes on from an unclosed region of the paragraph before.
        paragraph: index of its paragraph.
        label: the name in front of a line of a conversation, which is a region without marks; None elsewhere.
        parts: stretches in marks inside such a line.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool
    continued: bool
    paragraph: int
    label: Span | None = None
    parts: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    opening: tuple[int, int]
    closing: tuple[int, int] | None


def quoted_regions(text: str, paragraphs: list[tuple[int, int]]) -> list[QuotedRegion]:
    """Find the outermost quoted stretches of every paragraph.

    Args:
        text: the whole text; offsets are code points into it.
        paragraphs: half-open stretches, in order, without overlap.

    Returns:
        Regions in order of position; none crosses a paragraph, none overlaps another.
    """
    found: list[QuotedRegion] = []
    open_before = False
    for index, (start, end) in enumerate(paragraphs):
        following = paragraphs[index + 1][0] if index + 1 < len(paragraphs) else -1
        reopened = following >= 0 and text[following] in _SINGLE_MARKS and text[following] == text[start : start + 1]
        regions = _paragraph_regions(text, start, end, index, open_before, reopened)
        found.extend(regions)
        open_before = bool(regions) and not regions[-1].closed and regions[-1].end == end
    return found


def _paragraph_regions(
    text: str, start: int, end: int, index: int, open_before: bool, reopened: bool
) -> list[QuotedRegion]:
    pairs, stray = _double_pairs(text, start, end)
    outer = _outermost(_merge_singles(pairs, _single_pairs(text, start, end)))
    if reopened and _single_opens(text, start, start, end) and not (outer and outer[0].opening[0] == start):
        # A single mark that nothing closes is an apostrophe, unless the next paragraph opens with it again.
        outer = [_Pair((start, start + 1), None)]
    regions = []
    first = stray is not None and (not outer or stray[0] < outer[0].opening[0])
    if open_before and stray is not None and first and text[start : stray[0]].strip():
        # The mark that opened in the paragraph before was not repeated here, but is closed here.
        regions.append(QuotedRegion(start, stray[1], start, stray[0], True, True, index))
    for number, pair in enumerate(outer):
        if pair.closing is None:
            limit = outer[number + 1].opening[0] if number + 1 < len(outer) else end
            clause = _CLAUSE.search(text, pair.opening[1], limit)
            stop = _trim_right(text, pair.opening[1], clause.start() + 1 if clause is not None else limit)
            if stop <= pair.opening[1]:
                continue
            regions.append(QuotedRegion(pair.opening[0], stop, pair.opening[1], stop, False, False, index))
        elif text[pair.opening[1] : pair.closing[0]].strip():
            regions.append(
                QuotedRegion(pair.opening[0], pair.closing[1], pair.opening[1], pair.closing[0], True, False, index)
            )
    if open_before and regions and regions[0].start == start and not regions[0].continued:
        regions[0] = replace(regions[0], continued=True)
    return regions


def _trim_right(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _double_pairs(text: str, start: int, end: int) -> tuple[list[_Pair], tuple[int, int] | None]:
    """Match double marks as brackets; also give the first closing mark that nothing opened."""
    stack: list[tuple[int, int]] = []
    pairs: list[_Pair] = []
    stray: tuple[int, int] | None = None
    straight = text.count('"', start, end)
    for match in _DOUBLE.finditer(text, start, end):
        span = match.span()
        straight -= match.group() == '"'
        if stack and straight % 2 == 1 and _is_inch(text, match, end):
            continue
        opens = _opens(text, match, start, end, bool(stack))
        if opens is None:
            continue
        if opens:
            stack.append(span)
        elif stack:
            pairs.append(_Pair(stack.pop(), span))
        elif stray is None and not pairs:
            stray = span
    pairs.extend(_Pair(opening, None) for opening in stack)
    pairs.sort(key=lambda pair: pair.opening)
    return pairs, stray


def _opens(text: str, match: re.Match[str], start: int, end: int, inside: bool) -> bool | None:
    """Whether a double mark opens (True), closes (False) or is none (None: an inch, a second of arc)."""
    mark = match.group()
    left = match.start() == start or _is_gap(text[match.start() - 1], _BEFORE_OPENING)
    right = match.end() == end or _is_gap(text[match.end()], _AFTER_CLOSING)
    if mark in _OPENERS:
        # “ also closes what „ opened, and is mistyped for ” at the end of words.
        return not (inside and not left and right)
    if mark in _CLOSERS:
        return not inside and left and not right
    if mark in _ANGLES:
        # Both «so» and »so« are written; where words and gaps do not tell which it is, marks take turns.
        return left if left != right else not inside
    if _INCHES.search(text, max(start, match.start() - 9), match.start()):
        return None
    if left != right:
        return _straight_by_context(text, match, start, left, inside)
    return not inside


def _straight_by_context(text: str, match: re.Match[str], start: int, left: bool, inside: bool) -> bool | None:
    if left:
        # A dash or colon in front leaves it open which of the two it is: ask whether something is open.
        before = text[match.start() - 1] if match.start() > start else " "
        return True if before.isspace() or before in "([{" else not inside
    measure = not inside and match.start() > start and text[match.start() - 1].isdigit()
    return None if measure else False


def _is_inch(text: str, match: re.Match[str], end: int) -> bool:
    """Whether a straight mark inside a quotation stands behind a number in the middle of a sentence: 14" wide."""
    return (
        match.group() == '"'
        and text[match.start() - 1].isdigit()
        and _GOES_ON.match(text, match.end(), end) is not None
    )


def _is_gap(char: str, others: frozenset[str]) -> bool:
    return char.isspace() or char in others


def _single_pairs(text: str, start: int, end: int) -> Iterator[_Pair]:
    """Pairs of single marks that are no apostrophes: opened after a gap, closed before one."""
    marks = [match.start() for match in _SINGLE.finditer(text, start, end)]
    if not marks:
        return
    openers = [at for at in marks if _single_opens(text, at, start, end)]
    if not openers:
        return
    closers = [at for at in marks if _single_closes(text, at, start, end)]
    sure = [at for at in closers if text[at - 1] in ".,!?…;"]
    done = start
    for number, at in enumerate(openers):
        if at < done:
            continue
        limit = openers[number + 1] if number + 1 < len(openers) else end
        closing = _first_between(sure, at, limit)
        if closing is None:
            closing = _first_between(closers, at, limit)
        if closing is not None:
            done = closing + 1
            yield _Pair((at, at + 1), (closing, closing + 1))


def _first_between(positions: list[int], low: int, high: int) -> int | None:
    index = bisect_right(positions, low)
    return positions[index] if index < len(positions) and positions[index] < high else None


def _single_opens(text: str, at: int, start: int, end: int) -> bool:
    if at + 1 >= end or (text[at] == "’" and not text[at + 1].isalnum()):
        return False
    left = at == start or _is_gap(text[at - 1], _BEFORE_OPENING)
    return left and text[at + 1].isalnum() and not _ELISION.match(text, at + 1)


def _single_closes(text: str, at: int, start: int, end: int) -> bool:
    if at == start or text[at - 1].isspace() or text[at - 1] in "'‘’":
        return False
    return at + 1 == end or _is_gap(text[at + 1], _AFTER_CLOSING)


def _merge_singles(doubles: list[_Pair], singles: Iterator[_Pair]) -> list[_Pair]:
    """Keep single pairs that do not cut through a double pair."""
    if not doubles:
        return list(singles)
    starts = [pair.opening[0] for pair in doubles]
    spans = [pair.opening for pair in doubles] + [pair.closing for pair in doubles if pair.closing]
    taken = {at for first, stop in spans for at in range(first, stop)}
    kept = list(doubles)
    for pair in singles:
        closing = pair.closing
        if closing is None or pair.opening[0] in taken or closing[0] in taken:
            continue
        inside = doubles[bisect_right(starts, pair.opening[0]) : bisect_right(starts, closing[0])]
        if all(_ends_in(double, pair) for double in inside):
            kept.append(pair)
    kept.sort(key=lambda pair: pair.opening)
    return kept


def _ends_in(double: _Pair, single: _Pair) -> bool:
    return double.closing is not None and single.closing is not None and double.closing[1] <= single.closing[0]


def _outermost(pairs: list[_Pair]) -> list[_Pair]:
    outer: list[_Pair] = []
    covered = -1
    for pair in pairs:
        if pair.opening[0] < covered:
            continue
        outer.append(pair)
        covered = pair.closing[1] if pair.closing else pair.opening[1]
    return outer
