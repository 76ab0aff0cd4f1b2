"""The search of the dependency kernel: arc-eager moves as arithmetic over lanes of text that go side by side.

What a lane is says :mod:`transforms.annotate.kernels.dependencies`. Moves, rules of validity and features are those of
``spacy/pipeline/_parser_internals/{arc_eager.pyx,_state.pxd}``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.pipeline import DependencyParser

from transforms.annotate.kernels.entities import class_names
from transforms.annotate.kernels.gemm import Floats, Gemm, parameter

WIDTH = 512
"""Lanes that go side by side: with more, what a step touches no longer fits the processor's cache."""

_FEATURES = 8
_NEVER = np.float32(-np.inf)
_SHIFT, _REDUCE, _LEFT, _RIGHT, _BREAK = range(5)

Integers = NDArray[np.intp]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """The layers above the token vectors, and the columns of left and right arcs in the scores."""

    reduce: Floats
    reduce_bias: Floats
    lower: Floats  # (features * inputs, pieces * hidden)
    lower_bias: Floats
    padding: Floats  # (features, pieces * hidden): what a missing token gives
    upper: Floats
    upper_bias: Floats
    hidden_width: int
    left: slice
    right: slice

    @classmethod
    def of(cls, parser: DependencyParser) -> "Weights | None":
        """The layers of a parser; None when they are not as expected."""
        head, lower, upper = parser.model.layers
        if [layer.name for layer in head.layers] != ["tok2vec-listener", "list2array", "linear"]:
            return None
        count, width, pieces, inputs = parameter(lower, "W").shape
        lefts, rights = _arc_columns(class_names(parser))
        if count != _FEATURES or pieces != 2 or upper.name != "linear" or not lefts or not rights:
            return None
        return cls(
            np.ascontiguousarray(parameter(head.layers[2], "W").T),
            parameter(head.layers[2], "b"),
            np.ascontiguousarray(parameter(lower, "W").transpose(0, 3, 2, 1).reshape(count * inputs, pieces * width)),
            np.ascontiguousarray(parameter(lower, "b").T.reshape(-1)),
            np.ascontiguousarray(parameter(lower, "pad")[0].transpose(0, 2, 1).reshape(count, -1)),
            np.ascontiguousarray(parameter(upper, "W").T),
            parameter(upper, "b"),
            width,
            slice(2, 2 + lefts),
            slice(2 + lefts, 2 + lefts + rights),
        )

    def scores(self, vectors: Floats, tokens: Integers, gemm: Gemm) -> Floats:
        """Scores of all moves in states whose features are ``tokens`` (rows of ``vectors``, -1 for none)."""
        states = len(tokens)
        unmaxed = np.empty((states, len(self.lower_bias)), dtype=np.float32)
        gemm(vectors.take(tokens.reshape(-1), axis=0, mode="wrap").reshape(states, -1), self.lower, unmaxed)
        unmaxed += (tokens < 0).astype(np.float32) @ self.padding
        unmaxed += self.lower_bias
        hidden = np.maximum(unmaxed[:, : self.hidden_width], unmaxed[:, self.hidden_width :])
        out = np.empty((states, len(self.upper_bias)), dtype=np.float32)
        gemm(hidden, self.upper, out)
        out += self.upper_bias
        return out


