"""From clean text back to the decoded source: which character of the body a character of the text was.

Cleaning drops and changes white space and invisible characters anywhere, and other characters here and there (mojibake,
character references, combining marks). So the two strings are walked along their visible characters; where these
differ, the shortest way to four equal ones in a row is taken.
"""

from bisect import bisect_right
from collections.abc import Sequence

_IN_STEP = 4
_MAX_DETOUR = 64


def offset_map(body: str, text: str) -> list[int]:
    """For each offset into ``text`` (its length included) an offset into ``body``; never falling. Linear.

    A character that was kept has the place where it was; one that came from several (``â€™``, ``&amp;``) the first of
    them; white space the place after the character before it.
    """
    there, here = _visible(body), _visible(text)
    origin = _walk(body, there, text, here)
    result, position = [], 0
    at = 0
    for offset in range(len(text)):
        if at < len(here) and here[at] == offset:
            position = origin[at]
            result.append(position)
            at += 1
            continue
        following = origin[at] if at < len(origin) else len(body)
        position = _white_place(body, text[offset], position, following, first=at == 0 and not result)
        result.append(position)
    result.append(min(len(body), origin[-1] + 1) if origin else len(body))
    return _rising(result)


def _visible(text: str) -> list[int]:
    return [offset for offset, character in enumerate(text) if character.isprintable() and not character.isspace()]


def _white_place(body: str, character: str, position: int, following: int, *, first: bool) -> int:
    """The next equal character between two visible ones, else the next place, else the last one."""
    begin = position if first else position + 1
    found = body.find(character, begin, following)
    return found if found >= 0 else min(begin, max(position, following))


def _walk(body: str, there: Sequence[int], text: str, here: Sequence[int]) -> list[int]:
    """The place in ``body`` of each visible character of ``text``."""
    origin: list[int] = []
    one = two = 0
    while two < len(here):
        if one < len(there) and body[there[one]] == text[here[two]]:
            origin.append(there[one])
            one, two = one + 1, two + 1
            continue
        skipped, replaced = _detour(body, there, one, text, here, two)
        last = len(there) - 1
        places = [
            there[min(one + (step * skipped) // max(1, replaced), last)] if there else 0 for step in range(replaced)
        ]
        origin += places
        one, two = one + skipped, two + replaced
    return origin


def _detour(body: str, there: Sequence[int], one: int, text: str, here: Sequence[int], two: int) -> tuple[int, int]:
    """How many visible characters of the body, and of the text, to pass until both are in step again."""
    for steps in range(1, _MAX_DETOUR):
        for replaced in range(min(steps, len(here) - two) + 1):
            if _in_step(body, there, one + steps - replaced, text, here, two + replaced):
                return steps - replaced, replaced
    return 1, 1


def _in_step(body: str, there: Sequence[int], one: int, text: str, here: Sequence[int], two: int) -> bool:
    count = min(_IN_STEP, len(here) - two)
    if count == 0:
        return one == len(there)
    if one + count > len(there):
        return False
    return all(body[there[one + step]] == text[here[two + step]] for step in range(count))


def _rising(offsets: list[int]) -> list[int]:
    highest = 0
    for index, offset in enumerate(offsets):
        highest = max(highest, offset)
        offsets[index] = highest
    return offsets


def to_text(offsets: Sequence[int], offset: int) -> int:
    """The way back: the last offset into the text whose origin lies at or before an offset into the body."""
    return max(0, bisect_right(offsets, offset) - 1)
