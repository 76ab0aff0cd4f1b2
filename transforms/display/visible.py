"""Characters that act instead of being seen, written so that they are seen.

A terminal obeys escape sequences, a bidi override turns the text after it round, a zero-width space hides a word from
a search. Whoever looks at an article must see that they are there, and nothing must happen.
"""

import re

_ACTING = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line end, DEL, C1: what terminals obey
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u3164\uffa0"  # soft hyphen, joiners and fillers without a shape
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # zero width, line separators, direction
    "\ud800-\udfff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"  # halves of pairs, annotation marks, tags
    "]"
)
_JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    """The text with all characters that act replaced by their names: an escape by ``⟨U+001B⟩``.

    Tabs and line ends stay. The two joiners stay where they are spelling or hold an emoji together: after a character
    outside ASCII. Text that is already clean comes back as it is.
    """
    return _ACTING.sub(_shown, text)


def visible_line(text: str) -> str:
    """The same for one line: a line end in a file's name begins no line that looks like one of ours."""
    return visible(text).replace("\n", "⟨U+000A⟩")


def visible_characters(text: str) -> list[str]:
    """What each code point of the text is shown as: joined, they are :func:`visible`, and offsets still work."""
    shown = list(text)
    for match in _ACTING.finditer(text):
        shown[match.start()] = _shown(match)
    return shown


def visible_json(written: str) -> str:
    """JSON text whose strings hold the same values, with what acts written as ``\\uXXXX``.

    JSON itself asks this of C0 only, and line ends between values stay.
    """
    return _ACTING.sub(lambda match: _escaped(match.group()), written)


def _shown(match: re.Match[str]) -> str:
    char = match.group()
    if char in _JOINERS and match.start() and not match.string[match.start() - 1].isascii():
        return char
    return f"⟨U+{ord(char):04X}⟩"


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
