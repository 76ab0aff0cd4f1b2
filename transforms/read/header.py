"""The date header of plain article files: ``date 2024-12-26 `` before the first word, in the same line."""

import re
from dataclasses import dataclass

# The whole token must look like a date (right or wrong), so that "date 5 people remember" is no header. A time behind a
# space counts with its seconds only: a text may begin with one ("10:30 was when the ferry left").
_ODD = "\u00a0\u200b\u2060\ufeff"
_SPACE = rf"[ \t\v\f{_ODD}]"
_TIME = r"\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?"
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)?"
_HEADER = re.compile(
    rf"[\s{_ODD}]*date{_SPACE}+"
    rf"(?P<date>\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}(?:T{_TIME}{_ZONE}| \d\d:\d\d:\d\d(?:\.\d{{1,9}})?{_ZONE})?)"
    rf"(?=[\s{_ODD}]|\Z)",
    re.ASCII,
)
HEADER_SOURCE = "header"


@dataclass(frozen=True, slots=True)
class Header:
    """The dates of the header as written, in order, and the text after it."""

    dates: tuple[str, ...]
    body: str


def split_header(text: str) -> Header:
    """The header cut off the text; no dates and the whole text where there is none."""
    dates, position = [], 0
    while match := _HEADER.match(text, position):
        dates.append(match["date"])
        position = match.end()
    return Header(tuple(dates), text[position:])
