"""Which texts share much of their wording, by their MinHash signatures. Pure: arrays in, pairs out.

Signatures are cut into 42 bands of 3 numbers: two texts are compared when they agree in one band, which those with a
Jaccard similarity of .44 do in 97.6 % of cases, of .57 in 99.98 %, and unrelated ones (.005) once in 190,000
(locality-sensitive hashing: P. Indyk and R. Motwani, 1998). Stored signatures are streamed, so that memory grows with
what a commit brings (about 1 kB a document) and not with what is stored.
"""

from collections.abc import Iterable, Iterator
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

    @classmethod
    def joined(cls, parts: Iterable["Signatures"]) -> "Signatures":
        """All of them, in order."""
        known = [cls([], np.empty((0, NUMBERS), np.uint16), np.empty(0, np.int32)), *parts]
        return cls(
            [document_id for part in known for document_id in part.ids],
            np.concatenate([part.numbers for part in known]),
            np.concatenate([part.shingles for part in known]),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def band_keys(self, band: int) -> Keys:
        """A 64-bit key a document; keys of different bands never meet, and those of a later band are larger."""
        one, two, three = self.numbers[:, band * BAND_NUMBERS : (band + 1) * BAND_NUMBERS].astype(np.uint64).T
        keys: Keys = (np.uint64(band) << np.uint64(48)) | (one << np.uint64(32)) | (two << np.uint64(16)) | three
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
        for keys in self._keys:
            self._sieve[_slot(keys)] = True

    def among_new(self) -> Iterator[Pair]:
        """Pairs of positions of new documents that are alike, of each with the first and the last before it in a band.

        That connects what belongs together, unless a band also holds others that come between and are like neither.
        """
        count = len(self._new)
        if not count:
            return
        codes = np.empty(0, np.int64)  # a pair as one number: rows of two would be copied whole to be sorted
        for keys, owners in zip(self._keys, self._owners, strict=True):
            begins = np.r_[True, keys[1:] != keys[:-1]]
            first = np.maximum.accumulate(np.where(begins, np.arange(count), 0))
            later = np.flatnonzero(~begins)
            # Each with the first of its group and with the one before it: a group of copies costs no square.
            new = [owners[before].astype(np.int64) * count + owners[later] for before in (first[later], later - 1)]
            codes = np.union1d(codes, np.concatenate(new))
        yield from self._checked(np.stack(np.divmod(codes, count), axis=1), self._new)

    def among_stored(self, stored: Signatures) -> Iterator[Pair]:
        """Pairs (position of a new document, row of ``stored``) that are alike."""
        if not len(self._new) or not len(stored):
            return
        new_keys, owners = self._keys.ravel(), self._owners.ravel()  # in order as a whole, too
        found = []
        for band in range(BANDS):
            keys = stored.band_keys(band)
            rows = np.flatnonzero(self._sieve[_slot(keys)])
            found.append((rows, keys[rows]))
        rows, wanted = map(np.concatenate, zip(*found, strict=True))
        at = np.searchsorted(new_keys, wanted)
        pairs = []
        for step in range(_COMPARED_PER_KEY):
            inside = np.minimum(at + step, len(new_keys) - 1)
            hit = (at + step < len(new_keys)) & (new_keys[inside] == wanted)
            pairs.append(np.stack([owners[inside[hit]], rows[hit]], axis=1))
        yield from self._checked(np.unique(np.concatenate(pairs), axis=0), stored)

    def _checked(self, pairs: npt.NDArray[np.int64], other: Signatures) -> Iterator[Pair]:
        for part in np.array_split(pairs, max(1, len(pairs) // 20_000)):
            one, two = part[:, 0], part[:, 1]
            good = alike(self._new.numbers[one], self._new.shingles[one], other.numbers[two], other.shingles[two])
            yield from ((int(a), int(b)) for a, b in part[good])


def _sorted_keys(new: Signatures) -> tuple[Keys, npt.NDArray[np.int32]]:
    """The keys of each band in order, and the position of the document of each, both of shape (42, documents).

    Band by band, so that no more is held than what is returned.
    """
    keys, owners = np.empty((BANDS, len(new)), np.uint64), np.empty((BANDS, len(new)), np.int32)
    for band in range(BANDS):
        unordered = new.band_keys(band)
        owners[band] = order = np.argsort(unordered, kind="stable")
        keys[band] = unordered[order]
    return keys, owners


def _slot(keys: Keys) -> npt.NDArray[np.int64]:
    """A place in the sieve that lets nearly all keys fall through that no new document has."""
    slots: npt.NDArray[np.int64] = ((keys * _MULTIPLIER) >> np.uint64(64 - _SIEVE_BITS)).astype(np.int64)
    return slots
