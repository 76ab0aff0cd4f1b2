"""Words of a ``Doc`` as arrays: asking each token in Python costs more than all the rules about names together."""

from collections.abc import Callable

import numpy as np
from spacy.attrs import IDX, ORTH
from spacy.tokens import Doc


def distinct_words(doc: Doc) -> set[str]:
    """Every word form of the text once."""
    return {doc.vocab.strings[int(key)] for key in np.unique(doc.to_array([ORTH]))}


def positions_of(doc: Doc, is_wanted: Callable[[str], bool]) -> list[int]:
    """Indices of the tokens whose form is wanted, in order; asks once for each distinct form."""
    forms = doc.to_array([ORTH])
    wanted = [key for key in np.unique(forms) if is_wanted(doc.vocab.strings[int(key)])]
    return [int(at) for at in np.flatnonzero(np.isin(forms, wanted))]


def token_starts(doc: Doc) -> list[int]:
    """Character offset of each token."""
    return [int(start) for start in doc.to_array([IDX])]
