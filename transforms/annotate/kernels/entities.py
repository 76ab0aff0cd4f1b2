"""The greedy entity recogniser of spaCy (``spacy.TransitionBasedParser.v2`` with BILUO moves) for prediction.

spaCy moves all documents of a batch forward token by token and asks each of its moves whether it is allowed. But what
the recogniser sees of a token outside an entity is that token alone, so the moves of all tokens outside are computed
in one go; from each token that would begin an entity, its end is searched for, for all such tokens side by side; and
reading from left to right then says which of them are reached. Same moves, same rules of validity
(``spacy/pipeline/_parser_internals/ner.pyx``), another order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ENT_IOB, IS_SPACE, SENT_START
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span

from transforms.annotate.kernels.gemm import Floats, Gemm, parameter
from transforms.annotate.kernels.tok2vec import Tok2VecKernel

_FEATURES = 3  # the token, the first token of the open entity, the token before
_BLOCK = 2048
"""Tokens whose moves outside of entities are computed together."""
_NEVER = np.float32(-np.inf)

_Flags = NDArray[np.bool_]
_Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Moves:
    """Columns of the score matrix by move; ``inside`` and ``last``: for each beginning, what goes on or ends it."""

    labels: list[str]  # by column, empty for O
    begin: _Flags
    unit: _Flags
    outside: _Flags
    inside: _Integers
    last: _Integers


class EntityKernel:
    """Sets the entities of documents, as the recogniser that it is built from would.

    Args:
        tok2vec: vectors of tokens.
        recognizer: the component, asked for documents that the kernel does not know how to treat.
        weights: of its three layers.
        moves: its moves.
        gemm: the matrix multiplication to use.
    """

    def __init__(
        self, tok2vec: Tok2VecKernel, recognizer: EntityRecognizer, weights: "_Weights", moves: _Moves, gemm: Gemm
    ) -> None:
        self._tok2vec = tok2vec
        self._recognizer = recognizer
        self._weights = weights
        self._moves = moves
        self._gemm = gemm

    @classmethod
    def of(cls, recognizer: Any, gemm: Gemm) -> Self | None:
        """The kernel of a component; None when it is not built as expected."""
        if not isinstance(recognizer, EntityRecognizer) or recognizer.cfg.get("beam_width", 1) != 1:
            return None
        model = recognizer.model
        if model.name != "parser_model" or len(model.layers) != 3 or model.attrs.get("unseen_classes"):
            return None
        weights, moves = _Weights.of(model), _moves(class_names(recognizer))
        tok2vec = Tok2VecKernel.of(model.layers[0].layers[0], gemm)
        if weights is None or moves is None or tok2vec is None:
            return None
        return cls(tok2vec, recognizer, weights, moves, gemm)

    def __call__(self, docs: Sequence[Doc]) -> None:
        """Set ``doc.ents`` of every document."""
        full = [doc for doc in docs if len(doc)]
        if not full:
            return
        facts = np.concatenate([doc.to_array([IS_SPACE, SENT_START, ENT_IOB]).reshape(len(doc), 3) for doc in full])
        if facts[:, 2].any():  # entities set before: rare, and their rules are long
            for _ in self._recognizer.pipe(iter(full)):
                pass
            return
        lengths = [len(doc) for doc in full]
        may_go_on = np.empty(len(facts), dtype=np.bool_)  # to the next token, within document and sentence
        may_go_on[:-1] = facts[1:, 1] != 1
        may_go_on[np.cumsum(lengths) - 1] = False
        features = self._weights.features(self._tok2vec(full), self._gemm)
        columns = self._outside(features, facts[:, 0] == 1, may_go_on)
        begins = np.flatnonzero(self._moves.begin[columns])
        ends = self._ends(features, begins, columns[begins], may_go_on)
        self._set(full, lengths, columns, begins, ends)

    def _outside(self, features: Floats, is_space: _Flags, may_go_on: _Flags) -> _Integers:
        """The best move of every token where no entity is open."""
        moves, weights = self._moves, self._weights
        columns = np.empty(len(features), dtype=np.intp)
        barred = np.where(moves.begin | moves.unit | moves.outside, np.float32(0), _NEVER)
        for low in range(0, len(features), _BLOCK):
            part = slice(low, min(low + _BLOCK, len(features)))
            unmaxed = features[part, 0] + weights.padding[1]
            unmaxed += weights.padding[2]
            scores = weights.scores(unmaxed, self._gemm)
            scores += barred
            scores[np.ix_(~may_go_on[part] | is_space[part], moves.begin)] = _NEVER
            scores[np.ix_(is_space[part], moves.unit)] = _NEVER
            np.argmax(scores, axis=1, out=columns[part])
        return columns

    def _ends(self, features: Floats, begins: _Integers, columns: _Integers, may_go_on: _Flags) -> _Integers:
        """One past the last token of the entity that begins at each of ``begins``."""
        weights = self._weights
        ends = np.zeros(len(begins), dtype=np.intp)
        open_ = np.arange(len(begins))
        at = begins + 1
        inside, last = self._moves.inside[columns], self._moves.last[columns]
        while len(open_):
            unmaxed = features[at, 0] + features[begins[open_], 1]
            unmaxed += features[at - 1, 2]
            hidden = weights.hidden(unmaxed)
            goes_on, stops = weights.score_of(hidden, inside[open_]), weights.score_of(hidden, last[open_])
            # Of equal scores spaCy takes the first column.
            ended = ~may_go_on[at] | (stops > goes_on) | ((stops == goes_on) & (last[open_] < inside[open_]))
            ends[open_[ended]] = at[ended] + 1
            open_, at = open_[~ended], at[~ended] + 1
        return ends

    def _set(
        self, docs: Sequence[Doc], lengths: Sequence[int], columns: _Integers, begins: _Integers, ends: _Integers
    ) -> None:
        units = np.flatnonzero(self._moves.unit[columns])
        starts = np.concatenate([begins, units])
        order = np.argsort(starts)
        stops = np.concatenate([ends, units + 1])[order].tolist()
        names = [self._moves.labels[column] for column in columns[starts[order]].tolist()]
        found = iter([*zip(starts[order].tolist(), stops, names, strict=True), (int(columns.size), 0, "")])
        start, stop, name = next(found)
        for doc, (first, after) in zip(docs, pairwise(accumulate(lengths, initial=0)), strict=True):
            entities, reached = [], first
            while start < after:
                if start >= reached:
                    entities.append(Span(doc, start - first, stop - first, label=name))
                    reached = stop
                start, stop, name = next(found)
            doc.set_ents(entities, default="outside")


@dataclass(frozen=True, slots=True)
class _Weights:
    """The layers above the token vectors: reduce, per feature to hidden (pieces apart), hidden to moves."""

    reduce: Floats
    reduce_bias: Floats
    lower: Floats  # (inputs, features * pieces * hidden)
    lower_bias: Floats  # (pieces * hidden,)
    padding: Floats  # (features, pieces * hidden)
    upper: Floats  # (hidden, moves)
    upper_bias: Floats
    hidden_width: int

    @classmethod
    def of(cls, model: Any) -> "_Weights | None":
        head, lower, upper = model.layers
        if [layer.name for layer in head.layers[1:]] != ["list2array", "linear"]:
            return None
        count, width, pieces, inputs = parameter(lower, "W").shape
        if count != _FEATURES or pieces != 2 or upper.name != "linear":
            return None
        return cls(
            np.ascontiguousarray(parameter(head.layers[2], "W").T),
            parameter(head.layers[2], "b"),
            np.ascontiguousarray(parameter(lower, "W").transpose(0, 2, 1, 3).reshape(-1, inputs).T),
            np.ascontiguousarray(parameter(lower, "b").T.reshape(-1)),
            np.ascontiguousarray(parameter(lower, "pad")[0].transpose(0, 2, 1).reshape(count, -1)),
            np.ascontiguousarray(parameter(upper, "W").T),
            parameter(upper, "b"),
            width,
        )

    def features(self, vectors: Floats, gemm: Gemm) -> Floats:
        """What each token gives to a state in each of the three roles: (tokens, 3, pieces * hidden)."""
        reduced = np.empty((len(vectors), self.reduce.shape[1]), dtype=np.float32)
        gemm(vectors, self.reduce, reduced)
        reduced += self.reduce_bias
        out = np.empty((len(vectors), self.lower.shape[1]), dtype=np.float32)
        gemm(reduced, self.lower, out)
        return out.reshape(len(vectors), _FEATURES, -1)

    def hidden(self, unmaxed: Floats) -> Floats:
        """Maxout over the two pieces; changes its argument."""
        unmaxed += self.lower_bias
        return np.maximum(unmaxed[:, : self.hidden_width], unmaxed[:, self.hidden_width :])

    def scores(self, unmaxed: Floats, gemm: Gemm) -> Floats:
        """Scores of all moves."""
        out = np.empty((len(unmaxed), self.upper.shape[1]), dtype=np.float32)
        gemm(self.hidden(unmaxed), self.upper, out)
        out += self.upper_bias
        return out

    def score_of(self, hidden: Floats, columns: _Integers) -> Floats:
        """Score of one move for each state."""
        scores: Floats = np.einsum("ij,ji->i", hidden, self.upper[:, columns])
        return scores + self.upper_bias[columns]


def class_names(parser: Any) -> list[str]:
    """Names of all moves of a transition-based component, by column; ``move_names`` leaves some out."""
    return [parser.moves.get_class_name(column) for column in range(parser.moves.n_moves)]


def _moves(names: Sequence[str]) -> _Moves | None:
    labels = [name[2:] for name in names]
    position = {name: column for column, name in enumerate(names)}
    pairs = [(f"I-{label}", f"L-{label}") for label in labels]
    if names.count("O") != 1 or any(name[:2] not in {"B-", "I-", "L-", "U-", "O"} for name in names):
        return None
    if any(name.startswith("B-") and not set(pair) <= position.keys() for name, pair in zip(names, pairs, strict=True)):
        return None

    def flags(test: Callable[[str], bool]) -> _Flags:
        return np.array([test(name) for name in names])

    return _Moves(
        labels,
        flags(lambda name: name.startswith("B-")),
        flags(lambda name: name.startswith("U-") and len(name) > 2),
        flags(lambda name: name == "O"),
        np.array([position.get(first, -1) for first, _ in pairs]),
        np.array([position.get(second, -1) for _, second in pairs]),
    )
