"""Datelines, bylines and agency credits, marked where the pattern leaves no doubt. They stay in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.normalise.boilerplate import MAX_CHARACTERS, begins_trailer, is_furniture, key_of
from transforms.normalise.rules import alternatives, load_rules
from transforms.records import MarkedKind, MarkedSpan

_RULES = load_rules("normalise_marks")
_WORDS = re.compile(r"\w+")
_HEAD_PARAGRAPHS = 4  # headline, byline and a line of date may stand before the dateline
_TAIL_PARAGRAPHS = 4
_MAX_DATELINE = 120
_MAX_BYLINE = 100
_MAX_CREDIT = 500

_PLACE_WORD = r"[A-Z][^\W\d_'’]*(?:[.'’/-][^\W\d_]+)*\.?"
_PLACE = rf"{_PLACE_WORD}(?: {_PLACE_WORD}){{0,4}}(?:, {_PLACE_WORD}(?: {_PLACE_WORD}){{0,2}}){{0,2}}"
_DAY = (
    rf"(?i:(?:{alternatives(_RULES['months'])}) \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} (?:{alternatives(_RULES['months'])}))"
)
_WEEKDAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_CAPS_WORD = r"[A-Z][A-Z'’.-]+"
_CAPS_PLACE = rf"{_CAPS_WORD}(?: {_CAPS_WORD}){{0,3}}"
_REGION = rf", {_PLACE_WORD}(?: {_PLACE_WORD}){{0,2}}"
_DASH = r"\.? ?(?:--|[-–—])(?: |$)"
# What makes a dateline sure: an agency that we know; a day and a dash after a place; brackets after a place in
# capitals; a region after such a place; or a long dash after one, unless the words are a label ("WATCH —"). The first
# to match counts, so the longer forms come first.
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\((?:{alternatives(_RULES['agencies'])})\) [-–—] (?P<place>{_PLACE}), (?:{_DAY})(?: [-–—]|:) ",
        rf"(?:(?P<place>{_PLACE}?)(?:, (?:{_DAY}))? |(?:{_DAY}) )?\((?:{alternatives(_RULES['agencies'])})\){_DASH}",
        rf"(?P<place>{_CAPS_PLACE}(?:{_REGION})??)(?:, (?:{_DAY}))? \([A-Z][\w/.]*(?: [A-Z][\w/.]*){{0,2}}\){_DASH}",
        rf"\((?P<place>{_PLACE}) [-–—] (?:{_DAY})\)(?: |$)",
        r"\((?:[A-Z][\w.]*)(?: [A-Z][\w.]*){0,3}\)(?P<place>(?!))? (?:--|[-–—]) (?=[A-Z“\"‘'])",
        rf"(?!{_WEEKDAYS})(?P<place>{_PLACE}),? (?:{_DAY}) ?(?:--|[-–—])(?: (?=[A-Z“\"‘'\d$+<])|$)",
        rf"(?P<place>{_CAPS_PLACE}{_REGION})(?:, (?:{_DAY}))? (?:--|[-–—]) (?=[A-Z“\"‘'])",
        rf"(?!(?:{alternatives(_RULES['labels'])})\b)(?P<place>{_CAPS_PLACE})(?:, (?:{_DAY}))? (?:--|—) (?=[A-Z“\"‘'])",
    )
)
_NAME_PART = r"[A-Z][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?"
_NAME = rf"{_NAME_PART}(?: (?:{_NAME_PART}|de|van|von|der|den|bin|al|la|di|da)){{1,4}}"
_OUTLET = rf"(?:(?:, | \| )(?:{_NAME_PART}|of|the)(?: (?:{_NAME_PART}|of|the)){{0,4}})?"
_BYLINE = re.compile(rf"(?:By|BY) (?P<names>{_NAME}(?:(?:, | and | AND ){_NAME}){{0,4}}){_OUTLET}")
_CREDIT_OPENING = rf"(?:{alternatives(_RULES['credits'])}) "
_CREDIT = re.compile(
    rf"\({_CREDIT_OPENING}[^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|{_CREDIT_OPENING}[^;\n]*; ?{_CREDIT_OPENING}[^\n]*", re.I
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Marked spans in order, and the place that the dateline names."""

    spans: tuple[MarkedSpan, ...] = ()
    dateline_place: str | None = None


