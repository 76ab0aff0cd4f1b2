"""Mentions that hold more than one name, or none: parted, cut and dropped."""

import re
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from transforms.names.clean import narrowed
from transforms.names.drafts import Draft
from transforms.names.lexicon import cities, countries, given_names
from transforms.names.words import Words

_NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "NORP", "FAC"})
_PARTED = frozenset({"PERSON", "ORG"})
_TAIL = re.compile(r"(?:\s+(?:[+\d][\d./:+-]*[-+/:][\d./:+-]*|\+\d+))+$")
"""Scores, dates and telephone numbers after a name: "Estonia 1-0", "Newsroom +353"."""
_JOIN = re.compile(r",?\s+(?:and|or|&)\s+|,\s+")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])\s+(?=[^\W\d_])")


def trim_tails(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Take scores and dates off the ends of names, and words in small letters off the ends of people and places."""
    return [kept for draft in drafts if (kept := narrowed(doc, draft, 0, _tail(draft))) is not None]


def _tail(draft: Draft) -> int:
    if draft.label not in _NAMED:
        return 0
    match = _TAIL.search(draft.text)
    end = match.start() if match else len(draft.text)
    if draft.label in {"PERSON", "GPE"}:
        words = draft.text[:end].split(" ")
        while len(words) > 1 and words[-1].islower():
            words.pop()
        end = len(" ".join(words))
    return len(draft.text) - end


def part_pairs(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Part "Ada Brandt and Tomas Verrin", where each side is a name that the text has alone, or a full name."""
    alone = {draft.text for draft in drafts if draft.is_name}
    return [part for draft in drafts for part in _pair(doc, draft, alone)]


def _pair(doc: Doc, draft: Draft, alone: set[str]) -> Iterator[Draft]:
    match = _JOIN.search(draft.text) if draft.label in _PARTED else None
    if match is None:
        yield draft
        return
    sides = draft.text[: match.start()], draft.text[match.end() :]
    is_people = all(map(_is_full_name, sides))
    if not is_people and not (any(side in alone for side in sides) and all(" " not in side for side in sides)):
        yield draft
        return
    for left, right in ((0, len(draft.text) - match.start()), (match.end(), 0)):
        part = narrowed(doc, draft, left, right)
        if part is not None:
            if is_people:
                part.relabel("PERSON", "parted")
            yield part


def _is_full_name(text: str) -> bool:
    words = text.split()
    return len(words) in range(2, 4) and words[0].lower() in given_names() and words[-1][:1].isupper()


def part_known_possessors(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Part a possessor whom the text or a list knows from what is theirs ("Farrakhan’s Nation of Islam")."""
    alone = {draft.text: draft.label for draft in drafts if draft.label in _NAMED}
    return [part for draft in drafts for part in _possession(doc, draft, alone)]


def _possession(doc: Doc, draft: Draft, alone: dict[str, str]) -> Iterator[Draft]:
    match = _POSSESSIVE.search(draft.text) if draft.is_name else None
    owner = draft.text[: match.start()] if match else ""
    is_place = owner in countries() or owner in cities()
    if match is None or not (is_place or owner in alone):
        yield draft
        return
    for left, right in ((0, len(draft.text) - match.start()), (match.end(), 0)):
        part = narrowed(doc, draft, left, right)
        if part is not None:
            if not left:
                part.relabel("GPE" if is_place else alone[owner], "parted")
            if left == 0 or part.text[:1].isupper():
                yield part


def drop_common_words(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Drop what is no name: words in small letters, and words that begin a sentence and are common elsewhere in the text.

    "Attendance" at the start of a line is no name, if the text has "attendance", and the name nowhere within a sentence.
    """
    within = {draft.text for draft in drafts if not doc[draft.first].is_sent_start}
    return [draft for draft in drafts if not _is_common(doc, draft, within, words)]


def _is_common(doc: Doc, draft: Draft, within: set[str], words: Words) -> bool:
    if draft.label not in _NAMED - {"NORP", "FAC"}:
        return False
    if draft.text.islower():
        return True
    return (
        draft.last - draft.first == 1
        and draft.text.lower() in words
        and bool(doc[draft.first].is_sent_start)
        and draft.text not in within
        and draft.text not in countries()
        and draft.text not in cities()
    )
