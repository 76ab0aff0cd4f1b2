"""Mentions that hold more than one name, or none: parted, cut and dropped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from spacy.lang.en.stop_words import STOP_WORDS
from spacy.tokens import Doc, Token

from transforms.names.clean import narrowed, narrowed_unsettled
from transforms.names.drafts import Draft, is_name, taken_tokens
from transforms.names.lexicon import cities, common_words, countries, demonyms, given_names, role_nouns
from transforms.names.people import last_names
from transforms.names.places import is_name_word
from transforms.names.words import Words, ids

_DASH = re.compile(r"\s+(?:-+|–|—)\s+")
_NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "NORP", "FAC"})
_CAPITALISED = frozenset({"PERSON", "GPE"})
"""Labels of names that end in a capitalised word; a body's may end in a small one ("Harwick police")."""
_COMMON = _NAMED - {"NORP", "FAC"}
_MINISTER = ids("Minister")
_PARTED = frozenset({"PERSON", "ORG"})
_TAIL = re.compile(r"(?:\s+(?:[+\d][\d./:+-]*[-+/:][\d./:+-]*|\+\d+))+$")
"""Scores, dates and telephone numbers after a name: "Estonia 1-0", "Newsroom +353"."""
_JOIN = re.compile(r",?\s+(?:and|or|&)\s+|,\s+")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])\s+(?=[^\W\d_])")


