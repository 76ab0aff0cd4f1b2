"""What a person is, as the text says it right beside the name: titles before it, appositions after it."""

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from transforms.names.drafts import Draft
from transforms.names.lexicon import honorifics, role_nouns

_LONGEST_TITLE = 8
_LONGEST_APPOSITION = 12
_TITLE_POS = frozenset({"PROPN", "NOUN", "ADJ"})
_APPOSITION_POS = frozenset({"PROPN", "NOUN", "ADJ", "PART", "NUM"})
_LINKS = frozenset({"of", "for", "at"})
_ARTICLES = frozenset({"a", "an", "the", "his", "her", "their", "its"})
_COMMA = ","


def role_of(doc: Doc, draft: Draft, taken: bytearray) -> str | None:
    """The title before or the apposition after a person's name ("Russian Foreign Minister"), None when there is none.

    Args:
        doc: the text with part-of-speech tags.
        draft: a mention of a person.
        taken: for each token whether it belongs to a person's name.
    """
    return _title_before(doc, draft, taken) or apposition_after(doc, draft, taken)


def apposition_after(doc: Doc, draft: Draft, taken: bytearray) -> str | None:
    """The role noun phrase in apposition after a mention (", the mayor of Keld"), None when there is none."""
    at = draft.last
    if at >= len(doc) or doc[at].text != _COMMA:
        return None
    start = at + 1
    if start < len(doc) and doc[start].lower_ in _ARTICLES:
        start += 1
    end = _run(doc, start, taken)
    if end == start or not _names_role(doc, end):
        return None
    return _text(doc, start, _with_link(doc, end, taken))


def nouns_of(role: str) -> Iterator[str]:
    """The role nouns in a role, singular and lower case: "Russian Foreign Minister" → foreign minister, minister."""
    words = [word.strip(".,").lower() for word in role.split()]
    for at, word in enumerate(words):
        if word in _LINKS:
            return
        for form in (word, word.rpartition("-")[2]):
            honorific = honorifics().get(form)
            if form in role_nouns():
                yield form
            elif honorific is not None and honorific.noun is not None:
                yield honorific.noun
        if at and f"{words[at - 1]} {word}" in role_nouns():
            yield f"{words[at - 1]} {word}"


def _title_before(doc: Doc, draft: Draft, taken: bytearray) -> str | None:
    at = draft.first
    while at > 0 and draft.first - at < _LONGEST_TITLE and not taken[at - 1] and not doc[at].is_sent_start:
        if not _belongs_to_title(doc[at - 1]):
            break
        at -= 1
    while at < draft.first and not doc[at].is_alpha:
        at += 1
    end = draft.first
    while end > at and _is_courtesy(doc[end - 1]):
        end -= 1
    return _text(doc, at, end) if end > at and _names_role(doc, end) else None


def _belongs_to_title(token: Token) -> bool:
    if token.text in "-–":
        return not token.whitespace_
    return token.pos_ in _TITLE_POS and not token.is_space and token.lower_ not in _ARTICLES


def _is_courtesy(token: Token) -> bool:
    honorific = honorifics().get(token.lower_.rstrip("."))
    return honorific is not None and honorific.noun is None


def _names_role(doc: Doc, end: int) -> bool:
    """Whether the word that ends before token ``end`` is a role noun or a title."""
    word = doc[end - 1].lower_.strip(".")
    if word in role_nouns():
        return True
    honorific = honorifics().get(word)
    if honorific is not None:
        return honorific.noun is not None
    return end > 2 and doc[end - 2].text == "-" and doc[end - 3].lower_ in role_nouns()


def _run(doc: Doc, start: int, taken: bytearray) -> int:
    """End of the noun phrase without its article that starts at token ``start``."""
    end = start
    while end < min(len(doc), start + _LONGEST_APPOSITION) and not doc[end].is_sent_start:
        is_owner = taken[end] and end + 1 < len(doc) and doc[end + 1].tag_ == "POS"
        inside = doc[end].text == "-" or (doc[end].pos_ in _APPOSITION_POS and not doc[end].is_space)
        if not inside or (taken[end] and not is_owner):
            break
        end += 1
    return end


def _with_link(doc: Doc, end: int, taken: bytearray) -> int:
    """End of the phrase with the "of", "for" or "at" that follows it, if what comes after is a plain noun phrase."""
    if end >= len(doc) or doc[end].lower_ not in _LINKS:
        return end
    start = end + 1
    if start < len(doc) and doc[start].lower_ in _ARTICLES:
        start += 1
    last = _run(doc, start, taken)
    return last if last > start and doc[last - 1].pos_ in {"PROPN", "NOUN"} else end


def _text(doc: Doc, start: int, end: int) -> str:
    return doc[start:end].text
