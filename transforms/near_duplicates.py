"""The signature of a text: what it takes to estimate how much of its wording another text shares. Pure.

A text is the set of its runs of three words (case and punctuation aside); MinHash with 128 permutations estimates the
Jaccard similarity of two such sets (A. Broder, "On the resemblance and containment of documents", 1997). Of each of
the 128 numbers the low 16 bits are kept: two different numbers agree in them once in 65,536, which the estimate does
not notice, and the signature takes 256 bytes (b-bit minwise hashing: P. Li and A. C. König, WWW 2010).
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from rensa import RMinHash

PERMUTATIONS = 128
SHINGLE_WORDS = 3
MIN_WORDS = 20
"""Shorter texts have too few runs of words: a score line and a headline resemble each other by chance."""

METHOD = f"minhash-{PERMUTATIONS}x16-w{SHINGLE_WORDS}-rensa{RMinHash.ALGORITHM_VERSION}"
"""Signatures of one method can be compared; it is part of what decides how rows come out."""

_SEED = 1
_WORD = re.compile(r"\w+")
_PACK = struct.Struct(f"<{PERMUTATIONS}H")


@dataclass(frozen=True, slots=True)
class Signature:
    """One row of ``signatures``: 128 little-endian numbers, and how many different runs of words the text has.

    A text too short to compare has none of either.
    """

    document_id: str
    shingle_count: int
    signature: bytes


def sign(document_id: str, text: str, skipped: Iterable[tuple[int, int]] = ()) -> Signature:
    """The signature of a document. Linear in its text; the same on every machine.

    Args:
        document_id: of the document.
        text: its text.
        skipped: stretches of the text, in order, that say nothing about its wording: boilerplate, credits.
    """
    words = _WORD.findall(_without(text, skipped).casefold())
    if len(words) < MIN_WORDS:
        return Signature(document_id, 0, b"")
    shingles = set(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
    hashed = RMinHash(PERMUTATIONS, _SEED)
    hashed.update(list(shingles))
    numbers = (value & 0xFFFF for value in hashed.digest())
    return Signature(document_id, len(shingles), _PACK.pack(*numbers))


def _without(text: str, skipped: Iterable[tuple[int, int]]) -> str:
    parts, position = [], 0
    for start, end in skipped:
        parts.append(text[position:start])
        position = end
    return "\n".join([*parts, text[position:]]) if parts else text
