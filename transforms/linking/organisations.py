"""Names of organisations as they are compared between documents."""

from functools import cache

from transforms.linking.fold import fold
from transforms.names.lexicon import organisation_suffixes
from transforms.normalise.rules import load_rules

SMALL_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "the", "to"})
_ACRONYM_LENGTHS = range(2, 8)


def organisation_key(name: str) -> str:
    """A name without its legal form ("Harwick Steel Corp." → "harwick steel")."""
    words = fold(name).split()
    end = len(words)
    while end > 1 and words[end - 1] in organisation_suffixes():
        end -= 1
    return " ".join(words[:end])


def is_company(name: str) -> bool:
    """Whether a name ends with a legal form, as no person's does."""
    words = fold(name).split()
    return len(words) > 1 and words[-1] in _legal_forms()


@cache
def _legal_forms() -> frozenset[str]:
    return frozenset(load_rules("linking_people")["legal_forms"])


def is_acronym_of(short: str, long: str) -> bool:
    """Whether ``short`` is written in capitals that are the first letters of the words of ``long``."""
    letters = short.replace(".", "")
    if not (letters.isalpha() and letters.isupper() and len(letters) in _ACRONYM_LENGTHS):
        return False
    words = fold(long).split()
    firsts = {
        "".join(word[0] for word in words),
        "".join(word[0] for word in words if word not in SMALL_WORDS),
    }
    return len(words) > 1 and letters.casefold() in firsts
