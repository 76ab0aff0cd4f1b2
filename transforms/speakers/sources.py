"""What kind of mention the source of a quotation is, and whom a name, a title or a relative pronoun stands for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.names.lexicon import bodies, role_nouns
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import SpeakerType
from transforms.speakers.discourse import PERSON, Discourse
from transforms.speakers.lexicon import document_nouns, pronouns

_ORGANISATIONS = frozenset({"ORG", "GPE", "FAC", "LOC", "PRODUCT"})
_TRANSCRIPT = "transcript"
_SHORTEST_NAME = 3  # letters; "Q" and "A" are no names
_LONGEST_MENTION = 40  # tokens
_DOCUMENTS = frozenset({"WORK_OF_ART", "LAW"})


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
    if quote.attribution_method == _TRANSCRIPT:
        return _label_of_line(discourse, head, quote.speaker)
    named = _named(discourse, head, quote.speaker)
    if named is not None:
        return Source(head, _kind_of(discourse, named), named)
    if head.lower_ in pronouns():
        return Source(head, SpeakerType.PRONOUN, None)
    return _without_mention(discourse, head, quote.speaker)


def _without_mention(discourse: Discourse, head: Token, speaker: Span) -> Source:
    """A source in which the model saw no name."""
    unseen = _unseen_name(discourse, head, speaker)
    if unseen is not None:
        kind = SpeakerType.ORGANISATION if _is_body(head) else SpeakerType.NAMED
        return Source(unseen, kind, discourse.referent_by_name(_name_at(discourse, unseen)))
    if head.lower_ in document_nouns():
        return Source(head, SpeakerType.DOCUMENT, None)
    return Source(head, SpeakerType.ORGANISATION if _is_body(head) else SpeakerType.NOMINAL, None)


def _label_of_line(discourse: Discourse, head: Token, speaker: Span) -> Source:
    """Who a transcript's ``NAME:`` is, mostly in capitals: somebody known by that name, a new name, or a function."""
    label = discourse.doc.text[speaker.start : speaker.end].partition(":")[0].strip()
    known = discourse.referent_by_name(label)
    if known is None:
        known = discourse.referent_by_name(label.rpartition(" ")[2])
    if known is not None:
        return Source(head, _kind_of(discourse, known), known)
    is_word = len(label) < _SHORTEST_NAME or any(word in discourse.words_in_use for word in label.lower().split())
    return Source(head, SpeakerType.NOMINAL if is_word else SpeakerType.NAMED, None)


def _unseen_name(discourse: Discourse, head: Token, speaker: Span) -> Token | None:
    """The last token of a name that the model did not see: the head itself, or a name in apposition to it."""
    if _looks_like_name(head):
        return head
    for child in _within(discourse, head.children, speaker):
        if child.dep_ == "appos" and child.i > head.i and _looks_like_name(child):
            return child
    return None


def _looks_like_name(token: Token) -> bool:
    if token.pos_ != "PROPN" or not token.text[:1].isupper() or len(token.text) < 2:
        return False
    return token.lower_ not in role_nouns() and token.lower_ not in bodies()


def _is_body(head: Token) -> bool:
    return head.lower_ in bodies()


def antecedent(discourse: Discourse, pronoun: Token) -> int | None:
    """The entity that a relative pronoun ("Brandt, who said …") hangs on."""
    clause = next((verb for verb in pronoun.ancestors if verb.dep_ == "relcl"), None)
    return discourse.referent_at(clause.head) if clause is not None else None


def is_written_name(source: Source) -> bool:
    """Whether the head of ``source`` is a name that the model did not see."""
    return source.referent is None and source.kind is not SpeakerType.NOMINAL and _looks_like_name(source.head)


def written_name(discourse: Discourse, source: Source) -> str:
    """The name at a source that the model did not see, with its parts ("Ada Brandt")."""
    return _name_at(discourse, source.head)


def _name_at(discourse: Discourse, last: Token) -> str:
    parts = [token for token in last.lefts if token.dep_ in {"compound", "flat"} and token.pos_ == "PROPN"]
    first = min((token.i for token in parts), default=last.i)
    return discourse.doc[first : last.i + 1].text


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
        if child.dep_ == "appos" and named is not None and discourse.referents[named].label in {PERSON, "ORG"}:
            return named
    if head.lower_ in role_nouns():
        return _holder_within(discourse, head, speaker)
    return None


def _holder_within(discourse: Discourse, head: Token, speaker: Span) -> int | None:
    """The person within the mention of whom the text says there that they are what ``head`` says."""
    first, last = discourse.tokens(speaker)
    for at in range(first, min(last, first + _LONGEST_MENTION)):
        number = discourse.heads.get(at)
        if number is not None and head.lower_ in discourse.referents[number].roles:
            return number
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