def find_marks(
    text: str,
    paragraphs: list[tuple[int, int]],
    title: str | None = None,
    boilerplate: frozenset[str] = frozenset(),
) -> Marks:
    """The marks of a text whose paragraphs are given.

    Looks for headline, byline and dateline in its first paragraphs, for credits in its last, for boilerplate in all.

    Args:
        text: normalised.
        paragraphs: of the text.
        title: a first paragraph of the same words is the headline.
        boilerplate: learned paragraphs of the outlet (see :mod:`transforms.normalise.boilerplate`).
    """
    furniture = list(_furniture(text, paragraphs, boilerplate))
    taken = {span.start for span in furniture}
    prose = [span for span in paragraphs if span[0] not in taken and not (furniture and span[0] >= furniture[-1].end)]
    marks = _article_marks(text, prose, title)
    return Marks(tuple(sorted([*marks.spans, *furniture], key=lambda span: span.start)), marks.dateline_place)


def _furniture(text: str, paragraphs: list[tuple[int, int]], learned: frozenset[str]) -> Iterator[MarkedSpan]:
    for start, end in paragraphs:
        if begins_trailer(text[start : start + MAX_CHARACTERS]):
            yield MarkedSpan(MarkedKind.BOILERPLATE, start, paragraphs[-1][1])
            return
        key = key_of(text[start:end]) if end - start <= MAX_CHARACTERS else None
        if key is not None and (key in learned or is_furniture(key)):
            yield MarkedSpan(MarkedKind.BOILERPLATE, start, end)


def _article_marks(text: str, paragraphs: list[tuple[int, int]], title: str | None) -> Marks:
    spans: list[MarkedSpan] = []
    place = None
    if title and paragraphs and _same_words(text[slice(*paragraphs[0])], title):
        spans.append(MarkedSpan(MarkedKind.HEADLINE, *paragraphs[0]))
        paragraphs = paragraphs[1:]
    for start, end in paragraphs[:_HEAD_PARAGRAPHS]:
        if match := _match_dateline(text[start : min(end, start + _MAX_DATELINE)]):
            stop = start + len(match.group().rstrip())
            spans.append(MarkedSpan(MarkedKind.DATELINE, start, stop))
            place = match["place"]
            break
        if end - start <= _MAX_BYLINE and _is_byline(text[start:end]):
            spans.append(MarkedSpan(MarkedKind.BYLINE, start, end))
    first_free = spans[-1].end if spans else 0
    for start, end in paragraphs[-_TAIL_PARAGRAPHS:]:
        span = _credit_span(text, start, end)
        if span is not None and span.start >= first_free:
            spans.append(span)
    return Marks(tuple(spans), place)


def _same_words(paragraph: str, title: str) -> bool:
    if len(paragraph) > 2 * len(title) + 10:
        return False
    return _WORDS.findall(paragraph.casefold()) == _WORDS.findall(title.casefold())


def _match_dateline(beginning: str) -> re.Match[str] | None:
    return next((match for pattern in _DATELINES if (match := pattern.match(beginning))), None)


def _is_byline(line: str) -> bool:
    match = _BYLINE.fullmatch(line)
    return match is not None and match["names"].split()[0].lower() not in _RULES["not_names"]


def _credit_span(text: str, start: int, end: int) -> MarkedSpan | None:
    """A paragraph that is a credit or an end mark, or the bracketed credit that closes it."""
    paragraph = text[start:end]
    if paragraph in _RULES["end_marks"]:
        return MarkedSpan(MarkedKind.WIRE_CREDIT, start, end)
    opening = 0 if _CREDIT.match(paragraph) else paragraph.rfind("(", max(0, len(paragraph) - _MAX_CREDIT))
    if opening >= 0 and len(paragraph) - opening <= _MAX_CREDIT and _CREDIT.fullmatch(paragraph, opening):
        return MarkedSpan(MarkedKind.WIRE_CREDIT, start + opening, end)
    return None
