"""What a person is, as the text says it right beside the name: titles before it, appositions after it."""

from collections.abc import Callable, Container, Iterator

from spacy.tokens import Doc, Token

from transforms.names.drafts import Draft
from transforms.names.lexicon import bodies, honorifics, role_nouns
from transforms.names.words import ids

_LONGEST_TITLE = 8
_LONGEST_APPOSITION = 12
_TITLE_POS = ids("PROPN", "NOUN", "ADJ")
_APPOSITION_POS = ids("PROPN", "NOUN", "ADJ", "PART", "NUM")
_LINKS = frozenset({"of", "for", "at"})
_LINK_IDS = ids(*_LINKS)
_ARTICLES = ids("a", "an", "the", "his", "her", "their", "its")
_COMMA = ids(",")
_HYPHEN = ids("-")
_DASHES = ids("-", "–", "-–")
_NAMING = ids("called", "named")
_MODIFIERS = ids("amod", "compound", "nmod")
_APPOSITION = ids("appos")
_OBJECT = ids("pobj")
_NOUN_TAG = ids("NN")
_HEAD_TAGS = ids("NN", "NNP")
_POSSESSIVE_TAG = ids("POS")
_NOUNS = ids("PROPN", "NOUN")
PERSON = "PERSON"
_ROLE_NOUNS: dict[str, Callable[[], Container[str]]] = {PERSON: role_nouns, "ORG": bodies}
"""Label → the nouns that say what something of this label is."""


def role_of(doc: Doc, draft: Draft, taken: bytearray) -> str | None:
    """What a person or body is, as it stands beside the name ("Russian Foreign Minister"), None when nothing does.

    A title before the name counts first, then an apposition after it, then a noun phrase that the name follows in
    apposition ("the chair of the judges, Ada Brandt").

    Args:
        doc: the text with part-of-speech tags and a parse.
        draft: a mention of a person or an organisation.
        taken: for each token whether it belongs to a person's name.
    """
    nouns = _ROLE_NOUNS[draft.label]()
    return (
        (_title_before(doc, draft, taken) if draft.label == PERSON else _kind_before(doc, draft))
        or apposition_after(doc, draft, taken, nouns)
        or (_plain_apposition(doc, draft) if draft.label == PERSON else None)
        or apposition_before(doc, draft, nouns)
    )


def apposition_after(doc: Doc, draft: Draft, taken: bytearray, nouns: Container[str] | None = None) -> str | None:
    """The role noun phrase in apposition after a mention (", the mayor of Keld"), None when there is none."""
    at = draft.last
    if at >= len(doc) or doc[at].orth not in _COMMA:
        return None
    start = at + 1
    if start < len(doc) and doc[start].lower in _ARTICLES:
        start += 1
    end = _run(doc, start, taken)
    if end == start or not _names_role(doc, end, role_nouns() if nouns is None else nouns):
        return None
    return _text(doc, start, _with_link(doc, end, taken))


def apposition_before(doc: Doc, draft: Draft, nouns: Container[str] | None = None) -> str | None:
    """The noun phrase that a name stands in apposition to: "the chair of the judges, Ada Brandt".

    So does "a tenor called Gwyn Amos". None when there is none, or it says nothing about what somebody is.
    """
    end = draft.first - 1
    if end < 1 or not (doc[end].orth in _COMMA or doc[end].lower in _NAMING) or doc[draft.first].is_sent_start:
        return None
    head = _head_before(doc, draft, end)
    if head.tag not in _HEAD_TAGS or head.lower_ not in (role_nouns() if nouns is None else nouns):
        return None
    first = head.i
    while first > 0 and head.i - first < _LONGEST_TITLE and _is_modifier(doc[first - 1]):
        first -= 1
    return _text(doc, first, end)


def _head_before(doc: Doc, draft: Draft, end: int) -> Token:
    """The noun that the phrase which ends before token ``end`` is built on; the last word when the parse is no help."""
    name = doc[draft.last - 1]
    if name.dep in _APPOSITION and end - _LONGEST_APPOSITION <= name.head.i < end:
        inside = name.head.dep in _OBJECT and name.head.head.lower in _LINK_IDS
        return name.head.head.head if inside else name.head
    for at in range(end - 1, max(end - _LONGEST_APPOSITION, 0), -1):
        if doc[at].lower in _LINK_IDS:
            return doc[at - 1]
        if doc[at].pos not in _APPOSITION_POS and doc[at].lower not in _ARTICLES:
            break
    return doc[end - 1]


