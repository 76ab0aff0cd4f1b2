"""The greedy dependency parser of spaCy (``spacy.TransitionBasedParser.v2``, arc-eager moves) for prediction.

spaCy moves the documents of a batch forward one move at a time. Here more stretches of text go side by side: a token
that starts a sentence by decree (a paragraph's first) is reached with an empty stack, so each stretch between such
tokens is a *lane* of its own; and each step is arithmetic on arrays over all lanes. One thing only passes from a lane
to the next: before its stack is empty, it may decide that a sentence starts at the second token of the next. Lanes
that had not been told so are run again.

A step costs nearly the same for one lane as for twenty. So a batch with few lanes goes to spaCy's own parser, and so do
documents that would keep a few lanes busy long after all others.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import DEP, HEAD, SENT_START
from spacy.pipeline import DependencyParser
from spacy.pipeline._parser_internals import nonproj
from spacy.tokens import Doc

from transforms.annotate.kernels.entities import class_names
from transforms.annotate.kernels.gemm import Floats, Gemm
from transforms.annotate.kernels.lanes import WIDTH, Integers, Search, Weights

_STEP, _TOKEN, _SPACY_TOKEN = 170.0, 5.0, 23.0
"""Microseconds of a step however many lanes it has, of a token's own share of its two steps, and of a token in
spaCy's parser: measured on one processor, and only their ratios matter."""
_HANDED_OVER = 64
"""Documents that spaCy's parser takes at once."""


class DependencyKernel:
    """Sets heads, dependencies and sentences as the parser that it is built from would.

    Reads ``doc.tensor``, as the parser's listener does.
    """

    def __init__(self, parser: DependencyParser, weights: Weights, gemm: Gemm) -> None:
        self._parser = parser
        self._weights = weights
        self._gemm = gemm
        names = class_names(parser)
        strings = parser.vocab.strings
        self._labels = np.array([strings.add(name[2:]) if name[1:2] == "-" else 0 for name in names], dtype=np.uint64)
        self._is_decorated = np.array([nonproj.DELIMITER in name for name in names])
        self._root = strings.add("ROOT")

    @classmethod
    def of(cls, parser: Any, gemm: Gemm) -> Self | None:
        """The kernel of a component; None when it is not built as expected."""
        if not isinstance(parser, DependencyParser) or parser.cfg.get("beam_width", 1) != 1:
            return None
        model = parser.model
        if model.name != "parser_model" or len(model.layers) != 3 or model.attrs.get("unseen_classes"):
            return None
        weights = None if parser.cfg.get("learn_tokens") else Weights.of(parser)
        return cls(parser, weights, gemm) if weights is not None else None

    def __call__(self, docs: Sequence[Doc]) -> None:
        """Parse every document."""
        full = [doc for doc in docs if len(doc)]
        if not full:
            return
        facts: Any = [doc.to_array([SENT_START, DEP]).reshape(len(doc), 2) for doc in full]
        is_parsed = any(fact[:, 1].any() for fact in facts)  # before, at least in part
        kept = [] if is_parsed else _kept([_longest_lane(fact[:, 0]) for fact in facts], [len(doc) for doc in full])
        left = [doc for number, doc in enumerate(full) if number not in set(kept)]
        for _ in self._parser.pipe(iter(left), batch_size=_HANDED_OVER):
            pass
        if kept:
            self._parse([full[number] for number in kept], np.concatenate([facts[number][:, 0] for number in kept]))

    def _parse(self, full: Sequence[Doc], starts: NDArray[np.uint64]) -> None:
        ends = list(accumulate(len(doc) for doc in full))
        search = Search(starts.astype(np.int64), ends)
        search.run(self._weights, self._reduced(np.concatenate([doc.tensor for doc in full])), self._gemm)
        for doc, (first, after) in zip(full, pairwise([0, *ends]), strict=True):
            self._set(doc, search.head[first:after] - first, search.label[first:after])

    def _reduced(self, vectors: Floats) -> Floats:
        """Inputs of the hidden layer, and a row of zeros at the end for the token that is none."""
        out = np.zeros((len(vectors) + 1, self._weights.reduce.shape[1]), dtype=np.float32)
        self._gemm(vectors, self._weights.reduce, out[:-1])
        out[:-1] += self._weights.reduce_bias
        return out

    def _set(self, doc: Doc, heads: Integers, columns: Integers) -> None:
        has_head = columns >= 0
        offsets = np.where(has_head, heads - np.arange(len(heads)), 0)
        labels = np.where(has_head, self._labels[columns], np.uint64(self._root))
        written: Any = np.stack([offsets.astype(np.int64).view(np.uint64), labels], axis=1)
        doc.from_array([HEAD, DEP], written)
        if self._is_decorated[columns[has_head]].any():
            nonproj.deprojectivize(doc)


def _longest_lane(starts: NDArray[np.uint64]) -> int:
    """Tokens of the longest stretch between sentence starts by decree."""
    firsts = np.union1d([0], np.flatnonzero(starts == 1))
    return int(np.diff(firsts, append=len(starts)).max())


def _kept(longest: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """Numbers of the documents that the search takes, in order; the others are cheaper in spaCy's parser.

    Args:
        longest: tokens of each document's longest lane.
        lengths: tokens of each document.
    """
    order = sorted(range(len(longest)), key=lambda number: -longest[number])
    left, handed, best, best_cost = sum(lengths), 0, len(order), sum(lengths) * _SPACY_TOKEN
    for rank, number in enumerate(order):
        steps = 2 * max(longest[number], left / WIDTH)
        cost = handed * _SPACY_TOKEN + steps * _STEP + left * _TOKEN
        if cost < best_cost:
            best, best_cost = rank, cost
        left -= lengths[number]
        handed += lengths[number]
    return sorted(order[best:])
