"""Is a text hard-wrapped, and which of its lines belong together?

A program that wraps prose fills each line as far as it goes: a line end is *forced* when the first word of the next
line would not have fitted. Where nearly all line ends inside the blocks of a text are forced, the lines are no
paragraphs. Lists, tables, verse and text with one paragraph a line fail that test.
"""

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

# Widths between these limits are those of terminals, typewriters and agency wires.
_MIN_WIDTH, _MAX_WIDTH = 45, 100
_MIN_BREAKS = 2  # with fewer line ends to look at, a coincidence is too likely
_MIN_FORCED = 0.85
_MIN_FORCED_EXPECTED = 0.6  # tables in a wire's text have ragged lines of their own
_SLACK = 3  # writers on typewriters and terminals overran their margin by a sign or two
_MIN_INDENT_SHARE = 0.1
_ITEM = re.compile(r"(?:[-*•]|#{1,3}) \S")
_MIN_LOWER_CASE = 0.4  # of the lines of wrapped prose about seven in ten go on in lower case


class Line(NamedTuple):  # thousands are made a second
    """One line without its surrounding white space: offsets into the text, and how far it was indented."""

    start: int
    end: int
    indent: int

    @property
    def blank(self) -> bool:
        """Whether nothing but white space is on the line."""
        return self.end <= self.start


def split_lines(text: str) -> list[Line]:
    """The lines of any text, by all line ends that Unicode knows."""
    lines, offset = [], 0
    for raw in text.splitlines(keepends=True):
        size = len(raw)
        if shown := raw.strip():
            indent = raw.index(shown[0])
            lines.append(Line(offset + indent, offset + indent + len(shown), indent))
        else:
            lines.append(Line(offset + size, offset + size, size))
        offset += size
    return lines


def group_lines(text: str, lines: list[Line], expected: bool = False) -> list[list[Line]]:
    """The lines of each paragraph: one line each, or those between blank lines and indents in hard-wrapped text.

    ``expected`` says that the format breaks lines at a margin, so that less evidence is asked for.
    """
    width = _width(lines)
    indent = _usual_indent(lines) if _MIN_WIDTH <= width <= _MAX_WIDTH else -1
    if indent < 0 or not _is_hard_wrapped(text, lines, width, indent, expected):
        return [[line] for line in lines if line.end > line.start]
    groups: list[list[Line]] = []
    open_group = False
    for line in lines:
        if line.blank:
            open_group = False
        elif open_group and line.indent <= indent and not _begins_item(text, line):
            groups[-1].append(line)
        else:
            groups.append([line])
            open_group = True
    return groups


def _usual_indent(lines: list[Line]) -> int:
    """The least indent that is no exception. The first line may have lost its own together with a header."""
    indents = [line.indent for line in lines[1:] if not line.blank]
    counts = Counter(indents)
    return min((indent for indent in counts if counts[indent] >= _MIN_INDENT_SHARE * len(indents)), default=0)


def _width(lines: list[Line]) -> int:
    """Of the longest line; the indent of a paragraph's first line takes part of it."""
    return max((line.end - line.start + line.indent for line in lines if line.end > line.start), default=0)


def _is_hard_wrapped(text: str, lines: list[Line], width: int, indent: int, expected: bool) -> bool:
    # The first line of a text may have lost its dateline or header, so that its end proves nothing.
    breaks = [
        (line, following)
        for line, following in pairwise(lines[1:])
        if not line.blank and not following.blank and following.indent <= indent and not _begins_item(text, following)
    ]
    if len(breaks) < (1 if expected else _MIN_BREAKS):
        return False
    forced = sum(_is_forced(text, line, following, width) for line, following in breaks)
    if expected:
        return forced >= _MIN_FORCED_EXPECTED * len(breaks)
    lower = sum(text[following.start].islower() for _, following in breaks)
    return forced >= _MIN_FORCED * len(breaks) and lower >= _MIN_LOWER_CASE * len(breaks)


def _begins_item(text: str, line: Line) -> bool:
    """Whether a line begins an item of a list, or a heading of a message's own."""
    return _ITEM.match(text, line.start, line.end) is not None


def _is_forced(text: str, line: Line, following: Line, width: int) -> bool:
    if text[line.end - 1] == "-" and text[line.end - 2 : line.end - 1].isalpha() and text[following.start].islower():
        return True  # a word divided at the line's end: what follows is the rest of it
    words = text[following.start : min(following.end, following.start + width)].split(maxsplit=1)
    return line.indent + line.end - line.start + 1 + len(words[0]) > width - _SLACK
