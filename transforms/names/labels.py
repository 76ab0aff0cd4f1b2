"""Labels of mentions: one document means one thing by one name."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence

from spacy.tokens import Doc, Token

from transforms.names.drafts import Draft, taken_tokens
from transforms.names.kinds import GIVEN_NAME
from transforms.names.lexicon import (
    cities,
    club_words,
    common_words,
    countries,
    demonyms,
    ends_a_body,
    given_names,
    honorifics,
    tokens_of,
)
from transforms.names.people import GENERATIONS
from transforms.names.places import says_where
from transforms.names.words import NOUN, PROPN, Words

_PERSON = "PERSON"
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_MISTAKEN = frozenset({"ORG", "GPE", "LOC", "NORP", "FAC", "WORK_OF_ART", "PRODUCT"})
"""Labels that the model gives to people by mistake."""
_MISTAKEN_COMPANIES = frozenset({_PERSON, "GPE", "LOC", "NORP", "FAC", "PRODUCT"})
_FULL_NAME_WORDS = range(2, 5)
_CARRIED = frozenset({_PERSON, "ORG", "GPE", "NORP", "LOC"})
"""Labels whose names are carried over to places that the model missed."""


def vote_by_form(drafts: Sequence[Draft]) -> None:
    """Give every mention of one surface form the label that most of them have; ties go to the first.

    Where words beside some of the mentions told what they are, only these vote.
    """
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    contested = _contested(drafts)
    if not contested:
        return
    for draft in drafts:
        if draft.is_name and draft.text in contested:
            votes[draft.text][draft.label] += 1
            if draft.is_told:
                told[draft.text][draft.label] += 1
    winners = {form: told.get(form, counts).most_common(1)[0][0] for form, counts in votes.items()}
    for draft in drafts:
        if draft.is_name and draft.text in winners:
            draft.relabel(winners[draft.text], "majority")


def _contested(drafts: Iterable[Draft]) -> set[str]:
    """Texts of names that are not of the same label everywhere."""
    label_of: dict[str, str] = {}
    return {
        draft.text for draft in drafts if draft.is_name and label_of.setdefault(draft.text, draft.label) != draft.label
    }


def label_full_names(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Make people of a given name and a surname that the model took for something else, or did not see.

    Names of things called after people ("Grace Brandt Foundation"), headlines that begin with the name of somebody
    known and given names that are places are left alone.
    """
    people = {draft.text for draft in drafts if draft.label == _PERSON}
    for draft in drafts:
        if draft.is_told or draft.label not in _MISTAKEN:
            continue
        parts = draft.text.split()
        if len(parts) in _FULL_NAME_WORDS and _is_full_name(parts) and not _goes_on(parts, people):
            draft.relabel(_PERSON, "given_name")
    taken = taken_tokens(doc, drafts)
    added = [
        Draft(at, at + 2, doc[at].idx, doc[at].idx + len(text), text, _PERSON, "", edits=("given_name",))
        for at in words.of_kind(GIVEN_NAME)
        if at + 1 < len(doc) and not taken[at] and (text := _unseen_full_name(doc, at, taken))
    ]
    return sorted([*drafts, *added], key=lambda draft: draft.start) if added else list(drafts)


def _goes_on(parts: Sequence[str], people: Container[str]) -> bool:
    """Whether somebody known is at the start of it, and more words follow."""
    return any(" ".join(parts[:count]) in people for count in range(2, len(parts)))


def label_surnames(doc: Doc, drafts: Sequence[Draft]) -> None:
    """Label the bare surname of a person whose full name the document has PERSON, and a surname that comes first.

    A name that is also a country's is left alone, and so is one that the text uses for a place ("in Jackson"), or that
    is a city's which the model sees more often than the person's full name ("Washington" beside "Denzel Washington").
    """
    surnames = surnames_of(drafts)
    first_names = _first_names(drafts)
    places = Counter(draft.text for draft in drafts if draft.label_model == "GPE" and draft.text in cities())
    used = {
        draft.text
        for draft in drafts
        if draft.text in surnames and draft.label in _PLACES and says_where(doc, draft.first, draft.last)
    }
    for draft in drafts:
        text = draft.text
        if text not in surnames and text not in first_names:
            continue
        if not draft.is_name or text in used or (draft.is_told and draft.label != _PERSON):
            continue
        is_surname = text in surnames and places[text] <= surnames[text] + 1
        if is_surname or (text in first_names and draft.label in _MISTAKEN):
            draft.relabel(_PERSON, "surname")


def _first_names(drafts: Iterable[Draft]) -> frozenset[str]:
    """First words of full names, where they are nobody's given name and no place: as in "Wang Donghai"."""
    names = [draft.text.split() for draft in drafts if draft.label == _PERSON]
    found = {words[0] for words in names if len(words) == 2}
    return frozenset(
        word
        for word in found
        if _is_surname(word) and word not in cities() and word not in demonyms() and word.lower() not in common_words()
    )


