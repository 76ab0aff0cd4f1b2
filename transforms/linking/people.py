"""Names of people as they are compared between documents."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from transforms.linking.fold import fold
from transforms.names.lexicon import full_given_names, honorifics
from transforms.names.people import GENERATIONS
from transforms.normalise.rules import load_rules

_NICKNAME = re.compile(r"[\"“”(][^\"“”()]*[\"“”)]")
_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w)")
_ROMAN = re.compile(r"(ii|iii|iv|vi|vii|viii|ix|xi|xii|xiii|xiv|xv|xvi)")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A full name in parts, folded.

    Attributes:
        given: the first name, a short form replaced by its full form where that is safe; a title before one name only.
        middles: whatever stands between; words or initials.
        surname: with its particles, in one word.
        generation: "jr", "ii", or nothing.
        fulls: full given names that a short ``given`` may stand for, where it was not replaced.
    """

    given: str
    middles: tuple[str, ...]
    surname: str
    generation: str = ""
    fulls: frozenset[str] = frozenset()

    @property
    def base(self) -> tuple[str, str, str]:
        """All but the middle names."""
        return self.given, self.surname, self.generation


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load_rules("linking_people")[name])


@cache
def _spellings() -> Mapping[str, str]:
    return {other: first for first, *others in load_rules("linking_people")["spellings"] for other in others}


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    groups = load_rules("linking_people")["surname_endings"]
    return tuple((other, first) for first, *others in groups for other in sorted(others, key=len, reverse=True))


@lru_cache(maxsize=262_144)
def person_name(text: str, title: str | None = None) -> PersonName | None:
    """A full name; None where there is only a surname, a given name, or an initial and a surname.

    Args:
        text: as written, with or without titles.
        title: a title that stands beside it ("Pope" beside "Francis").
    """
    words, regnal = _bare_words(text)
    generation = ""
    while len(words) > 1 and (words[-1] in GENERATIONS or _ROMAN.fullmatch(words[-1])):
        generation = words.pop()
    if len(words) == 1:
        regnal = regnal or _regnal(title)
        # A ruler's number tells no more than a middle name: it is left out as often.
        return PersonName(regnal, (generation,) if generation else (), words[0]) if regnal else None
    if len(words) < 2:
        return None
    given, middles, surname = _parts(words)
    if len(given) == 1 and not middles:
        return None
    return _named(given, middles, surname, generation)


def _regnal(title: str | None) -> str | None:
    last = fold(title).split()[-1:] if title else []
    return last[0] if last and last[0] in _words("regnal_titles") else None


def _bare_words(text: str) -> tuple[list[str], str | None]:
    """The words of a name without titles, quoted nicknames and what follows it; and a title of rulers before it."""
    spaced = _INITIALS.sub(". ", _NICKNAME.sub(" ", text))
    words = [fold(word).replace(" ", "-") for word in spaced.replace(",", " ").split()]
    words = [word for word in words if word and word not in _words("endings_left_out")]
    regnal = None
    while len(words) > 1 and words[0] in honorifics():
        title = words.pop(0)
        regnal = title if title in _words("regnal_titles") else None
    return words, regnal


def _parts(words: list[str]) -> tuple[str, tuple[str, ...], str]:
    first, *rest = words
    if first in _words("family_first") and (len(rest) == 2 or "-" in rest[0]):
        return first, (), "".join(rest).replace("-", "")
    if first in _words("given_prefixes") and len(rest) > 1:
        first += rest.pop(0)
    initials = next((at for at, word in enumerate([first, *rest]) if len(word) > 1), len(rest))
    if initials > 1:  # "J. D. Vance"
        first, rest = first + "".join(rest[: initials - 1]), rest[initials - 1 :]
    surname = rest.pop()
    while rest and rest[-1] in _words("particles"):
        surname = rest.pop() + surname
    return first, tuple(rest), surname


def _named(given: str, middles: Iterable[str], surname: str, generation: str) -> PersonName:
    given, *others = (_spelling(word) for word in (given, *middles))
    surname = _spelling(surname)
    for other, first in _endings():
        if surname.endswith(other) and len(surname) > len(other) + 1:
            surname = surname[: -len(other)] + first
            break
    fulls = full_given_names().get(given, frozenset()) - {given}
    if len(fulls) == 1 and surname not in _words("common_surnames"):
        given, fulls = next(iter(fulls)), frozenset()
    return PersonName(given, tuple(others), surname, generation, fulls)


def _spelling(word: str) -> str:
    word = word.replace("-", "")
    return _spellings().get(word, word)


def are_compatible(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lists of middle names may be one person's: one begins the other, initials standing for names."""
    return all(a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in zip(one, other, strict=False))


def fullest(names: Iterable[PersonName], named: PersonName) -> PersonName:
    """Of the names that one document gives to a person called ``named``, the one that says most.

    Names that contradict it or each other are a mistake of the document's clusters: then ``named`` itself.
    """
    fitting = {named} | {name for name in names if _may_be(name, named)}
    full_given = {name.given for name in fitting if not name.fulls & {other.given for other in fitting}}
    if len(full_given) != 1:
        return named
    rest = [name for name in fitting if name.given in full_given]
    longest = max(rest, key=lambda name: (len(name.middles), sum(map(len, name.middles)), name.middles))
    return longest if all(are_compatible(name.middles, longest.middles) for name in fitting) else named


def _may_be(name: PersonName, named: PersonName) -> bool:
    if (name.surname, name.generation) != (named.surname, named.generation):
        return False
    return name.given == named.given or name.given in named.fulls or named.given in name.fulls
