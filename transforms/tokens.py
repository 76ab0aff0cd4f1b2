"""The tokens of a ``Doc`` as plain lists: words and offsets, read once for all components.

Only what the tokenizer fixed is kept; tags, heads and the like may change between two components.
"""

from dataclasses import dataclass
from functools import lru_cache

from spacy.attrs import IDX, LOWER
from spacy.strings import StringStore
from spacy.tokens import Doc

if not Doc.has_extension("token_lists"):
    Doc.set_extension("token_lists", default=None)

_MOST_WORDS = 50_000
"""Distinct words of one vocabulary that are kept as strings: some 5 MB."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text; entry ``i`` of a list is token ``i``.

    Attributes:
        starts: offset of each, in code points.
        lower: each in lower case.
    """

    starts: list[int]
    lower: list[str]


def tokens_of(doc: Doc) -> Tokens:
    """The tokens of ``doc``; read anew when some were merged or split since the last call."""
    tokens: Tokens | None = doc._.token_lists
    if tokens is None or len(tokens.starts) != len(doc):
        keys: list[int]
        starts: list[int]
        keys, starts = doc.to_array([LOWER, IDX]).reshape(len(doc), 2).T.tolist()  # type: ignore[assignment]
        tokens = Tokens(starts, words_of(keys, doc.vocab.strings))
        doc._.token_lists = tokens
    return tokens


def words_of(keys: list[int], strings: StringStore) -> list[str]:
    """The string of each key, looked up in ``strings`` once for many texts: a key means one string for good."""
    table = _table_of(strings)
    if len(table) > _MOST_WORDS:
        table.clear()
    return list(map(table.__getitem__, keys))


class _Table(dict[int, str]):
    """Strings by key, filled as they are asked for."""

    def __init__(self, strings: StringStore) -> None:
        super().__init__()
        self._strings = strings

    def __missing__(self, key: int) -> str:
        word = self[key] = self._strings[key]
        return word


@lru_cache(maxsize=2)  # a process has one model, tests have some
def _table_of(strings: StringStore) -> _Table:
    return _Table(strings)
