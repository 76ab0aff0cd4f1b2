"""Patterns of spaCy's attribute ruler: what they ask of a token, and whether tokens answer.

Only what rulers of installed models use: tags, dependencies, white space and lower-case words, compared with one value,
a list of values, or (words) a regular expression; no operators.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.attrs import DEP, IS_SPACE, LOWER, TAG, intify_attr
from spacy.strings import StringStore

READ = (TAG, DEP, IS_SPACE, LOWER)
"""The attributes that patterns may ask for, in the order of :data:`Facts`."""

Facts = Sequence[int]
"""One token: hash of its tag, of its dependency, whether it is white space, hash of its lower-case form."""


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: ``column`` of the facts is (or is not) one of ``values``, or matches ``expression``."""

    column: int
    values: frozenset[int]
    is_negated: bool = False
    expression: re.Pattern[str] | None = None

    def holds(self, facts: Facts, strings: StringStore) -> bool:
        """Whether a token passes."""
        if self.expression is not None:
            return self.expression.search(strings[facts[self.column]]) is not None
        return (facts[self.column] in self.values) is not self.is_negated


Pattern = tuple[tuple[Test, ...], ...]
"""For each token of a pattern its comparisons; all must hold."""


def parse(pattern: Sequence[Mapping[str, Any]], strings: StringStore) -> Pattern | None:
    """A pattern as the ruler has it; None when it compares what we do not know."""
    tokens = [_tests(token, strings) for token in pattern]
    return None if None in tokens else tuple(token for token in tokens if token is not None)


def matches(pattern: Pattern, facts: Sequence[Facts], strings: StringStore) -> bool:
    """Whether the tokens ``facts``, as many as the pattern has, pass it."""
    return len(facts) == len(pattern) and all(
        test.holds(token, strings) for tests, token in zip(pattern, facts, strict=True) for test in tests
    )


def listed(tests: Sequence[Test]) -> frozenset[int]:
    """The words one of which a token must be; empty where it may be any."""
    return next(
        (test.values for test in tests if READ[test.column] == LOWER and test.values and not test.is_negated),
        frozenset(),
    )


def _tests(token: Mapping[str, Any], strings: StringStore) -> tuple[Test, ...] | None:
    tests = [_test(intify_attr(name), value, strings) for name, value in token.items()]
    return None if None in tests else tuple(test for test in tests if test is not None)


def _test(attribute: int | None, value: Any, strings: StringStore) -> Test | None:
    if attribute not in READ:  # an operator ("OP") among them
        return None
    column = READ.index(attribute)
    if attribute == IS_SPACE:
        return Test(column, frozenset([int(value)])) if isinstance(value, bool) else None
    comparisons: dict[str, Any] = {"IN": [value]} if isinstance(value, str) else value
    if len(comparisons) != 1:
        return None
    kind, operand = next(iter(comparisons.items()))
    if kind in {"IN", "NOT_IN"}:
        return Test(column, frozenset(strings.add(word) for word in operand), is_negated=kind == "NOT_IN")
    if kind == "REGEX" and attribute == LOWER:
        return Test(column, frozenset(), expression=re.compile(operand))
    return None
