"""What kind of mention the source of a quotation is, and whom a name, a title or a relative pronoun stands for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.names.lexicon import role_nouns
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import SpeakerType
from transforms.speakers.discourse import PERSON, Discourse, Referent, epithets_of
from transforms.speakers.lexicon import document_nouns, pronouns

_ORGANISATIONS = frozenset({"ORG", "GPE", "FAC", "LOC", "PRODUCT"})
_DOCUMENTS = frozenset({"WORK_OF_ART", "LAW"})
_DEFINITE = frozenset({"the", "this", "that"})
_SINGULAR = frozenset({"NN", "NNP"})
_RIVAL_SALIENCE = 0.5
"""A title that fits two people stands for the one talked about only if the other has less than this share of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a quotation as the text has it.

    Attributes:
        head: its head token.
        kind: what kind of mention it is.
        referent: cluster of the entity that it names, None when it names none.
    """

    head: Token
    kind: SpeakerType
    referent: int | None


def source_of(discourse: Discourse, quote: QuoteSpan) -> Source | None:
    """Classify the speaker of ``quote``; None when it has none."""
    if not quote.speaker:
        return None
    head = _head(discourse, quote, quote.speaker)
    named = _named(discourse, head, quote.speaker)
    if named is not None:
        return Source(head, _kind_of(discourse, named), named)
    if head.lower_ in pronouns():
        return Source(head, SpeakerType.PRONOUN, None)
    if head.lower_ in document_nouns():
        return Source(head, SpeakerType.DOCUMENT, None)
    is_name = head.pos_ == "PROPN" and head.text[:1].isupper() and head.lower_ not in role_nouns()
    return Source(head, SpeakerType.NAMED if is_name else SpeakerType.NOMINAL, None)


def antecedent(discourse: Discourse, pronoun: Token) -> int | None:
    """The entity that a relative pronoun ("Brandt, who said …") hangs on."""
    clause = next((verb for verb in pronoun.ancestors if verb.dep_ == "relcl"), None)
    return discourse.referent_at(clause.head) if clause is not None else None


def holder_of(discourse: Discourse, head: Token, salience: Callable[[int], float]) -> int | None:
    """The person whom a definite title ("the minister") stands for, None when nobody or more than one may be meant.

    Args:
        discourse: the document.
        head: head noun of the title.
        salience: how much each person is talked about where the title stands.
    """
    if head.tag_ not in _SINGULAR or not _is_definite(head) or _is_part_of_name(head):
        return None
    nouns = set(_nouns(head))
    epithets = epithets_of(token.text for token in head.lefts)
    known = {
        number: referent.roles for number, referent in discourse.holders.items() if _may_hold(referent, head, epithets)
    }
    exact = [number for number, roles in known.items() if nouns & roles]
    wider = [number for number, roles in known.items() if any(nouns & _wider(role) for role in roles)]
    return _most_salient(exact, salience) if exact else _most_salient(wider, salience)


def written_name(discourse: Discourse, source: Source) -> str:
    """The name at a source that the model did not see, with its parts ("Ada Brandt")."""
    parts = [token for token in source.head.lefts if token.dep_ in {"compound", "flat"} and token.pos_ == "PROPN"]
    first = min((token.i for token in parts), default=source.head.i)
    return discourse.doc[first : source.head.i + 1].text


def _head(discourse: Discourse, quote: QuoteSpan, speaker: Span) -> Token:
    if quote.speaker_head >= 0:
        return discourse.token_at(quote.speaker_head)
    first, last = discourse.tokens(speaker)
    return discourse.doc[first : max(last, first + 1)].root


def _named(discourse: Discourse, head: Token, speaker: Span) -> int | None:
    """The entity named by the head itself, or by a name that stands in apposition to it within the speaker."""
    referent = discourse.referent_at(head)
    if referent is not None and discourse.referents[referent].label not in {"NORP"}:
        return referent
    for child in _within(discourse, head.children, speaker):
        named = discourse.referent_at(child)
        if child.dep_ == "appos" and named is not None and discourse.referents[named].label == PERSON:
            return named
    return None


def _within(discourse: Discourse, tokens: Iterable[Token], span: Span) -> Iterator[Token]:
    first, last = discourse.tokens(span)
    return (token for token in tokens if first <= token.i < last)


def _kind_of(discourse: Discourse, referent: int) -> SpeakerType:
    label = discourse.referents[referent].label
    if label in _ORGANISATIONS:
        return SpeakerType.ORGANISATION
    if label in _DOCUMENTS:
        return SpeakerType.DOCUMENT
    return SpeakerType.NAMED if label == PERSON else SpeakerType.NOMINAL


def _is_definite(head: Token) -> bool:
    children = list(head.children)
    return any(child.lower_ in _DEFINITE for child in children) and not any(child.dep_ == "poss" for child in children)


def _is_part_of_name(head: Token) -> bool:
    """Whether a capitalised title is the end of a name ("the Harwick Union Leader")."""
    return head.text[:1].isupper() and any(child.dep_ == "compound" for child in head.lefts)


def _may_hold(referent: Referent, head: Token, epithets: set[str]) -> bool:
    """Whether somebody named before holds a title that "the Florida senator" does not contradict ("Texas senator")."""
    if referent.first_token >= head.i:
        return False
    return not epithets or not referent.epithets or bool(epithets & referent.epithets)


def _nouns(head: Token) -> Iterator[str]:
    """The head noun alone and with the word before it: "minister", "foreign minister"."""
    yield head.lower_
    if head.i > 0:
        yield f"{head.nbor(-1).lower_} {head.lower_}"


def _wider(role: str) -> frozenset[str]:
    noun = role_nouns().get(role)
    return noun.wider if noun is not None else frozenset()


def _most_salient(candidates: list[int], salience: Callable[[int], float]) -> int | None:
    ranked = sorted(candidates, key=lambda number: -salience(number))
    if not ranked:
        return None
    if len(ranked) == 1:
        return ranked[0]
    first, second = salience(ranked[0]), salience(ranked[1])
    return ranked[0] if second < first * _RIVAL_SALIENCE else None
