"""Organisations of one document: full name, short name and acronym."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from transforms.names.lexicon import body_words, common_words, company_words, organisation_suffixes
from transforms.names.people import Form
from transforms.quotes.lexicon import outlet_words

_SMALL_WORDS = frozenset({"of", "the", "for", "and", "in", "on", "at", "to", "&"})
_UNLIKE = frozenset({"house"})
"""Last words that stand for another body when they stand alone."""
_ACRONYM_LENGTHS = range(2, 8)


def group_organisations(forms: Sequence[Form], spellings: Sequence[str]) -> list[int]:
    """Give each form the number of its organisation (the position of the first form of it).

    Args:
        forms: words of each name, without case.
        spellings: the same names as they are written, because an acronym is known by its capitals.
    """
    by_short: dict[tuple[str, ...], int] = {}
    groups = [by_short.setdefault(_short_name(form.words), index) for index, form in enumerate(forms)]
    by_initials = _initials(forms)
    for index, (form, spelling) in enumerate(zip(forms, spellings, strict=True)):
        letters = spelling.replace(".", "")
        if len(form.words) == 1 and letters.isupper() and len(letters) in _ACRONYM_LENGTHS:
            full = by_initials.get(letters.casefold(), set())
            if len({groups[other] for other in full}) == 1:
                groups[index] = groups[next(iter(full))]
    _join_short_names(forms, groups)
    return groups


def _join_short_names(forms: Sequence[Form], groups: list[int]) -> None:
    """Names of one word join the only longer name that they begin, if a company's, or end, if they say what it is.

    "Fox" is Fox News and "the Gazette" the Whitlock Gazette; "Harwick" need not be the Harwick Council, nor the House
    the White House.
    """
    kinds = _kinds()
    begins: defaultdict[str, set[int]] = defaultdict(set)
    ends: defaultdict[str, set[int]] = defaultdict(set)
    for index, form in enumerate(forms):
        if len(form.words) > 1:
            if form.words[-1] in company_words() or form.words[-1] in outlet_words():
                begins[form.words[0]].add(groups[index])
            ends[form.words[-1]].add(groups[index])
    for index, form in enumerate(forms):
        word = form.words[0] if len(form.words) == 1 and groups[index] == index else ""
        if not word or word in common_words():
            continue
        longer = begins.get(word, set()) | (ends.get(word, set()) if word in kinds else set())
        if len(longer) == 1:
            groups[index] = next(iter(longer))


@lru_cache(maxsize=1)
def _kinds() -> frozenset[str]:
    """Words that say what a body is, so that its name may be cut down to them."""
    return (body_words() | outlet_words()) - _UNLIKE


def _short_name(words: tuple[str, ...]) -> tuple[str, ...]:
    end = len(words)
    while end > 1 and words[end - 1] in organisation_suffixes():
        end -= 1
    return words[:end]


def _initials(forms: Sequence[Form]) -> dict[str, set[int]]:
    """Initials (with and without small words) → forms that have them."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for index, form in enumerate(forms):
        if len(form.words) > 1:
            for letters in initials_of(form.words):
                found[letters].add(index)
    return dict(found)


def initials_of(words: Sequence[str]) -> set[str]:
    """Initials of a name, with and without its small words; parts of words with a hyphen count, too."""
    parts = [part for word in words for part in word.split("-") if part]
    return {
        "".join(part[0] for part in parts),
        "".join(part[0] for part in parts if part not in _SMALL_WORDS),
        "".join(word[0] for word in words if word and word not in _SMALL_WORDS),
    }
