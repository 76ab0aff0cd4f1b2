"""People and places that are none: well-known bodies, names of companies, and words that are no names at all.

The model takes for a person whatever is capitalised where people are expected. A name is doubted here when its shape or
the text speaks against it and nothing in the text speaks for it: no full name that ends so, no title beside it.
"""

import re
from collections.abc import Sequence

from spacy.tokens import Doc

from transforms.names.drafts import Draft
from transforms.names.lexicon import (
    KnownName,
    cities,
    club_words,
    common_words,
    countries,
    given_names,
    honorifics,
    known_names,
)
from transforms.names.people import last_names
from transforms.names.places import says_where
from transforms.names.words import Words, ids

_PERSON = "PERSON"
_SOURCE = "known"
_DOUBTED = frozenset({_PERSON, "GPE", "LOC", "FAC", "NORP", "PRODUCT", "WORK_OF_ART", "LAW"})
_DROPPED = frozenset({_PERSON, "GPE", "LOC"})
_NO_NAME = re.compile(r"[)(\[\]@;:/\\|<>{}=_#$%]|\w[.!?][A-Z]\w*$|^\d")
"""Marks that no person's name holds: two words run together, addresses, headings."""
_INITIALS = 2
"""Letters that may stand for given names without stops ("JD")."""
_EXCHANGES = frozenset({"AMEX", "ASX", "LSE", "NASDAQ", "NYSE", "OTC", "TSX"})
_SHARES = ids("share", "shares", "stock", "stores")
_OPENING, _ARTICLES = ids("("), ids("a", "an")
_LOWER_THEN_UPPER = re.compile(r"[a-zà-ÿ][A-ZÀ-Þ]")
_INNER_CAPITAL = re.compile(r"(?:Mc|Mac|De|Di|La|Le|Van|Von|Fitz|O|D)['’]?[A-ZÀ-Þ]")


def label_known_names(drafts: Sequence[Draft]) -> list[Draft]:
    """Label well-known names of what is no person, and drop those of nothing that the tables hold."""
    people = _sure_people(drafts)
    kept: list[Draft] = []
    for draft in drafts:
        known = _known(draft) if draft.is_name else None
        if known is None or draft.text in people:
            kept.append(draft)
        elif known.label is not None:
            if draft.label == _PERSON or (draft.label in _DOUBTED and not known.is_ambiguous):
                draft.relabel(known.label, _SOURCE)
            draft.is_told = True
            kept.append(draft)
    return kept


def _known(draft: Draft) -> KnownName | None:
    """What the whole name is known for, or for a supposed person the first word of it ("Facebook Messenger")."""
    known = known_names().get(draft.text)
    if known is None and draft.label == _PERSON and " " in draft.text:
        known = known_names().get(draft.text.split()[0])
        if known is not None and known.is_ambiguous:
            return None
    return known


def _sure_people(drafts: Sequence[Draft]) -> frozenset[str]:
    """Surnames of full names that begin with a given name."""
    return last_names(
        draft.text for draft in drafts if draft.label == _PERSON and draft.text.split()[0].lower() in given_names()
    )


def label_companies(doc: Doc, drafts: Sequence[Draft]) -> None:
    """Label ORG what ends in a word for companies ("Torvik Motors") or has shares ("Torvik shares fell")."""
    people = _sure_people(drafts)
    traded: set[str] = set()
    for draft in drafts:
        if draft.label == _PERSON:
            words = draft.text.split()
            if len(words) > 1 and words[-1].strip(".,").lower() in club_words():
                draft.relabel("ORG", "company")
                draft.is_told = True
            elif draft.text not in people and words[0].lower() not in given_names() and _is_traded(doc, draft.last):
                traded.add(draft.text)
    for draft in drafts:
        if draft.text in traded and draft.label == _PERSON:
            draft.relabel("ORG", "company")
            draft.is_told = True


def _is_traded(doc: Doc, at: int) -> bool:
    """Whether "shares", or an exchange in brackets, stands at token ``at``."""
    if at + 1 < len(doc) and doc[at].orth in _OPENING:
        return doc[at + 1].text.upper() in _EXCHANGES
    return at < len(doc) and doc[at].lower in _SHARES


def drop_doubtful(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Drop people and places whose shape no name has, or whose every word the text also has in small letters."""
    people = _sure_people(drafts)
    counted = {draft.text for draft in drafts if draft.label == _PERSON and _is_counted(doc, draft.first)}
    return [draft for draft in drafts if not _is_doubtful(doc, draft, people, counted, words)]


def _is_counted(doc: Doc, first: int) -> bool:
    """Whether an indefinite article or a number stands before token ``first``: "a Strong Buy", "12 Holds"."""
    return first > 0 and (doc[first - 1].lower in _ARTICLES or doc[first - 1].like_num)


def _is_doubtful(doc: Doc, draft: Draft, people: frozenset[str], counted: set[str], words: Words) -> bool:
    if draft.label not in _DROPPED:
        return False
    parts = draft.text.split()
    if draft.label == _PERSON:
        if _NO_NAME.search(draft.text) or _has_inner_capital(draft.text) or _is_code(parts):
            return True
    elif draft.text in countries() or draft.text in cities():
        return False
    if draft.text in people or _is_given(parts[0]) or _has_title(doc, draft):
        return False
    if draft.label == _PERSON and draft.text in counted:
        return True
    return all(_is_used(part, words) for part in parts) and not says_where(doc, draft.first, draft.last)


def _has_inner_capital(text: str) -> bool:
    """ "SpaceX", but not "McDonald"; a name of several words may hold one ("Ana DiLuca")."""
    return " " not in text and bool(_LOWER_THEN_UPPER.search(text)) and not _INNER_CAPITAL.search(text)


def _is_code(parts: Sequence[str]) -> bool:
    """Whether a name begins with an abbreviation and goes on in small letters: "DAR Outperform"."""
    return (
        len(parts) > 1
        and parts[0].isupper()
        and len(parts[0]) > _INITIALS
        and not parts[-1].isupper()
        and "." not in parts[0]
    )


def _is_used(word: str, words: Words) -> bool:
    small = word.lower()
    return word == small or (not word.isupper() and any(form in words for form in (small, small.removesuffix("s"))))


def _is_given(word: str) -> bool:
    return word.lower() in given_names() and word.lower() not in common_words()


def _has_title(doc: Doc, draft: Draft) -> bool:
    return draft.first > 0 and doc[draft.first - 1].lower_.rstrip(".") in honorifics()
