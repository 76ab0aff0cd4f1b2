"""Words of a ``Doc`` as arrays: asking each token in Python costs more than all the rules about names together."""

from collections.abc import Callable, Iterable, Set

from spacy.attrs import ORTH
from spacy.strings import StringStore
from spacy.tokens import Doc

from transforms.names.kinds import kinds_of

_MOST_REMEMBERED = 50_000
"""Forms whose kinds are remembered, about 5 MB; then it begins anew."""
_remembered: dict[int, int] = {}
"""Hash of a form → its kinds; the same in every vocabulary, since a form's hash is made of its letters."""


def id_of(string: str) -> int:
    """What spaCy has for this string, in every vocabulary.

    ``token.pos == id_of("NOUN")`` is what ``token.pos_ == "NOUN"`` is, without a new Python string for each token.
    """
    return int(StringStore()[string])


def ids(*strings: str) -> frozenset[int]:
    """What spaCy has for each of these strings."""
    return frozenset(map(id_of, strings))


PROPN, NOUN = id_of("PROPN"), id_of("NOUN")
"""``token.pos`` of proper nouns and of common nouns."""


class Words:
    """The distinct words of one text, and where they stand."""

    def __init__(self, doc: Doc) -> None:
        self._strings = doc.vocab.strings
        self._forms: list[int] = doc.to_array([ORTH]).tolist()
        self._distinct = frozenset(self._forms)
        self._kinds: list[tuple[int, int]] | None = None

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._strings[word] in self._distinct

    def positions(self, is_wanted: Callable[[str], bool]) -> list[int]:
        """Indices of the tokens whose form is wanted, in order; asks once for each distinct form."""
        return self._at({key for key in self._distinct if is_wanted(self._strings[key])})

    def positions_among(self, forms: Iterable[str]) -> list[int]:
        """Indices of the tokens whose form is one of these, in order."""
        return self._at(self._distinct.intersection(map(self._strings.__getitem__, forms)))

    def of_kind(self, kind: int) -> list[int]:
        """Indices of the tokens of a kind (see :mod:`transforms.names.kinds`), in order."""
        if self._kinds is None:
            self._kinds = self._look_up()
        return [at for at, kinds in self._kinds if kinds & kind]

    def _at(self, keys: Set[int]) -> list[int]:
        return [at for at, key in enumerate(self._forms) if key in keys] if keys else []

    def _look_up(self) -> list[tuple[int, int]]:
        """The tokens that are of any kind, with their kinds."""
        if len(_remembered) > _MOST_REMEMBERED:
            _remembered.clear()
        for key in self._distinct.difference(_remembered):
            _remembered[key] = kinds_of(self._strings[key])
        return [(at, kinds) for at, key in enumerate(self._forms) if (kinds := _remembered[key])]
