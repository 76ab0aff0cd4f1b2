"""The date header of plain article files: ``date 2024-12-26 `` before the first word, in the same line."""

import re
from dataclasses import dataclass

# The whole token must look like a date (right or wrong), so that "date 5 people remember" is no header.
_HEADER = re.compile(
    r"\s*date[^\S\r\n]+"
    r"(?P<date>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?)(?=\s|\Z)",
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
