"""What a document says about whom, token by token: the ground that the speaker rules stand on."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from transforms.names.drafts import VALUE_LABELS
from transforms.names.people import name_words
from transforms.names.positions import Positions
from transforms.names.roles import head_noun, nouns_of
from transforms.names.spans import Mention
from transforms.names.words import token_starts
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import QuoteType

PERSON = "PERSON"


@dataclass(slots=True)
class Referent:
    """An entity of the document as somebody who can speak.

    Attributes:
        name: canonical name within the document.
        label: label of its first mention.
        gender: "f", "m", "n", or None when nothing tells.
        first_token: where it is first mentioned.
        roles: role nouns stated beside its name.
        words: words of its name, lower case, when it is a body.
        epithets: capitalised words of its roles that are no role nouns ("Texas" of "Texas Senator").
    """

    name: str
    label: str
    gender: str | None
    first_token: int
    roles: set[str] = field(default_factory=set)
    epithets: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)


class Discourse:
    """Mentions, sentences and quoted stretches of one ``Doc``, each by token.

    Attributes:
        doc: the parsed text.
        referents: entities by their cluster number.
        heads: token → cluster number, for the head token of each mention.
        holders: those of the referents that are people with a role.
        bodies: those that are organisations.
        quoted: for each token whether it stands in quotation marks.
    """

    def __init__(self, doc: Doc, mentions: Sequence[Mention], quotes: Sequence[QuoteSpan]) -> None:
        self.doc = doc
        self.referents: dict[int, Referent] = {}
        self.heads: dict[int, int] = {}
        self._starts = token_starts(doc)
        self._positions = Positions(doc)
        self._inside: dict[int, int] = {}
        for mention in mentions:
            if mention.label not in VALUE_LABELS:
                self._add(mention)
        self.holders = {n: one for n, one in self.referents.items() if one.roles and one.label == PERSON}
        self.bodies = {n: one for n, one in self.referents.items() if one.label == "ORG"}
        self._by_name = {" ".join(name_words(one.name)): n for n, one in self.referents.items()}
        self.quoted = bytearray(len(doc))
        for quote in quotes:
            for span in _spoken(quote):
                first, last = self.tokens(span)
                self.quoted[first:last] = b"\1" * (last - first)

    def tokens(self, span: Span) -> tuple[int, int]:
        """First token at or after the start of ``span`` and the one past its last."""
        return bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)

    def token_at(self, offset: int) -> Token:
        """The token that holds the character at ``offset``."""
        at = bisect_left(self._starts, offset + 1) - 1
        return self.doc[max(at, 0)]

    def referent_at(self, token: Token) -> int | None:
        """Cluster of the mention that holds ``token``, None when it is in none."""
        return self._inside.get(token.i)

    def referent_by_name(self, name: str) -> int | None:
        """Cluster of the entity whose full or last name ``name`` is, None when there is none."""
        return self._by_name.get(" ".join(name_words(name)))

    def paragraph_of(self, token: Token) -> int:
        """Number of the paragraph that ``token`` stands in."""
        return self._positions.paragraph(token.idx)

    def _add(self, mention: Mention) -> None:
        first, last = self.tokens(Span(mention.start, mention.end))
        if first >= last:
            # A mention that begins inside a token ("ex-Barlow") belongs to that token.
            first = max(first - 1, 0)
            last = first + 1
        referent = self.referents.get(mention.cluster)
        if referent is None:
            referent = Referent(mention.canonical_name, mention.label, mention.gender, first)
            self.referents[mention.cluster] = referent
        if mention.role:
            referent.roles.update(nouns_of(mention.role))
            referent.roles.update(filter(None, [head_noun(mention.role)]))
        referent.epithets.update(epithets_of((mention.role or "").split()))
        if referent.label == "ORG":
            referent.words.update(self.doc[at].lower_ for at in range(first, last))
        for token in range(first, last):
            self._inside[token] = mention.cluster
        self.heads[self.doc[first:last].root.i] = mention.cluster


def _spoken(quote: QuoteSpan) -> list[Span]:
    return [quote.content] if quote.quote_type is QuoteType.DIRECT else quote.quoted_parts


def epithets_of(words: Iterable[str]) -> set[str]:
    """Capitalised words that are no role nouns: what tells one senator from another."""
    return {word for word in words if word[:1].isupper() and not any(nouns_of(word))}
