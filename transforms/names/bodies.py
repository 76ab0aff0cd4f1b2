"""Organisations that the model missed or took for something else, known by what stands beside their names.

A noun for a body before or after the name ("news agency Tanjug", "Interfax news agency"), and abbreviations that the
text explains ("Central Narcotics Bureau (CNB)").
"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from transforms.names.drafts import Draft, taken_tokens
from transforms.names.kinds import NAMED_BODY
from transforms.names.lexicon import countries, demonyms, given_names
from transforms.names.organisations import initials_of
from transforms.names.people import name_words
from transforms.names.places import is_name_word
from transforms.names.words import NOUN, Words, ids

_ORG = "ORG"
_SOURCE = "body"
"""What these steps leave in ``label_source``."""
_MISTAKEN = frozenset({"PERSON", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "WORK_OF_ART", "EVENT", "LAW"})
_ABBREVIATION = range(2, 8)
_LONGEST = 4
_SUBJECT = ids("nsubj")
_OPENING, _CLOSING, _THE = ids("("), ids(")"), ids("the")


def label_bodies(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Relabel names that stand right after a noun for a body, and add those of which the model saw nothing."""
    starts = {draft.first: draft for draft in drafts}
    taken = taken_tokens(doc, drafts)
    added: list[Draft] = []
    for at in words.of_kind(NAMED_BODY):
        first = at + 1
        if first >= len(doc) or not doc[at].whitespace_ or doc[at].pos != NOUN or not is_name_word(doc[first]):
            continue
        draft = starts.get(first)
        if draft is not None:
            if draft.label in _MISTAKEN and _may_be_body(draft.text) and doc[draft.first].dep not in _SUBJECT:
                draft.relabel(_ORG, _SOURCE)
                draft.is_told = True
        elif not taken[first] and (found := _run(doc, first, taken)) is not None:
            added.append(found)
    return sorted([*drafts, *added], key=lambda draft: draft.start) if added else list(drafts)


def _may_be_body(text: str) -> bool:
    words = text.split()
    is_person = len(words) > 1 and words[0].lower() in given_names()
    return not is_person and text not in countries() and text not in demonyms()


def _run(doc: Doc, first: int, taken: bytearray) -> Draft | None:
    end = first
    while end < min(len(doc), first + _LONGEST) and not taken[end] and is_name_word(doc[end]):
        end += 1
    span = doc[first:end]
    if end < len(doc) and taken[end] and doc[end - 1].whitespace_:
        return None
    return Draft(first, end, span.start_char, span.end_char, span.text, _ORG, "", edits=(_SOURCE,))


def label_abbreviations(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Label the abbreviations that the text explains: "Central Narcotics Bureau (CNB)" and "CNB (Central …)"."""
    starts = {draft.first: draft for draft in drafts}
    ends = {draft.last: draft for draft in drafts}
    added: list[Draft] = []
    for draft in drafts:
        if draft.label != _ORG or " " not in draft.text:
            continue
        for at in _beside(doc, draft):
            if not _abbreviates(doc[at].text, draft.text):
                continue
            known = starts.get(at) or ends.get(at + 1)
            if known is None:
                token = doc[at]
                end = token.idx + len(token.text)
                added.append(Draft(at, at + 1, token.idx, end, token.text, _ORG, "", edits=("abbreviation",)))
            elif known.is_name and known.last - known.first == 1:
                known.relabel(_ORG, "abbreviation")
                known.is_told = True
    return sorted([*drafts, *added], key=lambda draft: draft.start) if added else list(drafts)


def _beside(doc: Doc, draft: Draft) -> Iterator[int]:
    """The token in brackets after a name, and the token before a name in brackets."""
    if draft.last + 2 < len(doc) and doc[draft.last].orth in _OPENING and doc[draft.last + 2].orth in _CLOSING:
        yield draft.last + 1
    opening = draft.first - 1
    if opening > 0 and doc[opening].lower in _THE:
        opening -= 1
    if opening > 0 and doc[opening].orth in _OPENING:
        yield opening - 1


def _abbreviates(short: str, name: str) -> bool:
    letters = short.replace(".", "")
    return letters.isupper() and len(letters) in _ABBREVIATION and letters.casefold() in initials_of(name_words(name))
