"""Pronouns of one document, each with the entity that it stands for."""

from collections.abc import Sequence

from spacy.tokens import Token

from transforms.quotes.spans import QuoteSpan
from transforms.speakers.discourse import Discourse
from transforms.speakers.salience import (
    IN_QUOTATION,
    SPEAKER,
    Resolution,
    SalienceTracker,
    pronoun_of,
    weight_of,
)
from transforms.speakers.sources import holder_of


class Anaphora:
    """Resolves the narrator's pronouns of one document in a single pass, and remembers the salience on the way.

    Attributes:
        resolved: token of a pronoun → its entity.
        holders: head token of a title that is a source ("the minister") → the entity that it stands for.
    """

    def __init__(self, discourse: Discourse, quotes: Sequence[QuoteSpan], sources: dict[int, list[int]]) -> None:
        """Read the document.

        Args:
            discourse: the document.
            quotes: its quotations.
            sources: token of a speaker's head → numbers of the quotations that it is the source of.
        """
        self._discourse = discourse
        self._quotes = quotes
        self._sources = sources
        self._tracker = SalienceTracker(discourse)
        self.resolved: dict[int, Resolution] = {}
        self.holders: dict[int, int] = {}
        sentence, is_new = 0, False
        for token in discourse.doc:
            is_new = is_new or bool(token.is_sent_start)
            # Only the narrator's sentences make salience fade: a long quotation does not let its speaker be forgotten.
            if is_new and not discourse.quoted[token.i] and token.is_alpha:
                sentence, is_new = sentence + 1, False
            self._read(token, sentence)

    def _read(self, token: Token, sentence: int) -> None:
        is_source = token.i in self._sources
        referent = self._discourse.heads.get(token.i)
        if referent is None:
            referent = self._pronoun(token, sentence, is_source)
        if referent is None and is_source:
            referent = self._title(token, sentence)
        if referent is None:
            return
        weight = weight_of(token) + (SPEAKER if is_source else 0.0)
        if self._discourse.quoted[token.i]:
            weight *= IN_QUOTATION
        self._tracker.mention(referent, sentence, weight)

    def _pronoun(self, token: Token, sentence: int, is_source: bool) -> int | None:
        pronoun = pronoun_of(token)
        if pronoun is None or (self._discourse.quoted[token.i] and not is_source):
            return None
        resolution = self._tracker.best(pronoun, sentence, self._named_in_content(token))
        if resolution is None:
            return None
        self.resolved[token.i] = resolution
        return resolution.referent

    def _title(self, token: Token, sentence: int) -> int | None:
        holder = holder_of(self._discourse, token, lambda referent: self._tracker.salience(referent, sentence))
        if holder is not None:
            self.holders[token.i] = holder
        return holder

    def _named_in_content(self, token: Token) -> set[int]:
        """Entities that the quotations of the source at ``token`` name themselves."""
        named: set[int] = set()
        for number in self._sources.get(token.i, ()):
            first, last = self._discourse.tokens(self._quotes[number].content)
            named.update(
                referent for at in range(first, last) if (referent := self._discourse.heads.get(at)) is not None
            )
        return named
