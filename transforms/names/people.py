"""People of one document: which spellings name the same person.

The rules are those of news style: a person is introduced by a full name and called by the surname afterwards. A
surname with several bearers goes to the one who was introduced alone before it was first used bare; where no one
was, it stays a person of its own, because a wrong merge is worse than a missing one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from transforms.names.lexicon import full_given_names

GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
"""Suffixes that tell a father from a son."""

_MOST_NAMESAKES = 50
"""People of one surname that are compared: keeps lists of names from costing the square of their length."""


@dataclass(slots=True)
class Form:
    """One spelling of names (compared without case and full stops) and the places where it stands, in order."""

    words: tuple[str, ...]
    positions: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Bearer:
    """A person with a full name: all its spellings, and where the first stands."""

    words: tuple[str, ...]
    forms: list[int]
    first: int


@lru_cache(maxsize=20_000)
def name_words(text: str) -> tuple[str, ...]:
    """Words of a name as they are compared: lower case, no full stops, no commas."""
    return tuple(word.strip(".,").casefold().replace("’", "'") for word in text.split())


def group_people(forms: Sequence[Form]) -> list[int]:
    """Give each form the number of its person; numbers are positions of forms, so they are stable.

    Linear in the number of forms.
    """
    groups = list(range(len(forms)))
    bearers = _merge_full_names(forms, groups)
    by_word: defaultdict[str, list[_Bearer]] = defaultdict(list)
    for bearer in bearers:
        for word in set(bearer.words):
            by_word[word].append(bearer)
    for index, form in enumerate(forms):
        if _is_full(form.words) and groups[index] != index:
            continue
        owner = _bearer_of(form, index, by_word)
        if owner is not None:
            groups[index] = owner.forms[0]
    return [groups[group] for group in groups]


def surname(words: Sequence[str]) -> str:
    """Last word of a name, its generation suffix left out."""
    return next((word for word in reversed(words) if word not in GENERATIONS), words[-1])


def last_names(names: Iterable[str]) -> frozenset[str]:
    """Surnames, as written, of the full names among ``names``."""
    found = set()
    for name in names:
        words = [word for word in name.split() if word.strip(".,").casefold() not in GENERATIONS]
        if len(words) > 1:
            found.add(words[-1])
    return frozenset(found)


def _is_full(words: Sequence[str]) -> bool:
    return len([word for word in words if word not in GENERATIONS]) > 1


def _merge_full_names(forms: Sequence[Form], groups: list[int]) -> list[_Bearer]:
    """One bearer for each full name; spellings with another middle, initial or nickname join the first that fits."""
    by_surname: defaultdict[str, list[_Bearer]] = defaultdict(list)
    order = sorted(range(len(forms)), key=lambda index: (-len(forms[index].words), forms[index].positions[0]))
    for index in order:
        words = forms[index].words
        if not _is_full(words):
            continue
        namesakes = by_surname[surname(words)][-_MOST_NAMESAKES:]
        same = next((bearer for bearer in namesakes if _is_same_full_name(bearer.words, words)), None)
        if same is None:
            by_surname[surname(words)].append(_Bearer(words, [index], forms[index].positions[0]))
        else:
            same.forms.append(index)
            same.first = min(same.first, forms[index].positions[0])
            groups[index] = same.forms[0]
    return [bearer for bearers in by_surname.values() for bearer in bearers]


def _is_same_full_name(one: Sequence[str], other: Sequence[str]) -> bool:
    if surname(one) != surname(other) or _generation(one) != _generation(other):
        return False
    if not _is_same_given_name(one[0], other[0]):
        return False
    middles = [[word for word in words[1:-1] if word not in GENERATIONS] for words in (one, other)]
    return all(_is_same_given_name(a, b) for a, b in zip(*middles, strict=False)) or len(one) != len(other)


def _generation(words: Sequence[str]) -> str | None:
    return next((word for word in words if word in GENERATIONS), None)


def _is_same_given_name(one: str, other: str) -> bool:
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        return one[:1] == other[:1]  # of “. Quill” nothing is left as a given name
    fulls = full_given_names()
    names, others = fulls.get(one, frozenset()) | {one}, fulls.get(other, frozenset()) | {other}
    return not names.isdisjoint(others)


def _bearer_of(form: Form, index: int, by_word: Mapping[str, list[_Bearer]]) -> _Bearer | None:
    namesakes = by_word.get(form.words[-1], [])[:_MOST_NAMESAKES]
    candidates = [
        bearer
        for bearer in namesakes
        if index not in bearer.forms
        and len(bearer.words) > len(form.words)
        and not _is_generation_apart(bearer.words, form.words)
    ]
    for fits in (_ends_with, _starts_with, _holds):
        fitting = [bearer for bearer in candidates if fits(bearer.words, form.words)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return _owner(form, fitting)
    return None


def _is_generation_apart(words: Sequence[str], part: Sequence[str]) -> bool:
    """Whether both are full names that differ in the generation only ("Tomas Verrin" – "Tomas Verrin Jr.")."""
    return _is_full(part) and words[0] == part[0] and surname(words) == surname(part)


def _owner(form: Form, bearers: Iterable[_Bearer]) -> _Bearer | None:
    """The one bearer who was introduced before the first bare use that follows any introduction."""
    introduced = sorted(bearers, key=lambda bearer: bearer.first)
    bare = next((position for position in form.positions if position > introduced[0].first), None)
    if bare is None or introduced[1].first < bare:
        return None
    return introduced[0]


def _ends_with(words: Sequence[str], part: Sequence[str]) -> bool:
    plain = [word for word in words if word not in GENERATIONS]
    return tuple(plain[-len(part) :]) == tuple(part)


def _starts_with(words: Sequence[str], part: Sequence[str]) -> bool:
    return tuple(words[: len(part)]) == tuple(part)


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    return any(tuple(words[at : at + len(part)]) == tuple(part) for at in range(1, len(words) - len(part)))
