"""Events: names that end, or go on to, a word for one ("U.S. Open", "Cuban Missile Crisis")."""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from transforms.names.drafts import Draft
from transforms.names.kinds import EVENT
from transforms.names.lexicon import event_words
from transforms.names.places import is_name_word
from transforms.names.words import Words

_NAMING = frozenset({"GPE", "LOC", "NORP", "ORG", "FAC", "WORK_OF_ART", "PRODUCT"})
"""Labels of what events are called after."""
_LONGEST = 4


def mark_events(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Make events of names that end, or go on to, a word for one."""
    # Ends of names from which an event word is in reach; most names are far from any.
    near = {end for at in words.of_kind(EVENT) for end in range(at + 1 - _LONGEST, at + 2)}
    kept: list[Draft] = []
    for draft in drafts:
        if kept and draft.first < kept[-1].last:
            continue  # swallowed by the event before
        kept.append((_event(doc, draft) if draft.last in near else None) or draft)
    return kept


def _event(doc: Doc, draft: Draft) -> Draft | None:
    if draft.label not in _NAMING:
        return None
    if draft.last - draft.first > 1 and doc[draft.last - 1].text in event_words():
        if not doc[draft.last - 1].text.isupper():
            draft.relabel("EVENT", "event")
        return None
    end = next(_event_ends(doc, draft.last), None)
    if end is None:
        return None
    span = doc[draft.first : end]
    return Draft(
        draft.first, end, draft.start, span.end_char, span.text, "EVENT", draft.label_model, (*draft.edits, "event")
    )


def _event_ends(doc: Doc, at: int) -> Iterator[int]:
    """One past the event word that capitalised words from token ``at`` lead to."""
    for end in range(at, min(at + _LONGEST, len(doc))):
        token = doc[end]
        if not doc[end - 1].whitespace_ or not is_name_word(token) or token.is_sent_start:
            return
        if token.text in event_words() and not (end + 1 < len(doc) and is_name_word(doc[end + 1])):
            yield end + 1