def label_short_names(drafts: Sequence[Draft]) -> None:
    """Label the short name of a company ORG: "Magna", where the text has "Magna Works Inc"."""
    short: set[str] = set()
    for draft in drafts:
        words = draft.text.split() if draft.label == "ORG" else []
        if len(words) > 1 and words[-1].strip(".,").lower() in club_words():
            short |= {words[0], " ".join(words[:-1])}
    if not short:
        return
    people = surnames_of(drafts)
    for draft in drafts:
        if draft.text in short and draft.label in _MISTAKEN_COMPANIES and _may_be_company(draft.text, people):
            draft.relabel("ORG", "short_name")


def _may_be_company(text: str, people: Counter[str]) -> bool:
    return not (text in people or text in countries() or text in cities() or text in demonyms())


def surnames_of(drafts: Iterable[Draft]) -> Counter[str]:
    """Last words of the full names in the document, with the number of full names that end so."""
    surnames: Counter[str] = Counter()
    for draft in drafts:
        if draft.label != _PERSON:
            continue
        words = [word for word in draft.text.split() if word.strip(".").lower() not in GENERATIONS]
        if len(words) in _FULL_NAME_WORDS and _is_surname(words[-1]):
            surnames[words[-1]] += 1
    return surnames


def _is_full_name(words: Sequence[str]) -> bool:
    first, last = words[0], words[-1]
    if first.lower() not in given_names() or first.lower() in common_words() or ends_a_body(last):
        return False
    return last not in countries() and all(word[0].isupper() and not word.isupper() for word in words)


def _unseen_full_name(doc: Doc, at: int, taken: bytearray) -> str | None:
    """The given name at token ``at`` with the word after it, if both are proper nouns on their own."""
    if taken[at + 1] or doc[at].pos != PROPN or doc[at + 1].pos != PROPN or not _is_surname(doc[at + 1].text):
        return None
    stands_alone = at == 0 or doc[at - 1].pos != PROPN or doc[at - 1].lower_.rstrip(".") in honorifics()
    ends_here = at + 2 == len(doc) or doc[at + 2].pos != PROPN
    text = doc[at : at + 2].text
    return text if stands_alone and ends_here and _is_full_name(text.split()) and text.count(" ") == 1 else None


def _is_surname(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and word not in countries()


def carry_over(doc: Doc, drafts: Sequence[Draft], words: Words) -> list[Draft]:
    """Add mentions of names that the document knows where the model saw nothing.

    A name of one word is carried over only when it is capitalised, a proper noun by its tag, and never written in
    lower case in the document; the longest known name wins. One pass over the tokens.
    """
    known = _known_forms(drafts)
    if not known:
        return list(drafts)
    taken = taken_tokens(doc, drafts)
    added: list[Draft] = []
    end = 0
    for at in words.positions_among(known):
        found = None if at < end or taken[at] else _match(doc, at, known, taken, words)
        if found is not None:
            added.append(found)
            end = found.last
    return sorted([*drafts, *added], key=lambda draft: draft.start) if added else list(drafts)


_Forms = dict[str, list[tuple[tuple[str, ...], str]]]
"""First word → (all words of the name, label), longest first."""


def _known_forms(drafts: Sequence[Draft]) -> _Forms:
    forms = {draft.text: draft.label for draft in drafts if draft.label in _CARRIED}
    for surname in surnames_of(drafts):
        forms.setdefault(surname, _PERSON)
    known: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for form, label in forms.items():
        words = tokens_of(form)
        if len(words) > 1 or _is_distinct(form):
            known[words[0]].append((words, label))
            if label == _PERSON and not form.isupper():
                known[words[0].upper()].append((tuple(map(str.upper, words)), label))
    for names in known.values():
        names.sort(key=lambda entry: -len(entry[0]))
    return dict(known)


def _is_distinct(form: str) -> bool:
    return form[:1].isupper() and len(form) > 2 and form.lower() not in common_words()


def _match(doc: Doc, index: int, known: _Forms, taken: bytearray, words_here: Words) -> Draft | None:
    for words, label in known.get(doc[index].text, ()):
        last = index + len(words)
        if any(taken[index:last]):
            continue
        if len(words) > 1 and tuple(token.text for token in doc[index:last]) != words:
            continue
        if len(words) == 1 and not _is_name_token(doc[index], words_here):
            continue
        span = doc[index:last]
        return Draft(index, last, span.start_char, span.end_char, span.text, label, "", edits=("carried",))
    return None


def _is_odd_name(token: Token) -> bool:
    """A name that the tagger took for a common noun, as it does with an inner apostrophe ("D’Aubray")."""
    return token.pos == NOUN and token.text[:1].isupper() and not token.is_sent_start


def _is_name_token(token: Token, words_here: Words) -> bool:
    is_name = token.pos == PROPN or _is_odd_name(token) or token.is_sent_start or token.is_upper
    if not is_name or token.lower_ in words_here:
        return False
    after = token.nbor() if token.i + 1 < len(token.doc) else None
    # "Trump" inside "Trump Tower", which the model did not see either, is not the person.
    return after is None or after.pos != PROPN
