"""The embeddings below the convolutions of ``spacy.Tok2Vec.v2``, each distinct token once where nothing else counts."""

from collections.abc import Sequence
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IS_SPACE, LOWER, NORM, ORTH, PREFIX, SHAPE, SPACY, SUFFIX, intify_attr
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

from transforms.annotate.kernels.gemm import Floats

_CACHED_TOKENS = 60_000
"""Distinct tokens whose embeddings are kept (about 25 MB); beyond that it starts anew."""
_OF_WORDS = frozenset({ORTH, NORM, LOWER, PREFIX, SUFFIX, SHAPE, SPACY, IS_SPACE})
"""Features that a token has from its word and the space behind it."""
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD)


class _DistinctTokens:
    """Embeddings that depend on features of the token alone, each distinct token once.

    Args:
        columns: the features.
        width: of an embedding.
    """

    def __init__(self, columns: Sequence[int | str], width: int) -> None:
        self._columns: list[int | str] = list(columns)
        self._rows: dict[int, int] = {}
        self._table = np.empty((1024, width), dtype=np.float32)

    def __call__(self, docs: Sequence[Doc]) -> tuple[Floats, NDArray[np.intp]]:
        """Vectors of the distinct tokens, and for each token which of them is its own."""
        features = np.concatenate([doc.to_array(self._columns).reshape(len(doc), -1) for doc in docs])
        keys, first, inverse = np.unique(_mixed(features), return_index=True, return_inverse=True)
        if len(self._rows) + len(keys) > _CACHED_TOKENS:
            self._rows.clear()
        rows = self._rows
        new = [position for position, key in enumerate(keys.tolist()) if key not in rows]
        if new:
            self._learn(keys[new].tolist(), self._embedded(features[first[new]], docs[0].vocab))
        chosen = np.fromiter((rows[key] for key in keys.tolist()), dtype=np.intp, count=len(keys))
        return self._table[chosen], inverse.reshape(-1)

    def _embedded(self, features: NDArray[np.uint64], vocab: Vocab) -> Floats:
        raise NotImplementedError

    def _learn(self, keys: list[int], vectors: Floats) -> None:
        known = len(self._rows)
        if known + len(keys) > len(self._table):
            grown = np.empty((2 * (known + len(keys)), self._table.shape[1]), dtype=np.float32)
            grown[:known] = self._table[:known]
            self._table = grown
        self._table[known : known + len(keys)] = vectors
        self._rows.update(zip(keys, range(known, known + len(keys)), strict=True))


class _FeatureEmbedding(_DistinctTokens):
    """Of models without static vectors: the layers take features."""

    def __init__(self, columns: Sequence[int], layers: Sequence[Model[Any, Any]], width: int) -> None:
        super().__init__(columns, width)
        self._layers = layers

    @classmethod
    def of(cls, embed: Model[Any, Any]) -> Self | None:
        """None when the embedding is not made of hashed features alone."""
        names = [layer.name.partition("(")[0] for layer in embed.layers]
        if names != ["extract_features", "list2ragged", "with_array", "with_array", "ragged2list"]:
            return None
        extract, _, features, mix, _ = embed.layers
        return cls(extract.attrs["columns"], [features.layers[0], mix.layers[0]], mix.layers[0].get_dim("nO"))

    def _embedded(self, features: NDArray[np.uint64], vocab: Vocab) -> Floats:  # noqa: ARG002
        vectors: Any = features
        for layer in self._layers:
            vectors = layer.predict(vectors)
        return cast("Floats", vectors)


class _VectorEmbedding(_DistinctTokens):
    """Of models with static vectors: the layers take a text, and get one of the distinct tokens."""

    _OWN = (ORTH, SPACY, NORM)

    def __init__(self, embed: Model[Any, Any], columns: Sequence[int | str], width: int) -> None:
        super().__init__([*columns, *self._OWN], width)
        self._embed = embed

    @classmethod
    def of(cls, embed: Model[Any, Any]) -> Self | None:
        """None when the embedding looks at more than features of words, and vectors by the word."""
        nodes = list(embed.walk())
        vectors = [node for node in nodes if node.name == "static_vectors"]
        columns = [column for node in nodes if node.name == "extract_features" for column in node.attrs["columns"]]
        mix = embed.layers[-2].layers[0] if len(embed.layers) == 3 and embed.layers[-2].layers else None
        if mix is None or not mix.has_dim("nO") or not {intify_attr(column) for column in columns} <= _OF_WORDS:
            return None
        if len(vectors) != 1 or vectors[0].attrs.get("key_attr") not in {"ORTH", ORTH}:
            return None
        return cls(embed, columns, mix.get_dim("nO"))

    def _embedded(self, features: NDArray[np.uint64], vocab: Vocab) -> Floats:
        forms, spaces, norms = (features[:, column] for column in (-3, -2, -1))
        words = Doc(vocab, words=[vocab.strings[form] for form in forms.tolist()], spaces=spaces.astype(bool).tolist())
        written: Any = norms.reshape(-1, 1)
        words.from_array([NORM], written)
        return cast("Floats", self._embed.predict([words])[0])


class _DocEmbedding:
    """Embeddings as the model computes them, for all that is built in another way."""

    def __init__(self, embed: Model[Any, Any]) -> None:
        self._embed = embed

    def __call__(self, docs: Sequence[Doc]) -> tuple[Floats, NDArray[np.intp]]:
        vectors = np.concatenate(self._embed.predict(list(docs)))
        return vectors, np.arange(len(vectors))


def _mixed(features: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for each row; that two different rows share one is as unlikely as that two words share a hash."""
    key = np.zeros(len(features), dtype=np.uint64)
    for column in range(features.shape[1]):
        key ^= features[:, column]
        key *= np.uint64(_MIX[column % len(_MIX)])
        key ^= key >> np.uint64(29)
    return key


Embedding = _FeatureEmbedding | _VectorEmbedding | _DocEmbedding


def embedding_of(embed: Model[Any, Any]) -> Embedding:
    """The fastest that gives what ``embed`` gives."""
    return _FeatureEmbedding.of(embed) or _VectorEmbedding.of(embed) or _DocEmbedding(embed)
