"""What a document says about whom, token by token: the ground that the speaker rules stand on."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from spacy.tokens import Doc, Token

from transforms.names.drafts import VALUE_LABELS
from transforms.names.lexicon import bodies, role_nouns
from transforms.names.people import name_words, surname
from transforms.names.positions import Positions
from transforms.names.roles import head_noun, nouns_of
from transforms.names.spans import Mention
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import QuoteType
from transforms.tokens import tokens_of

PERSON = "PERSON"
_MOST_STRINGS = 4_000
"""Names and roles whose words a process remembers: the same ones come back in text after text."""


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
        is_plural: whether it is a family ("the Clintons").
        epithets: capitalised words of its roles that are no role nouns ("Texas" of "Texas Senator").
    """

    name: str
    label: str
    gender: str | None
    first_token: int
    roles: set[str] = field(default_factory=set)
    epithets: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    is_plural: bool = False


class Discourse:
    """Mentions, sentences and quoted stretches of one ``Doc``, each by token.

    Attributes:
        doc: the parsed text.
        referents: entities by their cluster number.
        heads: token → cluster number, for the head token of each mention.
        by_role: role noun → those of whom it is said.
        by_wider_role: noun → those of whom a narrower role is said.
        by_name_word: word → the bodies in whose name it stands.
        quoted: for each token whether it stands in quotation marks.
    """

    def __init__(self, doc: Doc, mentions: Sequence[Mention], quotes: Sequence[QuoteSpan]) -> None:
        self.doc = doc
        self.referents: dict[int, Referent] = {}
        self.heads: dict[int, int] = {}
        tokens = tokens_of(doc)
        self.lower = tokens.lower
        self._starts = tokens.starts
        self._positions = Positions(doc)
        self._inside: dict[int, int] = {}
        for mention in mentions:
            if mention.label not in VALUE_LABELS:
                self._add(mention)
        self._mark_families()
        introduced = sorted(self.referents.items(), key=lambda entry: entry[1].first_token)
        self.by_role = _index(introduced, lambda one: one.roles)
        self.by_wider_role = _index(introduced, lambda one: _wider(one.roles) - one.roles if one.roles else ())
        self.by_name_word = _index(introduced, lambda one: one.words)
        self._by_name = _index(introduced, lambda one: _called(one.name))
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
        named = self._by_name.get(" ".join(name_words(name)), [])
        return named[0] if len(named) == 1 else None

    @cached_property
    def words_in_use(self) -> frozenset[str]:
        """The words that the text writes in small letters or that are common nouns for roles and bodies."""
        return (
            frozenset(token.text for token in self.doc if token.text.islower()) | role_nouns().keys() | bodies().keys()
        )

    def paragraph_of(self, token: Token) -> int:
        """Number of the paragraph that ``token`` stands in."""
        return self._positions.paragraph(token.idx)

    def _mark_families(self) -> None:
        names = {word for one in self.referents.values() if one.label == PERSON for word in _called(one.name)}
        for one in self.referents.values():
            if one.label == PERSON and one.name.endswith("s") and " " not in one.name:
                after_article = one.first_token > 0 and self.lower[one.first_token - 1] == "the"
                one.is_plural = after_article or one.name[:-1].casefold() in names

    def _add(self, mention: Mention) -> None:
        first, last = bisect_left(self._starts, mention.start), bisect_left(self._starts, mention.end)
        if first >= last:
            # A mention that begins inside a token ("ex-Barlow") belongs to that token.
            first = max(first - 1, 0)
            last = first + 1
        referent = self.referents.get(mention.cluster)
        if referent is None:
            referent = Referent(mention.canonical_name, mention.label, mention.gender, first)
            self.referents[mention.cluster] = referent
        if mention.role:
            referent.roles |= _roles_in(mention.role)
            referent.epithets |= _epithets_in(mention.role)
        if referent.label == "ORG":
            referent.words.update(self.lower[first:last])
        for token in range(first, last):
            self._inside[token] = mention.cluster
        head = first if last - first == 1 else self.doc[first:last].root.i
        self.heads[head] = mention.cluster


def _index(
    referents: Iterable[tuple[int, Referent]], words_of: Callable[[Referent], Iterable[str]]
) -> dict[str, list[int]]:
    """Word → the numbers of those whose word it is, in the order given."""
    index: defaultdict[str, list[int]] = defaultdict(list)
    for number, referent in referents:
        for word in words_of(referent):
            index[word].append(number)
    return dict(index)


@lru_cache(_MOST_STRINGS)
def _called(name: str) -> frozenset[str]:
    """What an entity is called: its name, and the last word of it."""
    words = name_words(name)
    return frozenset({" ".join(words), surname(words)} if words else ())


@lru_cache(_MOST_STRINGS)
def _roles_in(role: str) -> frozenset[str]:
    """The role nouns of a role, else the noun that it is built on."""
    return frozenset([*nouns_of(role)] or filter(None, [head_noun(role)]))


@lru_cache(_MOST_STRINGS)
def _epithets_in(role: str) -> frozenset[str]:
    return frozenset(epithets_of(role.split()))


def _wider(roles: set[str]) -> set[str]:
    nouns = role_nouns()
    return {wide for role in roles if role in nouns for wide in nouns[role].wider}


def _spoken(quote: QuoteSpan) -> list[Span]:
    return [quote.content] if quote.quote_type is QuoteType.DIRECT else quote.quoted_parts


def epithets_of(words: Iterable[str]) -> set[str]:
    """Capitalised words that are no role nouns: what tells one senator from another."""
    return {word for word in words if word[:1].isupper() and not any(nouns_of(word))}
