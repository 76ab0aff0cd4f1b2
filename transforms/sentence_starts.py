"""Sentence starts that are known before the parser runs; it respects them."""

from collections.abc import Sequence

import numpy as np
from spacy.attrs import DEP, IDX, IS_SPACE, SENT_START
from spacy.errors import Errors
from spacy.tokens import Doc

_NO_START = np.uint64(2**64 - 1)
"""What spaCy has for a token at which no sentence starts: -1, in an array without signs."""


def mark_starts(doc: Doc, starts: Sequence[int]) -> None:
    """Let sentences start at certain tokens, and at no white space but the first token.

    All tokens at once: where one is set by itself, spaCy looks through the whole text for a parse.

    Args:
        doc: the text.
        starts: offsets, in code points; one at which no token begins is left out.

    Raises:
        ValueError: the text is parsed, and its sentences are others; spaCy says so for a single token too.
    """
    if not len(doc):
        return
    is_space, offsets, dependencies, marks = doc.to_array([IS_SPACE, IDX, DEP, SENT_START]).T
    wanted = marks.copy()
    wanted[1:][is_space[1:] != 0] = _NO_START
    first_offsets = np.array(starts, dtype=offsets.dtype)
    tokens = np.minimum(np.searchsorted(offsets, first_offsets), len(doc) - 1)
    wanted[tokens[offsets[tokens] == first_offsets]] = 1
    if (wanted == marks).all():
        return
    if dependencies.any():
        raise ValueError(Errors.E043)
    doc.from_array([SENT_START], wanted)
