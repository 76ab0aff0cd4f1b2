"""Countries and large cities, by lists: what the model missed or took for something else. Guarded, for names lie.

A listed name is no place inside a longer name ("Manchester United", "Bank of England"), nor as the surname of somebody
the text knows; one that is often something else ("Lincoln") needs a word beside it that says where.
"""

from collections.abc import Sequence

from spacy.tokens import Doc, Token

from transforms.names.drafts import Draft, taken_tokens
from transforms.names.kinds import PLACE
from transforms.names.lexicon import cities, countries, demonyms, listed_places
from transforms.names.people import last_names
from transforms.names.words import PROPN, Words, ids

_PLACES = frozenset({"GPE", "LOC", "FAC"})
_MISTAKEN = frozenset({"PERSON", "FAC", "LOC", "PRODUCT", "WORK_OF_ART", "NORP", "EVENT", "LAW"})
"""Labels that the model gives to cities by mistake; an organisation may well be a club or a government."""
_WHERE = ids("in", "near", "outside")
_JOINS = ids("of", "for", "&")
_COMMA = ids(",")
_HYPHENS = ids("-", "/")
_DATELINE_MARKS = ids("(", "—", "–", "--")
_DATE_SHAPE = ids("dddd-dd-dd")


def label_countries(drafts: Sequence[Draft]) -> None:
    """Label the names of countries GPE and their demonyms NORP, unless the name is ambiguous ("Georgia", "Jordan")."""
    for draft in drafts:
        if not draft.is_name:
            continue
        country = countries().get(draft.text)
        if country is not None and not country.is_ambiguous:
            draft.relabel("GPE", "country")
        elif draft.text in demonyms() and draft.label in _PLACES | {"PERSON", "ORG"}:
            draft.relabel("NORP", "country")


def label_cities(doc: Doc, drafts: Sequence[Draft]) -> None:
    """Label large cities GPE where the model has them as something else."""
    people = last_names(draft.text for draft in drafts if draft.label == "PERSON")
    for draft in drafts:
        city = cities().get(draft.text) if draft.is_name else None
        if city is None or draft.label == "GPE":
            continue
        told = says_where(doc, draft.first, draft.last)
        if told or (draft.label in _MISTAKEN and not city.is_ambiguous and draft.text not in people):
            draft.relabel("GPE", "city")


def add_places(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Add countries and large cities of which the model saw nothing."""
    taken = taken_tokens(doc, drafts)
    people = last_names(draft.text for draft in drafts if draft.label == "PERSON")
    added: list[Draft] = []
    end = 0
    for at in words.of_kind(PLACE):
        found = None if at < end or taken[at] else _unseen(doc, at, taken)
        if found is not None and found.text not in people:
            added.append(found)
            end = found.last
    return sorted([*drafts, *added], key=lambda draft: draft.start) if added else list(drafts)


def says_where(doc: Doc, first: int, last: int) -> bool:
    """Whether the words beside tokens ``first:last`` tell a place: "in …", "…, Texas", or the start of a dateline."""
    before = doc[first - 1] if first else None
    if before is not None and before.lower in _WHERE:
        return not _goes_on(doc, last)
    if last + 1 < len(doc) and doc[last].orth in _COMMA and doc[last + 1].text in countries():
        return True
    return _is_dateline(doc, first, last)


def _is_dateline(doc: Doc, first: int, last: int) -> bool:
    begins = first == 0 or "\n" in doc[first - 1].text
    return begins and last < len(doc) and (doc[last].orth in _DATELINE_MARKS or doc[last].shape in _DATE_SHAPE)


def _unseen(doc: Doc, at: int, taken: bytearray) -> Draft | None:
    for name in listed_places()[doc[at].text]:
        last = at + len(name)
        if any(taken[at:last]) or tuple(token.text for token in doc[at:last]) != name:
            continue
        span = doc[at:last]
        if _is_place(doc, span.text, at, last):
            return Draft(at, last, span.start_char, span.end_char, span.text, "GPE", "", edits=("gazetteer",))
    return None


def _is_place(doc: Doc, text: str, first: int, last: int) -> bool:
    entry = cities().get(text) or countries()[text]
    if _goes_on(doc, last) or _is_led_in(doc, first):
        return False
    return not entry.is_ambiguous or says_where(doc, first, last)


def _goes_on(doc: Doc, last: int) -> bool:
    """Whether a longer name may go on at token ``last``: a capitalised word, or a hyphen ("Paris-Roubaix")."""
    if last >= len(doc) or not doc[last - 1].whitespace_:
        return (
            last < len(doc) and doc[last].orth in _HYPHENS and last + 1 < len(doc) and doc[last + 1].text[:1].isupper()
        )
    return is_name_word(doc[last]) and not doc[last].is_sent_start


def _is_led_in(doc: Doc, first: int) -> bool:
    """Whether a longer name leads up to token ``first``: a capitalised word, or "Bank of"."""
    if first == 0 or doc[first].is_sent_start:
        return False
    before = doc[first - 1]
    if before.lower in _JOINS and first > 1:
        before = doc[first - 2]
    return is_name_word(before) and "\n" not in before.text


def is_name_word(token: Token) -> bool:
    """Whether a token is a capitalised proper noun."""
    return token.pos == PROPN and token.text[:1].isupper()