def trim_tails(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Take scores, dates and "of" off the ends of names, and words in small letters off those of people and places."""
    return narrowed_unsettled(doc, drafts, lambda text, label: (0, tail(text, label)))


def tail(text: str, label: str) -> int:
    """Length of what stands at the end of a name and does not belong to it."""
    if label not in _NAMED:
        return 0
    match = _TAIL.search(text)
    end = match.start() if match else len(text)
    words = text[:end].split(" ")
    while len(words) > 1 and words[-1].islower() and (label in _CAPITALISED or words[-1] in STOP_WORDS):
        words.pop()
    return len(text) - len(" ".join(words))


def cut_dashes(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Part what a dash between spaces joins ("Soccer - Verrin"): names do not hold one.

    Parts that are known elsewhere stay, else the last one does.
    """
    if not any(not draft.is_settled and has_dash(draft.text, draft.label) for draft in drafts):
        return list(drafts)
    alone = {draft.text: draft.label for draft in drafts if draft.label in _NAMED}
    alone |= dict.fromkeys(last_names(text for text, label in alone.items() if label == "PERSON"), "PERSON")
    return [part for draft in drafts for part in _around_dashes(doc, draft, alone)]


def has_dash(text: str, label: str) -> bool:
    """Whether there is a dash between spaces within a name."""
    return label in _NAMED and _DASH.search(text) is not None


def _around_dashes(doc: Doc, draft: Draft, alone: dict[str, str]) -> Iterator[Draft]:
    dashes = [] if draft.is_settled or draft.label not in _NAMED else list(_DASH.finditer(draft.text))
    if not dashes:
        yield draft
        return
    starts, ends = [0, *(dash.end() for dash in dashes)], [*(dash.start() for dash in dashes), len(draft.text)]
    known = [(start, end) for start, end in zip(starts, ends, strict=True) if draft.text[start:end] in alone]
    for start, end in known or [(starts[-1], ends[-1])]:
        part = narrowed(doc, draft, start, len(draft.text) - end)
        if part is not None:
            part.relabel(alone.get(part.text, part.label), "parted")
            yield part


def trim_descriptions(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Take peoples and roles off the front of people's names ("Norlandic King Tomas" → "Tomas")."""
    return [kept for draft in drafts if (kept := _undescribed(doc, draft)) is not None]


def has_description(text: str, label: str) -> bool:
    """Whether a name of several words begins with a people or a role."""
    return label in _PARTED and " " in text and _describes(text.partition(" ")[0])


def _undescribed(doc: Doc, draft: Draft) -> Draft | None:
    if draft.is_settled or not has_description(draft.text, draft.label):
        return draft
    words = draft.text.split(" ")
    count = 0
    while count < len(words) - 1 and _describes(words[count]):
        count += 1
    rest = words[count:]
    is_full = _is_full_name(" ".join(rest))
    is_people = draft.label == "PERSON" and (len(rest) > 1 or not _is_people(words[count - 1]))
    if not (is_full or is_people):
        return draft
    kept = narrowed(doc, draft, len(" ".join(words[:count])) + 1, 0)
    if kept is not None:
        kept.relabel("PERSON", "parted")
    return kept


def _describes(word: str) -> bool:
    return _is_people(word) or word.lower() in role_nouns()


def _is_people(word: str) -> bool:
    return word in demonyms() and word.lower() not in given_names()


def join_names(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Join a given name and the surname beside it, of which the model saw one, or each on its own."""
    if not any(map(_is_single, drafts)):
        return list(drafts)
    starts = {draft.first: draft for draft in drafts if draft.label == "PERSON"}
    taken = taken_tokens(doc, drafts)
    gone: set[int] = set()
    joined: list[Draft] = []
    for draft in drafts:
        if draft.first in gone:
            continue
        joined.append(_joined(doc, draft, taken, starts, gone) if _is_single(draft) else draft)
    return joined


def _is_single(draft: Draft) -> bool:
    return draft.label == "PERSON" and draft.last - draft.first == 1


def _joined(doc: Doc, draft: Draft, taken: bytearray, starts: dict[int, Draft], gone: set[int]) -> Draft:
    first, last = draft.first, draft.last
    if _is_given(doc[first]) and last < len(doc) and _is_plain(doc, last) and doc[first].whitespace_ == " ":
        after = starts.get(last)
        if after is not None and after.last - after.first == 1:
            gone.add(last)
            last += 1
        elif not taken[last] and not (last + 1 < len(doc) and is_name_word(doc[last + 1])):
            last += 1
    elif first > 0 and not taken[first - 1] and _begins_name(doc, first - 1):
        first -= 1
    if (first, last) == (draft.first, draft.last):
        return draft
    span = doc[first:last]
    return replace(
        draft,
        first=first,
        last=last,
        start=span.start_char,
        end=span.end_char,
        text=span.text,
        edits=(*draft.edits, "joined"),
    )


def _begins_name(doc: Doc, at: int) -> bool:
    """Whether token ``at`` is a given name, with no other name right before it."""
    is_given = _is_given(doc[at]) and doc[at].whitespace_ == " "
    return is_given and (at == 0 or not is_name_word(doc[at - 1]))


def _is_given(token: Token) -> bool:
    return token.text[:1].isupper() and token.lower_ in given_names() and token.lower_ not in common_words()


def _is_plain(doc: Doc, at: int) -> bool:
    token = doc[at]
    return is_name_word(token) and token.text.isalpha() and not token.is_sent_start and token.text not in countries()


def part_pairs(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """Part "Ada Brandt and Tomas Verrin", where each side is a name that the text has alone, or a full name."""
    if all(draft.is_settled or not is_pair(draft.text, draft.label) for draft in drafts):
        return list(drafts)
    alone = {draft.text for draft in drafts if draft.is_name}
    return [part for draft in drafts for part in _pair(doc, draft, alone)]


def is_pair(text: str, label: str) -> bool:
    """Whether there is an "and", "or" or comma within a name."""
    return label in _PARTED and _JOIN.search(text) is not None


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
    if all(draft.is_settled or not has_possession(draft.text, draft.label) for draft in drafts):
        return list(drafts)
    alone = {draft.text: draft.label for draft in drafts if draft.label in _NAMED}
    return [part for draft in drafts for part in _possession(doc, draft, alone)]


def has_possession(text: str, label: str) -> bool:
    """Whether there is a possessive before a word within a name."""
    return is_name(label) and _POSSESSIVE.search(text) is not None


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
    """Drop what is no name: words in small letters, and words that begin a sentence and are common elsewhere.

    "Attendance" at the start of a line is no name, if the text has "attendance" and no such name within a sentence.
    """
    common = [draft for draft in drafts if draft.label in _COMMON and _may_be_common(doc, draft, words)]
    if not common:
        return list(drafts)
    within = {draft.text for draft in drafts if not doc[draft.first].is_sent_start}
    gone = {id(draft) for draft in common if _is_lower_or_office(doc, draft) or draft.text not in within}
    return [draft for draft in drafts if id(draft) not in gone]


def _may_be_common(doc: Doc, draft: Draft, words: Words) -> bool:
    """Whether it is no name, unless the text has it within a sentence, too."""
    if _is_lower_or_office(doc, draft):
        return True
    return (
        draft.last - draft.first == 1
        and draft.text.lower() in words
        and bool(doc[draft.first].is_sent_start)
        and draft.text not in countries()
        and draft.text not in cities()
    )


def _is_lower_or_office(doc: Doc, draft: Draft) -> bool:
    return draft.text.islower() or _is_office(doc, draft)


def _is_office(doc: Doc, draft: Draft) -> bool:
    """Whether a word is part of the minister's title that follows: "Education Minister" names no body."""
    is_word = draft.label == "ORG" and draft.last - draft.first == 1 and draft.last < len(doc)
    return is_word and doc[draft.last].orth in _MINISTER
