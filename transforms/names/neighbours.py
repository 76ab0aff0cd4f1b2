"""People whom the model missed or took for something else, known by the words beside their names.

A title before the name, an age or "who" after it, or an apposition that says what somebody is, tell a person whatever
the name looks like: the model knows the names that it has seen, and news is full of others.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from spacy.attrs import DEP
from spacy.tokens import Doc, Token

from transforms.names.drafts import Draft, taken_tokens
from transforms.names.kinds import TITLE, is_title
from transforms.names.lexicon import (
    cities,
    common_words,
    countries,
    demonyms,
    ends_a_body,
    given_names,
    honorifics,
    role_nouns,
)
from transforms.names.roles import apposition_after, apposition_before
from transforms.names.words import PROPN, Words, id_of, ids

_PERSON = "PERSON"
_SOURCE = "neighbours"
"""What these steps leave in ``label_source``."""
_MISTAKEN = frozenset({"ORG", "GPE", "LOC", "FAC", "WORK_OF_ART", "PRODUCT", "EVENT"})
_APPOSITION, _POSSESSIVE = id_of("appos"), id_of("poss")
_NOUNS = ids("PROPN", "NOUN")
_COMMA, _HYPHEN, _WHO = ids(","), ids("-"), ids("who")
_MOST_WORDS = 4
_OLDEST = 120
_PARTICLES = frozenset({"al", "bin", "da", "de", "del", "der", "di", "dos", "du", "el", "la", "le", "van", "von"})


def label_by_neighbours(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Relabel names that their neighbours tell to be people, and add people of whom the model saw nothing."""
    taken = taken_tokens(doc, drafts)
    contested = _contested(drafts)
    for draft in drafts:
        is_person = draft.label == _PERSON and draft.text in contested
        if draft.is_told:
            continue
        if (draft.label in _MISTAKEN or is_person) and _may_be_person(draft.text) and _is_told(doc, draft, taken):
            draft.relabel(_PERSON, _SOURCE)
            draft.is_told = True
    added = list(_unseen(doc, taken, words))
    return sorted([*drafts, *added], key=lambda draft: draft.start) if added else list(drafts)


def _contested(drafts: Sequence[Draft]) -> frozenset[str]:
    """Names that are people's in one place and something else in another."""
    people = {draft.text for draft in drafts if draft.label == _PERSON}
    return frozenset(draft.text for draft in drafts if draft.label in _MISTAKEN and draft.text in people)


def _may_be_person(text: str) -> bool:
    words = text.split()
    if not 0 < len(words) <= _MOST_WORDS or text in countries() or text in demonyms():
        return False
    if ends_a_body(words[-1]):
        return False
    return all(_is_name_word(word) for word in words) and words[0].lower() not in _PARTICLES


def _is_name_word(word: str) -> bool:
    if word.lower() in _PARTICLES:
        return True
    letters = word.strip(".")
    return letters[:1].isupper() and (len(letters) <= 1 or not letters.isupper()) and not any(map(str.isdigit, letters))


def _is_told(doc: Doc, draft: Draft, taken: bytearray) -> bool:
    is_full = " " in draft.text
    if draft.first > 0:
        before = doc[draft.first - 1]
        if _is_honorific(before) or (is_full and _is_role(before)):
            return True
    return (
        _has_age(doc, draft.last)
        or (is_full and _is_who(doc, draft.last))
        or apposition_after(doc, draft, taken) is not None
        or (is_full and apposition_before(doc, draft) is not None)
        or (not is_full and _is_given_name(draft.text))
    )


def _is_honorific(token: Token) -> bool:
    return token.lower_.rstrip(".") in honorifics() and token.text[:1].isupper() and token.dep != _POSSESSIVE


def _is_role(token: Token) -> bool:
    return token.lower_ in role_nouns() and (token.text.islower() or bool(token.is_sent_start))


def _has_age(doc: Doc, at: int) -> bool:
    if at + 2 >= len(doc) or doc[at].orth not in _COMMA or not doc[at + 1].text.isdecimal():
        return False
    return len(doc[at + 1].text) <= 3 and int(doc[at + 1].text) <= _OLDEST and doc[at + 2].text in {",", "."}


def _is_who(doc: Doc, at: int) -> bool:
    if at < len(doc) and doc[at].orth in _COMMA:
        at += 1
    return at < len(doc) and doc[at].lower in _WHO


def _is_given_name(word: str) -> bool:
    return word.lower() in given_names() and word.lower() not in common_words() and word not in cities()


def _unseen(doc: Doc, taken: bytearray, words: Words) -> Iterator[Draft]:
    """Runs of proper nouns after a title, or in apposition to one, in which the model saw no name."""
    end = 0
    for at in sorted({*_after_titles(doc, words), *_appositions(doc)}):
        if at < end:
            continue
        last = _run(doc, at, taken)
        text = doc[at:last].text
        if last > at and _may_be_unseen(text) and (" " in text or _is_honorific(doc[at - 1])):
            end = last
            yield Draft(at, last, doc[at].idx, doc[at].idx + len(text), text, _PERSON, "", edits=(_SOURCE,))


def _after_titles(doc: Doc, words: Words) -> Iterator[int]:
    for at in words.of_kind(TITLE):
        if at + 1 < len(doc) and (_is_honorific(doc[at]) or _is_role(doc[at])):
            yield at + 1


def _appositions(doc: Doc) -> Iterator[int]:
    """First tokens of the proper nouns that stand in apposition to a role ("the mayor of Stowle, Wendeline Prior")."""
    for at in np.flatnonzero(doc.to_array([DEP]) == _APPOSITION):
        token = doc[int(at)]
        if token.pos == PROPN and token.head.i < token.i and token.head.lower_ in role_nouns():
            first = token.i
            while first > token.head.i + 1 and (doc[first - 1].pos == PROPN or _is_inner_hyphen(doc[first - 1])):
                first -= 1
            yield first


def _is_inner_hyphen(token: Token) -> bool:
    return token.orth in _HYPHEN and not token.whitespace_


def _run(doc: Doc, first: int, taken: bytearray) -> int:
    """End of the run of capitalised proper nouns from token ``first`` that belong to no name yet."""
    end = first
    while end < len(doc) and not taken[end]:
        token = doc[end]
        is_name = token.pos in _NOUNS and token.text[:1].isupper()
        is_inside = end > first and (token.lower_ in _PARTICLES or _is_inner_hyphen(token))
        if not (is_name or is_inside) or (end > first and token.is_sent_start):
            break
        end += 1
    if end < len(doc) and taken[end]:
        return first  # the run goes on into a name that the model did see
    while end > first and (doc[end - 1].lower_ in _PARTICLES or doc[end - 1].orth in _HYPHEN):
        end -= 1
    return end


def _may_be_unseen(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= _MOST_WORDS
        and not ends_a_body(words[-1])
        and not any(is_title(word.lower()) for word in words)
        and text not in countries()
        and text not in demonyms()
    )
