"""Paragraphs are derived from the text, never stored: this is the one place that says what a paragraph is."""

from itertools import pairwise

from transforms.normalise.lines import group_lines, split_lines


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The paragraphs of any text, normalised or not, as half-open code point offsets.

    They are in order, do not overlap, begin and end with a character that is no white space, and leave nothing but
    white space between them. A line is a paragraph, unless the text is hard-wrapped: there, blank and indented lines
    separate paragraphs (see :mod:`transforms.normalise.lines`). Linear in the length of the text.
    """
    return [(group[0].start, group[-1].end) for group in group_lines(text, split_lines(text))]


def rejoin_wrapped(text: str, expected: bool = False) -> str:
    """Hard-wrapped lines joined to paragraphs, a blank line between them; any other text as it is.

    A hyphen at a line's end stays and takes no space: only a dictionary could tell ``re-view`` from ``well-known``.
    """
    groups = group_lines(text, split_lines(text), expected)
    if all(len(group) == 1 for group in groups):
        return text
    return "\n\n".join(_join([text[line.start : line.end] for line in group]) for group in groups)


def _join(lines: list[str]) -> str:
    parts = [lines[0]]
    for before, line in pairwise(lines):
        hyphenated = len(before) > 1 and before[-1] == "-" and before[-2].isalpha() and line[0].islower()
        parts.append(line if hyphenated else f" {line}")
    return "".join(parts)
