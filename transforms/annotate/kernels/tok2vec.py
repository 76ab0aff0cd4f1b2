"""``spacy.Tok2Vec.v2`` (MultiHashEmbed and MaxoutWindowEncoder) for prediction, several times as fast.

What it does otherwise than the layers of thinc, at the same result but for rounding:

- tokens with the same features have the same embedding: it is computed once for each distinct token of a call and kept
  for the next;
- the first convolution is linear in its three inputs, so its product with the weights is computed once for each
  distinct token too, and then only added up;
- the text goes through all layers in blocks that stay in the processor's cache, instead of layer by layer through
  arrays of many megabytes that the operating system has to clear first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import Model

from transforms.annotate.kernels.embeddings import Embedding, embedding_of
from transforms.annotate.kernels.gemm import Floats, Gemm, parameter

_BLOCK = 768
"""Rows that go through all layers together: what they need (about 2.5 MB) fits a second-level cache of today."""
_EPSILON = np.float32(1e-8)  # as in thinc.layers.layernorm


@dataclass(frozen=True, slots=True)
class _Layer:
    """One residual layer: ``x + norm(maxout(window(x) @ weights + bias))``. Columns lie piece by piece."""

    weights: Floats  # (3 * width, pieces * width)
    bias: Floats  # (pieces * width,)
    gain: Floats  # (width,)
    shift: Floats  # (width,)


class Tok2VecKernel:
    """Token vectors of documents, from the weights of a ``spacy.Tok2Vec.v2`` model.

    Args:
        embed: the model's embedding, by the features of tokens where it looks at nothing else.
        layers: its convolutions.
        pieces: maxout pieces of each.
        gemm: the matrix multiplication to use.
    """

    def __init__(self, embed: Embedding, layers: Sequence[_Layer], pieces: int, gemm: Gemm):
        self._embed = embed
        self._layers = layers
        self._pieces = pieces
        self._gemm = gemm
        self._width = len(layers[0].gain)
        self._halo = len(layers)

    @classmethod
    def of(cls, model: Model[Any, Any], gemm: Gemm) -> Self | None:
        """The kernel of ``model``; None when it is not built as expected."""
        if not (model.has_ref("embed") and model.has_ref("encode")):
            return None
        layers = _layers(model.get_ref("encode"))
        if not layers:
            return None
        pieces = len(layers[0].bias) // len(layers[0].gain)
        return cls(embedding_of(model.get_ref("embed")), layers, pieces, gemm)

    def __call__(self, docs: Sequence[Doc]) -> Floats:
        """Vectors of all tokens of ``docs``, one after the other, float32 of shape (tokens, width)."""
        vectors, tokens = self._embed(docs)
        padded, rows = _padded(tokens, [len(doc) for doc in docs], self._halo)
        table = np.zeros((len(vectors) + 1, self._width), dtype=np.float32)  # row 0 is the padding
        table[1:] = vectors
        first = self._layers[0]
        products = [
            self._product(table, first.weights[part * self._width : (part + 1) * self._width]) for part in range(3)
        ]
        products[1] += first.bias
        out = np.empty((len(padded), self._width), dtype=np.float32)
        work = _Workspace(_BLOCK + 2 * self._halo, self._width, self._pieces)
        for begin in range(0, len(padded), _BLOCK):
            end = min(begin + _BLOCK, len(padded))
            low, high = max(begin - self._halo, 0), min(end + self._halo, len(padded))
            block = self._block(padded, low, high, table, products, work)
            out[begin:end] = block[begin - low : end - low]
        return out[rows]

    def _product(self, table: Floats, weights: Floats) -> Floats:
        out = np.empty((len(table), weights.shape[1]), dtype=np.float32)
        self._gemm(table, weights, out)
        return out

    def _block(
        self,
        padded: NDArray[np.intp],
        low: int,
        high: int,
        table: Floats,
        products: Sequence[Floats],
        work: "_Workspace",
    ) -> Floats:
        """All layers on the rows ``low:high``, whose neighbours outside count as padding."""
        count = high - low
        ids = np.zeros(count + 2, dtype=np.intp)
        ids[1:-1] = padded[low:high]
        unmaxed, spare = work.unmaxed[:count], work.spare[:count]
        np.take(products[0], ids[:-2], axis=0, out=unmaxed, mode="clip")
        for part in (1, 2):
            np.take(products[part], ids[part : part + count], axis=0, out=spare, mode="clip")
            unmaxed += spare
        x = work.x[: count + 2]  # a row of padding at each end
        x[0] = x[-1] = 0
        np.take(table, ids[1:-1], axis=0, out=x[1:-1], mode="clip")
        self._add_normed(x, unmaxed, self._layers[0], work)
        for layer in self._layers[1:]:
            window = work.window[:count]
            width = x.strides[0]
            np.copyto(window, as_strided(x, shape=(count, 3 * self._width), strides=(width, x.strides[1])))
            self._gemm(window, layer.weights, unmaxed)
            unmaxed += layer.bias
            self._add_normed(x, unmaxed, layer, work)
        return x[1:-1]

    def _add_normed(self, x: Floats, unmaxed: Floats, layer: _Layer, work: "_Workspace") -> None:
        width, best = self._width, work.best[: len(unmaxed)]
        np.maximum(unmaxed[:, :width], unmaxed[:, width : 2 * width], out=best)
        for piece in range(2, self._pieces):
            np.maximum(best, unmaxed[:, piece * width : (piece + 1) * width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best) / np.float32(width) + _EPSILON
        best *= (1 / np.sqrt(variance))[:, None]
        best *= layer.gain
        best += layer.shift
        x[1:-1] += best


class _Workspace:
    """Arrays that every block uses again, so that nothing large is allocated while texts run through."""

    def __init__(self, rows: int, width: int, pieces: int) -> None:
        self.x = np.zeros((rows + 2, width), dtype=np.float32)
        self.window = np.empty((rows, 3 * width), dtype=np.float32)
        self.unmaxed = np.empty((rows, pieces * width), dtype=np.float32)
        self.spare = np.empty((rows, pieces * width), dtype=np.float32)
        self.best = np.empty((rows, width), dtype=np.float32)


def _padded(tokens: NDArray[np.intp], lengths: Sequence[int], pad: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Table rows with ``pad`` rows of padding around each document, and where each token stands in them."""
    offsets = np.repeat(np.arange(1, len(lengths) + 1) * pad, lengths)
    rows = np.arange(len(tokens)) + offsets
    padded = np.zeros(len(tokens) + pad * (len(lengths) + 1), dtype=np.intp)
    padded[rows] = tokens + 1
    return padded, rows