class Search:
    """Finds the arcs of all tokens of some documents, one after the other in arrays with a spare place at the end.

    Index -1, the place that a missing token has, is that spare place.

    Args:
        sent_start: 1 where a sentence must start, -1 where none may.
        ends: one past the last token of each document.

    Attributes:
        head: position of each token's head.
        label: column of the move that made the arc; -1 where there is none.
    """

    def __init__(self, sent_start: NDArray[np.int64], ends: Sequence[int]) -> None:
        count = len(sent_start)
        self.head = np.full(count + 1, -1, dtype=np.intp)
        self.label = np.full(count + 1, -1, dtype=np.intp)
        self._last_left = np.full(count + 1, -1, dtype=np.intp)
        self._last_right = np.full(count + 1, -1, dtype=np.intp)
        self._right_before = np.full(count + 1, -1, dtype=np.intp)
        self._stack = np.full(count + 3, -1, dtype=np.intp)  # the third from the top is looked for in any case
        self._returned = np.full(count + 3, -1, dtype=np.intp)  # tokens put back in front of the buffer
        self._is_unshiftable = np.zeros(count + 1, dtype=np.bool_)
        self._decreed = np.append(sent_start == 1, False)
        self._starts = self._decreed.copy()
        self._cannot_start = np.append(sent_start == -1, False)
        self._firsts = np.union1d([0, *ends[:-1]], np.flatnonzero(sent_start == 1)).astype(np.intp)
        self._stops = np.append(self._firsts[1:], count)
        self._doc_ends = np.array(ends, dtype=np.intp)[np.searchsorted(ends, self._firsts, side="right")]
        self._splits_next = np.zeros(len(self._firsts), dtype=np.bool_)

    def run(self, weights: Weights, vectors: Floats, gemm: Gemm) -> None:
        """Work through all lanes, and again through those that were not told of a start by the lane before."""
        told = np.zeros_like(self._splits_next)
        lanes = np.arange(len(self._firsts))
        while len(lanes):
            self._run(lanes, weights, vectors, gemm)
            should = np.append(False, self._splits_next[:-1])
            lanes = np.flatnonzero(should != told)
            told = should
            for number in lanes.tolist():
                self._reset(number, should[number])

    def _reset(self, number: int, is_split: bool) -> None:
        tokens = slice(self._firsts[number], self._stops[number])
        for links in (self.head, self.label, self._last_left, self._last_right, self._right_before):
            links[tokens] = -1
        self._is_unshiftable[tokens] = False
        self._starts[tokens] = self._decreed[tokens]
        self._starts[self._firsts[number] + 1] |= is_split
        self._splits_next[number] = False

    def _run(self, numbers: Integers, weights: Weights, vectors: Floats, gemm: Gemm) -> None:
        """The lanes ``numbers``, the longest first, :data:`WIDTH` at a time."""
        order = np.argsort((self._stops - self._firsts)[numbers], kind="stable")
        waiting = numbers[order]  # taken from the end
        lanes = _Lanes()
        while len(lanes) or len(waiting):
            if len(lanes) < WIDTH and len(waiting):
                taken = waiting[len(lanes) - WIDTH :]
                waiting = waiting[: len(waiting) - len(taken)]
                lanes.add(taken, self._firsts[taken], self._stops[taken], self._doc_ends[taken])
            self._step(lanes, weights, vectors, gemm)
            lanes.drop_finished()

    def _step(self, lanes: "_Lanes", weights: Weights, vectors: Floats, gemm: Gemm) -> None:
        base, depth, back = lanes.base, lanes.depth, lanes.back
        left = lanes.end - lanes.next + back  # tokens in the buffer
        ahead = np.where(lanes.next < lanes.end, lanes.next, -1)
        after = np.where(lanes.next + 1 < lanes.end, lanes.next + 1, -1)
        b0 = np.where(back > 0, self._returned[base + back - 1], ahead)
        b1 = np.where(back > 1, self._returned[base + back - 2], np.where(back > 0, ahead, after))
        s0 = np.where(depth > 0, self._stack[base + depth - 1], -1)
        s1 = np.where(depth > 1, self._stack[base + depth - 2], -1)
        s2 = np.where(depth > 2, self._stack[base + depth - 3], -1)
        tokens = np.stack([b0, b1, s0, s1, s2, self._last_left[b0], self._last_left[s0], self._last_right[s0]], axis=1)
        scores = weights.scores(vectors, tokens, gemm)
        best_left = scores[:, weights.left].argmax(axis=1) + weights.left.start
        best_right = scores[:, weights.right].argmax(axis=1) + weights.right.start
        rows = np.arange(len(lanes))
        columns = np.stack(
            [np.zeros_like(rows), np.ones_like(rows), best_left, best_right, np.full_like(rows, scores.shape[1] - 1)],
            axis=1,
        )
        candidates = np.take_along_axis(scores, columns, axis=1)
        candidates[~self._valid(lanes, left, b0, b1)] = _NEVER
        moves = candidates.argmax(axis=1)
        self._arcs(moves, b0, s0, columns)
        self._move(lanes, moves, b0, b1, s0)

    def _valid(self, lanes: "_Lanes", left: Integers, b0: Integers, b1: Integers) -> _Flags:
        """Which of the five kinds of moves each lane may make."""
        depth, is_next = lanes.depth, b0 == lanes.stop
        is_empty, starts = depth == 0, self._starts[b0]
        # What the next lane did meanwhile is, in the order of reading, still to come.
        is_start = np.where(is_next, self._decreed[b1] | self._splits_next[lanes.number], self._starts[b1])
        may_link = ~is_empty & (left > 0) & ~starts
        return np.stack(
            [
                is_empty | ((left >= 2) & ~starts & ~self._is_unshiftable[b0]),
                ~is_empty & ((left == 0) | (depth > 1) | ~self._cannot_start[b0]),
                may_link,
                may_link,
                (left >= 2) & (b1 == b0 + 1) & ~is_start & ~self._cannot_start[b1],
            ],
            axis=1,
        )

    def _arcs(self, moves: Integers, b0: Integers, s0: Integers, columns: Integers) -> None:
        lanes = np.flatnonzero(moves == _LEFT)
        child, head = s0[lanes], b0[lanes]
        had = self.head[child] >= 0
        self._last_right[self.head[child[had]]] = self._right_before[child[had]]  # the arc that is replaced
        self.head[child], self.label[child] = head, columns[lanes, _LEFT]
        self._last_left[head] = child
        self._is_unshiftable[head] = False
        lanes = np.flatnonzero(moves == _RIGHT)
        child, head = b0[lanes], s0[lanes]
        self.head[child], self.label[child] = head, columns[lanes, _RIGHT]
        self._right_before[child] = self._last_right[head]
        self._last_right[head] = child

    def _move(self, lanes: "_Lanes", moves: Integers, b0: Integers, b1: Integers, s0: Integers) -> None:
        breaks, is_next = moves == _BREAK, b0 == lanes.stop
        self._starts[b1[breaks & ~is_next]] = True
        self._splits_next[lanes.number[breaks & is_next]] = True
        reduces = moves == _REDUCE
        returns = reduces & (self.head[s0] < 0) & (lanes.depth > 1)
        pushes = (moves == _SHIFT) | (moves == _RIGHT)
        self._stack[(lanes.base + lanes.depth)[pushes]] = b0[pushes]
        from_back = pushes & (lanes.back > 0)
        self._returned[(lanes.base + lanes.back)[returns]] = s0[returns]
        self._is_unshiftable[s0[returns]] = True
        lanes.depth += pushes
        lanes.depth -= reduces | (moves == _LEFT)
        lanes.next += pushes & ~from_back
        lanes.back += returns
        lanes.back -= from_back


