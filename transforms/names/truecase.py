"""Lines in capitals as running text would write them: headlines and datelines, for the model's eyes.

The model learnt from running text, where capitals tell names; in "MINISTER QUITS AFTER HARWICK FIRE" they tell nothing.
Only the case of letters changes, one for one, so that every offset stays true.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from spacy.lang.en.stop_words import STOP_WORDS

from transforms.names.lexicon import cities, countries, demonyms, given_names

_WORD = re.compile(r"[^\W\d_]+(?:['’.&-][^\W\d_]+)*\.?")
_PART = re.compile(r"[^\W\d_]+")
_LETTERS = 5
"""A line of fewer letters is an abbreviation or a number, not a line in capitals."""
_SMALL_SHARE = 0.1
"""Share of small letters that a line in capitals may have ("McDONALD")."""
_DATELINE = re.compile(
    r"[^\S\n]*(?P<place>[^\W\d_a-z][\w.'’-]*(?:[ /-]+[^\W\d_a-z][\w.'’-]*){0,4})"
    r"(?=(?:,[^\n(–—]{1,40})?\s*(?:\([^()\n]{1,40}\)\s*)?(?:—|–|--|-\s|\d))"
)
"""The place at the start of a line before a dash, an agency in brackets or a date."""
_SENTENCE_ENDS = frozenset('.!?:"“”»«()*•-–—')
_SHORT = 3
"""An unknown word of so many letters is taken for an abbreviation, and one without a vowel too."""
_SMALL_WORDS = frozenset(STOP_WORDS) - {"us"}
"""Words that begin with a small letter inside any sentence; "US" in capitals is the country."""
_VOWELS = frozenset("AEIOUYÀÁÂÄÈÉÊËÌÍÎÏÒÓÔÖÙÚÛÜ")

IsWord = Callable[[str], bool]
"""Whether a word in small letters is in the dictionary, as a common noun, verb or adjective."""


def truecase(text: str, is_word: IsWord) -> str:
    """``text`` with its lines and datelines in capitals as running text would write them; the same length.

    What the text itself says of a word in its other lines counts first, then lists of names and small words, then the
    dictionary. Linear in the length of the text.

    Args:
        text: a document.
        is_word: the dictionary.
    """
    shouted = list(_shouted(text))
    if not shouted:
        return text
    evidence = _evidence(text, shouted)
    pieces: list[str] = []
    end = 0
    for start, stop, is_place in shouted:
        pieces += [text[end:start], _line(text[start:stop], evidence, _no_word if is_place else is_word)]
        end = stop
    return "".join([*pieces, text[end:]])


def _no_word(_: str) -> bool:
    """Places of datelines are names, whatever words they are made of."""
    return False


def _shouted(text: str) -> Iterator[tuple[int, int, bool]]:
    """Stretches in capitals, whole lines and the places of datelines, and whether each is such a place."""
    start = 0
    for line in text.split("\n"):
        if _begins_in_capitals(line):
            place = _DATELINE.match(line)
            is_line = _is_shouted(line)
            if place is not None and is_line:
                is_line = _PART.search(line, place.end()) is not None
            if is_line:
                yield start, start + len(line), False
            elif place is not None and _is_shouted(place["place"]):
                yield start + place.start("place"), start + place.end("place"), True
        start += len(line) + 1


def _begins_in_capitals(line: str) -> bool:
    """Most lines do not, and need no closer look."""
    return any(word.isupper() for word in line.split(None, 4)[:4])


def _is_shouted(line: str) -> bool:
    capitals = sum(map(str.isupper, line))
    small = sum(map(str.islower, line))
    return capitals >= _LETTERS and small <= _SMALL_SHARE * capitals and any(map(_is_long, line.split()))


def _is_long(word: str) -> bool:
    return len(word.strip(".,:;'’\"()")) > _SHORT


def _evidence(text: str, shouted: list[tuple[int, int, bool]]) -> Mapping[str, str]:
    """Word in small letters → how the other lines write it, within sentences if it stands in one."""
    wanted = {word.casefold() for start, end, _ in shouted for word in _PART.findall(text[start:end])}
    within: defaultdict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, str] = {}
    end = 0
    for start, stop, _ in [*shouted, (len(text), len(text), False)]:
        before = "."
        for chunk in text[end:start].split():
            for word in _PART.findall(chunk):
                key = word.casefold()
                if key in wanted:
                    if before[-1] in _SENTENCE_ENDS or chunk[0] in _SENTENCE_ENDS:
                        first.setdefault(key, word)
                    else:
                        within[key][word] += 1
            before = chunk
        end = stop
    # A word that begins sentences only is capitalised whatever it is: that says little, and is asked last.
    return {key: counts.most_common(1)[0][0] for key, counts in within.items()} | {
        f"^{key}": word for key, word in first.items()
    }


def _line(line: str, evidence: Mapping[str, str], is_word: IsWord) -> str:
    is_first = True
    pieces: list[str] = []
    end = 0
    for match in _WORD.finditer(line):
        word = _cased(match.group(), evidence, is_word)
        if is_first and word.islower():
            word = word[:1].upper() + word[1:]
        pieces += [line[end : match.start()], word if len(word) == len(match.group()) else match.group()]
        end = match.end()
        is_first = False
    return "".join([*pieces, line[end:]])


def _cased(word: str, evidence: Mapping[str, str], is_word: IsWord) -> str:
    """One word, with its inner hyphens and apostrophes ("O'BRIEN", "NEW-LOOK"), each part on its own."""
    if not word.isupper() or "." in word.rstrip("."):
        return word
    parts: list[str] = _PART.findall(word)
    if len(parts) == 1:
        return _PART.sub(lambda part: _part(part.group(), evidence, is_word), word)
    if len(parts) == 2 and parts[1] in {"S", "T", "LL", "RE", "VE", "D", "M"} and parts[0] not in {"O", "D"}:
        return _PART.sub(lambda part: _part(part.group(), evidence, is_word), word[: -len(parts[1])]) + parts[1].lower()
    if len(parts[0]) == 1:
        return _PART.sub(lambda part: part.group().capitalize(), word)
    return _PART.sub(lambda part: _part(part.group(), evidence, is_word), word)


def _part(word: str, evidence: Mapping[str, str], is_word: IsWord) -> str:
    small = word.casefold()
    if small in evidence:
        return evidence[small]
    if small in _SMALL_WORDS:
        return small
    if len(word) == 1 or word in countries():
        return word
    if small in name_parts():
        return word.capitalize()
    return small if is_word(small) else _unknown(word, evidence)


def _unknown(word: str, evidence: Mapping[str, str]) -> str:
    """A word that no list has: as it begins sentences of the text, else an abbreviation or a name by its letters."""
    begins = evidence.get(f"^{word.casefold()}")
    if begins is not None:
        return begins
    return word if len(word) <= _SHORT or _VOWELS.isdisjoint(word) else word.capitalize()


@lru_cache(maxsize=1)
def name_parts() -> frozenset[str]:
    """Words (lower case) of which names of countries, peoples, large cities and people are made."""
    names = [*countries(), *demonyms(), *cities()]
    words = {part.casefold() for name in names for part in _PART.findall(name) if part[:1].isupper()}
    return frozenset(words | given_names().keys()) - _SMALL_WORDS
