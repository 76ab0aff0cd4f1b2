"""Which texts share much of their wording, by their MinHash signatures. Pure: arrays in, pairs out.

Signatures are cut into 42 bands of 3 numbers: two texts are compared when they agree in one band, which those with a
Jaccard similarity of .44 do in 97.6 % of cases, of .57 in 99.98 %, and unrelated ones (.005) once in 190,000
(locality-sensitive hashing: P. Indyk and R. Motwani, 1998). Stored signatures are streamed, so that memory grows with
what a commit brings (about 1 kB a document) and not with what is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BANDS, BAND_NUMBERS = 42, 3
NUMBERS = 128

MIN_SIMILARITY = 0.44
"""Jaccard similarity from which two texts are near duplicates: one word in ten edited leaves .57, give or take .04 of
the estimate. At .35 forms filled in anew (two bond issues, two columns with one footer) came together."""

MIN_CONTAINMENT, MIN_SIMILARITY_OF_PART = 0.8, 0.2
"""Or four fifths of the shorter text are in the longer one, as in a wire story that was cut."""

_COMPARED_PER_KEY = 4
"""New texts with one band in common that a stored text is compared with; they are compared with each other anyway."""

_SIEVE_BITS = 20
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: D. Knuth, TAOCP 3, 6.4

Keys = npt.NDArray[np.uint64]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Signatures:
    """Signatures of some documents: numbers of shape (documents, 128), and their counts of runs of words."""

    ids: list[str]
    numbers: npt.NDArray[np.uint16]
    shingles: npt.NDArray[np.int32]

    @classmethod
    def of(cls, rows: pa.Table) -> "Signatures":
        """From rows of ``signatures``; texts too short to compare are left out."""
        rows = rows.filter(pc.greater(rows.column("shingle_count"), 0))
        data = pa.concat_arrays([pa.array([], pa.binary()), *rows.column("signature").chunks])
        whole = data.cast(pa.binary(2 * NUMBERS)).buffers()[1] or b""
        return cls(
            rows.column("document_id").to_pylist(),
            np.frombuffer(whole, "<u2", len(data) * NUMBERS).reshape(-1, NUMBERS),
            rows.column("shingle_count").to_numpy(),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def band_keys(self) -> Keys:
        """One 64-bit key a band, of shape (documents, 42); keys of different bands never meet."""
        used = self.numbers[:, : BANDS * BAND_NUMBERS].reshape(-1, BANDS, BAND_NUMBERS).astype(np.uint64)
        keys = (used[..., 0] << np.uint64(32)) | (used[..., 1] << np.uint64(16)) | used[..., 2]
        keys |= np.arange(BANDS, dtype=np.uint64) << np.uint64(48)
        return keys


def alike(
    one: npt.NDArray[np.uint16],
    shingles: npt.NDArray[np.int32],
    other: npt.NDArray[np.uint16],
    others: npt.NDArray[np.int32],
) -> npt.NDArray[np.bool_]:
    """Which pairs of rows of two matrices of signatures are near duplicates."""
    similarity = (one == other).mean(axis=1)
    shared = similarity * (shingles + others) / (1 + similarity)
    containment = shared / np.minimum(shingles, others)
    part = (containment >= MIN_CONTAINMENT) & (similarity >= MIN_SIMILARITY_OF_PART)
    result: npt.NDArray[np.bool_] = (similarity >= MIN_SIMILARITY) | part
    return result


class Finder:
    """Finds the near duplicates of the documents that a commit brings."""

    def __init__(self, new: Signatures) -> None:
        self._new = new
        self._keys, self._owners = _sorted_keys(new)
        self._sieve = np.zeros(1 << _SIEVE_BITS, np.bool_)
        self._sieve[_slot(self._keys)] = True

    def among_new(self) -> Iterator[Pair]:
        """Pairs of positions of new documents that are alike: enough of them to connect all that belong together."""
        if not len(self._keys):
            return
        first = np.flatnonzero(np.r_[True, self._keys[1:] != self._keys[:-1]])
        sizes = np.diff(np.r_[first, len(self._keys)])
        follows = np.ones(len(self._keys), np.bool_)
        follows[first] = False
        later = np.flatnonzero(follows)
        starts = np.repeat(first, sizes)[later]
        # Each with the first of its group and with the one before it: a group of copies costs no square.
        pairs = np.concatenate(
            [
                np.stack([self._owners[starts], self._owners[later]], axis=1),
                np.stack([self._owners[later - 1], self._owners[later]], axis=1),
            ]
        )
        yield from self._checked(np.unique(pairs, axis=0), self._new)

    def among_stored(self, stored: Signatures) -> Iterator[Pair]:
        """Pairs (position of a new document, row of ``stored``) that are alike."""
        if not len(self._keys) or not len(stored):
            return
        keys = stored.band_keys()
        rows, bands = np.nonzero(self._sieve[_slot(keys)])
        wanted = keys[rows, bands]
        at = np.searchsorted(self._keys, wanted)
        pairs = []
        for step in range(_COMPARED_PER_KEY):
            inside = np.minimum(at + step, len(self._keys) - 1)
            hit = (at + step < len(self._keys)) & (self._keys[inside] == wanted)
            pairs.append(np.stack([self._owners[inside[hit]], rows[hit]], axis=1))
        yield from self._checked(np.unique(np.concatenate(pairs), axis=0), stored)

    def _checked(self, pairs: npt.NDArray[np.int64], other: Signatures) -> Iterator[Pair]:
        for part in np.array_split(pairs, max(1, len(pairs) // 20_000)):
            one, two = part[:, 0], part[:, 1]
            good = alike(self._new.numbers[one], self._new.shingles[one], other.numbers[two], other.shingles[two])
            yield from ((int(a), int(b)) for a, b in part[good])


def _sorted_keys(new: Signatures) -> tuple[Keys, npt.NDArray[np.int64]]:
    """All band keys in order, and the position of the document of each."""
    keys = new.band_keys().ravel()
    order = np.argsort(keys, kind="stable")
    return keys[order], order // BANDS


def _slot(keys: Keys) -> npt.NDArray[np.int64]:
    """A place in the sieve that lets nearly all keys fall through that no new document has."""
    slots: npt.NDArray[np.int64] = ((keys * _MULTIPLIER) >> np.uint64(64 - _SIEVE_BITS)).astype(np.int64)
    return slots