def _layers(encode: Model[Any, Any]) -> list[_Layer]:
    """The layers of a ``spacy.MaxoutWindowEncoder.v2`` with a window of one; empty when it is something else."""
    if encode.name.partition("(")[0] != "with_array" or not encode.layers:
        return []
    stack = encode.layers[0]
    residuals = stack.layers if stack.name.startswith("residual(") and ">>residual(" in stack.name else [stack]
    layers = [_layer(residual) for residual in residuals]
    return [layer for layer in layers if layer is not None] if all(layers) else []


def _layer(residual: Model[Any, Any]) -> _Layer | None:
    nodes = {node.name: node for node in residual.walk()}
    known = {"expand_window", "maxout", "layernorm"} <= nodes.keys() and residual.name.startswith("residual(")
    if not known or nodes["expand_window"].attrs["window_size"] != 1:
        return None
    maxout, norm = nodes["maxout"], nodes["layernorm"]
    width, pieces = maxout.get_dim("nO"), maxout.get_dim("nP")
    weights = parameter(maxout, "W").reshape(width, pieces, -1).transpose(1, 0, 2).reshape(pieces * width, -1)
    bias = parameter(maxout, "b").reshape(width, pieces).T.reshape(-1)
    if weights.shape[1] != 3 * width:
        return None
    return _Layer(
        np.ascontiguousarray(weights.T, dtype=np.float32),
        np.ascontiguousarray(bias, dtype=np.float32),
        parameter(norm, "G"),
        parameter(norm, "b"),
    )
