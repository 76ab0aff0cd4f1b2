"""When two ways of writing a speaker mean the same one."""

import re
import tomllib
from collections.abc import Iterable
from importlib import resources

_NAME_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_WORDS = tomllib.loads(
    resources.files("transforms.data").joinpath("evaluation_name_words.toml").read_text(encoding="utf-8")
)
_NOT_NAMES = frozenset(_WORDS["titles"] + _WORDS["suffixes"])
_PRONOUNS = frozenset(_WORDS["pronouns"])


def name_words(name: str | None) -> tuple[str, ...]:
    """The words of a name in lower case, without titles, suffixes and a possessive 's; empty for a lone pronoun."""
    words = _NAME_WORD.findall((name or "").casefold().replace("’", "'"))
    kept = tuple(word for word in (word.removesuffix("'s") for word in words) if word not in _NOT_NAMES)
    return () if len(kept) == 1 and kept[0] in _PRONOUNS else kept


def last_name(name: str | None) -> str | None:
    """The word by which people are told apart, None where there is no name."""
    words = name_words(name)
    return words[-1] if words else None


def names_agree(mention: str | None, canonical: str | None, predicted: Iterable[str | None]) -> bool:
    """Whether one of the predicted names is that of the gold speaker.

    It is when it holds the last word of the gold mention or of the gold canonical name, or when the gold mention holds
    its own last word. Pronouns agree with nothing.
    """
    in_text, full = name_words(mention), name_words(canonical)
    ends = {words[-1] for words in (in_text, full) if words}
    candidates = [words for words in map(name_words, predicted) if words]
    return any(words[-1] in in_text or not ends.isdisjoint(words) for words in candidates)


def same_last_name(gold: str | None, predicted: str | None) -> bool:
    """Whether both are the same person or body by the last word of the name; two absent names are the same."""
    return last_name(gold) == last_name(predicted)
