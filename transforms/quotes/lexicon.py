"""The word lists of the quote extractor, read from ``transforms/data`` once a process."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from transforms.records import QuoteType


class Frame(StrEnum):
    """What a reporting word can take as its content; the data file explains each."""

    QUOTE = "quote"
    CLAUSE = "clause"
    INFINITIVE = "infinitive"
    OBJECT = "object"
    OBJECT_PLUS = "object+"
    OBJECT_AT = "object@"
    GERUND = "gerund"
    ADDRESSEE = "addressee"
    TEXT = "text"
    AT = "at"
    FOR = "for"
    OF = "of"
    ON = "on"
    ABOUT = "about"
    AGAINST = "against"
    TO = "to"


PREPOSITIONS = frozenset({Frame.AT, Frame.FOR, Frame.OF, Frame.ON, Frame.ABOUT, Frame.AGAINST, Frame.TO})


@dataclass(frozen=True, slots=True)
class ReportingWord:
    """A verb or noun that reports speech, with the frames that it allows."""

    lemma: str
    frames: frozenset[Frame]


@lru_cache(maxsize=1)
def cue_verbs() -> dict[str, ReportingWord]:
    """Inflected form (lower case) → reporting verb."""
    return _by_form("quotes_cue_verbs.tsv")


@lru_cache(maxsize=1)
def cue_nouns() -> dict[str, ReportingWord]:
    """Singular or plural (lower case) → reporting noun."""
    return _by_form("quotes_cue_nouns.tsv")


@lru_cache(maxsize=1)
def cue_words() -> frozenset[str]:
    """Every word, lower case, that may report: where none stands, the parse need not be asked."""
    return frozenset({*cue_verbs(), *cue_nouns(), "according"})


@lru_cache(maxsize=1)
def outlets() -> frozenset[str]:
    """Names of news outlets, lower case, without a leading article."""
    return frozenset(_lines("quotes_outlets.txt"))


@lru_cache(maxsize=1)
def occasions() -> frozenset[str]:
    """Nouns, lower case, that say when, where or in what somebody spoke."""
    return frozenset(_lines("quotes_occasions.txt"))


@lru_cache(maxsize=1)
def label_words() -> frozenset[str]:
    """Words, lower case, that make a label before a colon something else than the name of a speaker."""
    return frozenset(_lines("quotes_labels.txt"))


@lru_cache(maxsize=1)
def outlet_words() -> frozenset[str]:
    """Last words of the names of outlets and nouns for outlets, lower case."""
    return frozenset(_lines("quotes_outlet_words.txt"))


@lru_cache(maxsize=1)
def work_nouns() -> frozenset[str]:
    """Nouns, lower case, behind which a title may stand in quotation marks."""
    return frozenset(_lines("quotes_works.txt"))


@lru_cache(maxsize=1)
def outlet_tag() -> re.Pattern[str]:
    """A clause at the end of a content by which an outlet passes it on; group 1 is the mention of the outlet."""
    names = "|".join(re.escape(name) for name in sorted(outlets(), key=len, reverse=True))
    verbs = _outlet_verbs()
    nouns = "report|story|article|newspaper|news agency"
    return re.compile(rf"\s*[,—–]\s*((?:the\s+)?(?:{names})(?:\s+(?:{nouns}))?)\s+(?:{verbs})$", re.IGNORECASE)


@lru_cache(maxsize=1)
def outlet_tag_end() -> re.Pattern[str]:
    """The last word of :func:`outlet_tag`: where it does not stand at the end, the whole need not be looked for."""
    return re.compile(rf"(?:{_outlet_verbs()})$", re.IGNORECASE)


def _outlet_verbs() -> str:
    return "|".join(_lines("quotes_outlet_verbs.txt"))


def confidence_of(quote_type: QuoteType, method: str) -> float:
    """The measured share of quotations with right span and source among those that a rule attributed.

    A rule that was never seen to give this type of quotation has the share of the type.

    Raises:
        KeyError: when the rule has no line at all in ``quotes_confidence.tsv``.
    """
    shares = _confidences()
    if (quote_type, method) not in shares and not any((other, method) in shares for other in QuoteType):
        raise KeyError(method)
    return shares.get((quote_type, method), shares[quote_type, None])


@lru_cache(maxsize=1)
def _confidences() -> dict[tuple[QuoteType, str | None], float]:
    """Shares by type and rule; under None those of the whole types."""
    shares: dict[tuple[QuoteType, str | None], float] = {}
    right: Counter[QuoteType] = Counter()
    seen: Counter[QuoteType] = Counter()
    for line in _lines("quotes_confidence.tsv"):
        name, method, share, count = line.split("\t")
        quote_type = QuoteType(name)
        shares[quote_type, method] = float(share)
        right[quote_type] += round(float(share) * int(count))
        seen[quote_type] += int(count)
    return shares | {(quote_type, None): round(right[quote_type] / seen[quote_type], 3) for quote_type in seen}


def _by_form(name: str) -> dict[str, ReportingWord]:
    words: dict[str, ReportingWord] = {}
    for line in _lines(name):
        lemma, forms, frames = line.split("\t")
        word = ReportingWord(lemma, frozenset(Frame(frame) for frame in frames.split()))
        for form in [lemma, *forms.split()]:
            words.setdefault(form, word)
    return words


def _lines(name: str) -> Iterator[str]:
    text = resources.files("transforms.data").joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))