class _Lanes:
    """The lanes under way: where each began and stops, its document's end, and the state of its stack and buffer."""

    def __init__(self) -> None:
        nothing = np.empty(0, dtype=np.intp)
        self.number = self.base = self.stop = self.end = self.next = self.depth = self.back = nothing

    def __len__(self) -> int:
        return len(self.base)

    def add(self, numbers: Integers, firsts: Integers, stops: Integers, ends: Integers) -> None:
        """Begin lanes."""
        nothing = np.zeros(len(firsts), dtype=np.intp)
        self.number = np.concatenate([self.number, numbers])
        self.base = np.concatenate([self.base, firsts])
        self.stop = np.concatenate([self.stop, stops])
        self.end = np.concatenate([self.end, ends])
        self.next = np.concatenate([self.next, firsts])
        self.depth = np.concatenate([self.depth, nothing])
        self.back = np.concatenate([self.back, nothing])

    def drop_finished(self) -> None:
        """Forget lanes whose tokens are all read and whose stacks are empty."""
        going = (self.depth > 0) | (self.next < self.stop) | (self.back > 0)
        if not going.all():
            for name in ("number", "base", "stop", "end", "next", "depth", "back"):
                setattr(self, name, getattr(self, name)[going])


def _arc_columns(names: Sequence[str]) -> tuple[int, int]:
    """How many left and right arcs there are, if the columns are shift, reduce, left arcs, right arcs, break."""
    lefts = sum(name.startswith("L-") for name in names)
    rights = sum(name.startswith("R-") for name in names)
    kinds = "".join(name[0] for name in names)
    return (lefts, rights) if kinds == "SD" + "L" * lefts + "R" * rights + "B" else (0, 0)
