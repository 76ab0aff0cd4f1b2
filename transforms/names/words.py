"""Words of a ``Doc`` as arrays: asking each token in Python costs more than all the rules about names together."""

from collections.abc import Callable

import numpy as np
from spacy.tokens import Doc


class Words:
    """The distinct words of one text, and where they stand."""

    def __init__(self, doc: Doc) -> None:
        self._forms = doc.to_array(["ORTH"])
        strings = doc.vocab.strings
        self._keys = {strings[int(key)]: key for key in np.unique(self._forms)}

    def __contains__(self, word: object) -> bool:
        return word in self._keys

    def positions(self, is_wanted: Callable[[str], bool]) -> list[int]:
        """Indices of the tokens whose form is wanted, in order; asks once for each distinct form."""
        wanted = [key for word, key in self._keys.items() if is_wanted(word)]
        return [int(at) for at in np.flatnonzero(np.isin(self._forms, wanted))] if wanted else []


def token_starts(doc: Doc) -> list[int]:
    """Character offset of each token."""
    return list(doc.to_array(["IDX"]).tolist())