def nouns_of(role: str) -> Iterator[str]:
    """The role nouns in a role, singular and lower case: "Russian Foreign Minister" → foreign minister, minister.

    A noun that says something else on its own is left out: a prime minister is not "the minister".
    """
    words = [word.strip(".,").lower() for word in role.split()]
    for at, word in enumerate(words):
        if word in _LINKS:
            return
        compound = role_nouns().get(f"{words[at - 1]} {word}") if at else None
        if compound is not None:
            yield compound.noun
            if word not in compound.wider:
                continue
        for form in (word, word.rpartition("-")[2]):
            honorific = honorifics().get(form)
            if form in role_nouns():
                yield form
            elif honorific is not None and honorific.noun is not None:
                yield honorific.noun


def head_noun(role: str) -> str | None:
    """The noun that a role is built on, whether we know it as a role or not: "tenor in the chapel choir" → tenor."""
    words = [word.strip(".,").lower() for word in role.split()]
    end = next((at for at, word in enumerate(words) if word in _LINKS), len(words))
    return words[end - 1] if end else None


def _title_before(doc: Doc, draft: Draft, taken: bytearray) -> str | None:
    at = draft.first
    while at > 0 and draft.first - at < _LONGEST_TITLE and not taken[at - 1] and not doc[at].is_sent_start:
        if not _belongs_to_title(doc[at - 1]):
            break
        at -= 1
    while at < draft.first and not doc[at].text[:1].isalpha():
        at += 1
    end = draft.first
    while end > at and _is_courtesy(doc[end - 1]):
        end -= 1
    return _text(doc, at, end) if end > at and _names_role(doc, end, role_nouns()) else None


def _belongs_to_title(token: Token) -> bool:
    if token.orth in _DASHES:
        return not token.whitespace_
    return token.pos in _TITLE_POS and not token.is_space and token.lower not in _ARTICLES


def _is_courtesy(token: Token) -> bool:
    honorific = honorifics().get(token.lower_.rstrip("."))
    return honorific is not None and honorific.noun is None


def _names_role(doc: Doc, end: int, nouns: Container[str]) -> bool:
    """Whether the word that ends before token ``end`` is one of the role nouns or a title."""
    word = doc[end - 1].lower_.strip(".")
    if word in nouns:
        return True
    honorific = honorifics().get(word)
    if honorific is not None:
        return honorific.noun is not None
    return end > 2 and doc[end - 2].orth in _HYPHEN and doc[end - 3].lower_ in nouns


def _plain_apposition(doc: Doc, draft: Draft) -> str | None:
    """A noun in apposition that is in no list ("Gwyn Amos, a tenor, …")."""
    for child in doc[draft.last - 1].rights:
        if child.dep in _APPOSITION and child.tag in _NOUN_TAG and not child.ent_type and child.i > draft.last:
            first = next((left.i for left in child.lefts if left.dep in _MODIFIERS), child.i)
            if child.left_edge.lower_ in {"a", "an", "the"} and child.i - first < _LONGEST_TITLE:
                return _text(doc, first, child.i + 1)
    return None


def _kind_before(doc: Doc, draft: Draft) -> str | None:
    """The noun for a body right before its name: "the union TransitVoice"."""
    at = draft.first - 1
    if at < 0 or doc[at].tag not in _NOUN_TAG or doc[at].lower_ not in bodies():
        return None
    return doc[at].text


def _is_modifier(token: Token) -> bool:
    return token.dep in _MODIFIERS and token.pos in _TITLE_POS


def _run(doc: Doc, start: int, taken: bytearray) -> int:
    """End of the noun phrase without its article that starts at token ``start``."""
    end = start
    while end < min(len(doc), start + _LONGEST_APPOSITION) and not doc[end].is_sent_start:
        is_owner = taken[end] and end + 1 < len(doc) and doc[end + 1].tag in _POSSESSIVE_TAG
        inside = doc[end].orth in _HYPHEN or (doc[end].pos in _APPOSITION_POS and not doc[end].is_space)
        if not inside or (taken[end] and not is_owner):
            break
        end += 1
    return end


def _with_link(doc: Doc, end: int, taken: bytearray) -> int:
    """End of the phrase with the "of", "for" or "at" that follows it, if what comes after is a plain noun phrase."""
    if end >= len(doc) or doc[end].lower not in _LINK_IDS:
        return end
    start = end + 1
    if start < len(doc) and doc[start].lower in _ARTICLES:
        start += 1
    last = _run(doc, start, taken)
    return last if last > start and doc[last - 1].pos in _NOUNS else end


def _text(doc: Doc, start: int, end: int) -> str:
    return doc[start:end].text
