"""Pronouns of one document, each with the entity that it stands for."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
from spacy.attrs import POS, SENT_START
from spacy.tokens import Token

from transforms.quotes.spans import QuoteSpan
from transforms.speakers.discourse import Discourse
from transforms.speakers.lexicon import Pronoun, answering_verbs, continuing_verbs, pronouns, referring_words
from transforms.speakers.salience import (
    BINDER,
    IN_QUOTATION,
    SPEAKER,
    SPEAKS_ON,
    SUBJECTS,
    Resolution,
    SalienceTracker,
    pronoun_of,
    weight_of,
)
from transforms.speakers.sources import antecedent
from transforms.speakers.titles import Scene, holder_in_passing, holder_of

CLEAR_MARGIN = 0.3
"""A pronoun means somebody clearly when the next best is less salient by this share."""
_MOST_CLAUSES = 12
_ASK = "ask"
_VERBS = ("VERB", "AUX")


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
        self._spoke_last: int | None = None
        self._asked = False
        self.resolved: dict[int, Resolution] = {}
        self.holders: dict[int, int] = {}
        told = self._told_sentences()
        words = referring_words()
        referring = [at for at, word in enumerate(discourse.lower) if word in words]
        for at in sorted({*discourse.heads, *sources, *referring}):
            self._read(discourse.doc[at], int(told[at]))

    def _told_sentences(self) -> npt.NDArray[np.int64]:
        """For each token the number of sentences so far in which the narrator says something.

        Only these make salience fade: neither a long quotation nor a line such as "2:35 p.m." lets the last speaker be
        forgotten.
        """
        doc = self._discourse.doc
        verb, auxiliary = (doc.vocab.strings[name] for name in _VERBS)
        sent_starts, pos = doc.to_array([SENT_START, POS]).T
        sentences = np.cumsum(sent_starts == 1)
        verbs = ((pos == verb) | (pos == auxiliary)) & (np.frombuffer(self._discourse.quoted, dtype=np.uint8) == 0)
        is_told = np.zeros(len(sentences) + 1, dtype=np.int64)
        is_told[sentences[verbs]] = 1
        told: npt.NDArray[np.int64] = np.cumsum(is_told)[sentences]
        return told

    def _read(self, token: Token, sentence: int) -> None:
        is_source = token.i in self._sources
        referent = self._discourse.heads.get(token.i)
        if referent is None:
            referent = self._pronoun(token, sentence, is_source)
        if referent is None and pronoun_of(token) is None:
            if is_source:
                referent = self._title(token, sentence)
            elif token.dep_ in SUBJECTS and not self._discourse.quoted[token.i]:
                referent = holder_in_passing(Scene(self._discourse, self._tracker, sentence), token)
        if referent is None:
            return
        weight = weight_of(token) + (SPEAKER if is_source else 0.0)
        if self._discourse.quoted[token.i]:
            weight *= IN_QUOTATION
        self._tracker.mention(referent, sentence, weight)
        if is_source:
            self._spoke_last = referent
            self._asked = any(self._quotes[number].cue_lemma == _ASK for number in self._sources[token.i])

    def _pronoun(self, token: Token, sentence: int, is_source: bool) -> int | None:
        pronoun = pronoun_of(token)
        if pronoun is None:
            return None
        # A pronoun in a quotation is the speaker's, and "it" mostly stands for nothing: unless they are a source.
        if not is_source and (self._discourse.quoted[token.i] or pronoun.gender == "n"):
            return None
        content = self._named_in_content(token)
        resolution = self._tracker.best(pronoun, sentence, content, self._bonuses(token, pronoun, is_source))
        if resolution is None:
            return None
        self.resolved[token.i] = resolution
        self._learn_gender(resolution, pronoun)
        return resolution.referent

    def _bonuses(self, token: Token, pronoun: Pronoun, is_source: bool) -> dict[int, float]:
        """What speaks for an entity beside its salience: it binds the pronoun, or it spoke last and speaks on.

        Against it speaks that it asked last and is answered.
        """
        bonuses: defaultdict[int, float] = defaultdict(float)
        binder = self._binder(token, pronoun)
        if binder is not None:
            bonuses[binder] += BINDER
        if is_source and self._spoke_last is not None:
            lemmas = {self._quotes[number].cue_lemma for number in self._sources[token.i]}
            if not lemmas.isdisjoint(continuing_verbs()):
                bonuses[self._spoke_last] += SPEAKS_ON
            elif self._asked and not lemmas.isdisjoint(answering_verbs()):
                bonuses[self._spoke_last] -= SPEAKS_ON
        return bonuses

    def _learn_gender(self, resolution: Resolution, pronoun: Pronoun) -> None:
        """A person whose name does not tell the gender has that of the first pronoun that clearly means them."""
        referent = self._discourse.referents[resolution.referent]
        if referent.gender is None and resolution.margin >= CLEAR_MARGIN:
            referent.gender = pronoun.gender

    def _binder(self, token: Token, pronoun: Pronoun) -> int | None:
        """The entity that is subject of the clause around the pronoun (of its own clause only if it is no subject)."""
        for verb in islice(token.ancestors, _MOST_CLAUSES):
            for child in verb.lefts:
                if child.dep_ in SUBJECTS and child.i < token.i:
                    referent = self._referent_of(child)
                    if referent is not None and self._tracker.fits(pronoun, referent):
                        return referent
        return None

    def _referent_of(self, token: Token) -> int | None:
        known = pronouns().get(token.lower_)
        if known is not None and known.person == "r":
            return antecedent(self._discourse, token)
        resolution = self.resolved.get(token.i)
        return resolution.referent if resolution is not None else self._discourse.heads.get(token.i)

    def _title(self, token: Token, sentence: int) -> int | None:
        holder = holder_of(Scene(self._discourse, self._tracker, sentence), token)
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
