"""spaCy's attribute ruler, memoised: the same rules, asked once for each kind of token instead of once for each token.

A rule looks at a few attributes of a token and compares them with values that it lists. So tokens that agree in those
attributes are treated alike, where all words and dependencies that no rule lists count as one. Whether rules of several
tokens apply is looked up where one of their words stands, and is part of the kind. What a kind gets, the ruler itself
says, asked about a document of one such token, or about the whole document where several tokens matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from spacy.attrs import DEP, LEMMA, LOWER, MORPH, POS, TAG, intify_attr
from spacy.pipeline import AttributeRuler
from spacy.strings import StringStore
from spacy.tokens import Doc, Token

from transforms.annotate.kernels.patterns import READ, Facts, Pattern, Test, listed, matches, parse

_WRITTEN = (POS, MORPH, LEMMA)
_KEPT = 100_000
"""Kinds and words that are remembered; beyond that it starts anew."""

_Kind = tuple[int, ...]


class RulerKernel:
    """Sets part of speech, morphology and lemma as the attribute ruler that it is built from would."""

    def __init__(self, ruler: AttributeRuler, rules: "_Rules") -> None:
        self._ruler = ruler
        self._rules = rules
        self._strings = ruler.vocab.strings
        self._known: dict[_Kind, tuple[int, ...] | None] = {}
        self._words: dict[int, int] = {}  # the word itself where a rule asks for it, else 0

    @classmethod
    def of(cls, ruler: Any) -> Self | None:
        """The kernel of a component; None when its rules look at more than we compare or change more than we set."""
        if not isinstance(ruler, AttributeRuler):
            return None
        rules = _rules(ruler)
        return cls(ruler, rules) if rules is not None else None

    def __call__(self, docs: Sequence[Doc]) -> None:
        """Apply the rules to every document."""
        if max(len(self._known), len(self._words)) > _KEPT:
            self._known.clear()
            self._words.clear()
        for doc in docs:
            if not len(doc):
                continue
            kinds = self._kinds(doc)
            new = set(kinds).difference(self._known)
            for kind in new:
                if len(kind) == len(READ):
                    self._known[kind] = self._ask(doc[kinds.index(kind)])
                else:
                    self._learn(doc, kind, kinds.index(kind))
            values = [self._known[kind] for kind in kinds]
            if None in values:
                self._ruler(doc)
            else:
                written: Any = np.array(values, dtype=np.uint64)
                doc.from_array(list(_WRITTEN), written)

    def _ask(self, token: Token) -> tuple[int, ...] | None:
        """What the rules write on such a token standing alone; None when they correct what we do not write."""
        alone = Doc(token.vocab, words=[token.text])
        alone[0].tag, alone[0].dep = token.tag, token.dep
        self._ruler(alone)
        is_odd = (alone[0].tag, alone[0].dep) != (token.tag, token.dep)
        return None if is_odd else tuple(alone.to_array(list(_WRITTEN))[0].tolist())

    def _learn(self, doc: Doc, kind: _Kind, at: int) -> None:
        """Keep what a token gets that rules of several tokens cover, by asking about it among its neighbours."""
        low, high = max(at - self._rules.reach, 0), min(at + self._rules.reach + 1, len(doc))
        near = Doc(doc.vocab, words=[token.text for token in doc[low:high]])
        before: Any = doc.to_array([TAG, DEP])[low:high]
        near.from_array([TAG, DEP], before)
        self._ruler(near)
        is_odd = (near.to_array([TAG, DEP])[at - low] != before[at - low]).any()
        self._known[kind] = None if is_odd else tuple(near.to_array(list(_WRITTEN))[at - low].tolist())

    def _kinds(self, doc: Doc) -> list[_Kind]:
        facts: list[list[int]] = doc.to_array(list(READ)).tolist()
        words = [row[-1] for row in facts]
        for word in set(words).difference(self._words):
            self._words[word] = word if self._rules.ask_for(word, self._strings) else 0
        asked, known = self._rules.dependencies, self._words
        kinds: list[_Kind] = [(tag, dep if dep in asked else 0, space, known[word]) for tag, dep, space, word in facts]
        if not self._rules.markers.keys().isdisjoint(words):
            for position, mark in self._several(facts, words):
                kinds[position] = (*kinds[position], mark)
        return kinds

    def _several(self, facts: Sequence[Facts], words: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Position and number of every token that a rule of several tokens covers."""
        for position, word in enumerate(words):
            for number, pattern, offset in self._rules.markers.get(word, ()):
                first = position - offset
                covered = facts[max(first, 0) : first + len(pattern)]
                if first >= 0 and matches(pattern, covered, self._strings):
                    yield from ((first + place, number + place) for place in range(len(pattern)))


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the rules ask for.

    Attributes:
        words: hashes of the words that they list.
        expressions: comparisons of words with regular expressions.
        dependencies: hashes of the dependency labels that they list.
        markers: a word of each rule of several tokens, with the rule's number, its pattern and where the word stands.
        reach: how far from a token a rule that covers it may look.
    """

    words: frozenset[int]
    expressions: tuple[Test, ...]
    dependencies: frozenset[int]
    markers: dict[int, list[tuple[int, Pattern, int]]]
    reach: int

    def ask_for(self, word: int, strings: StringStore) -> bool:
        """Whether a rule may tell this word from others."""
        facts = [word] * len(READ)
        return word in self.words or any(test.holds(facts, strings) for test in self.expressions)


def _rules(ruler: AttributeRuler) -> _Rules | None:
    strings = ruler.vocab.strings
    patterns: list[Pattern] = []
    rules: Any = ruler.patterns  # typed too narrowly by spaCy
    for rule in rules:
        parsed = [parse(pattern, strings) for pattern in rule["patterns"]]
        if None in parsed or not {intify_attr(name) for name in rule["attrs"]} <= {TAG, DEP, *_WRITTEN}:
            return None
        patterns += filter(None, parsed)
    markers: dict[int, list[tuple[int, Pattern, int]]] = {}
    number = 1
    for pattern in (pattern for pattern in patterns if len(pattern) > 1):
        offset = next((place for place, tests in enumerate(pattern) if listed(tests)), None)
        if offset is None:
            return None
        for word in listed(pattern[offset]):
            markers.setdefault(word, []).append((number, pattern, offset))
        number += len(pattern)
    tests = [test for pattern in patterns for token in pattern for test in token]
    return _Rules(
        frozenset(value for test in tests if READ[test.column] == LOWER for value in test.values),
        tuple(test for test in tests if test.expression is not None),
        frozenset(value for test in tests if READ[test.column] == DEP for value in test.values),
        markers,
        max((len(pattern) - 1 for pattern in patterns), default=0),
    )
