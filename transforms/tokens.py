"""What a ``Doc`` is made of, as plain lists: text, words and offsets, each read once for all components.

Neither annotation nor anything that a component may change afterwards is kept here: only what the tokenizer fixed.
"""

from dataclasses import dataclass
from functools import lru_cache

from spacy.attrs import IDX, LOWER
from spacy.strings import StringStore
from spacy.tokens import Doc

if not Doc.has_extension("source_text"):
    Doc.set_extension("source_text", default=None)
if not Doc.has_extension("token_lists"):
    Doc.set_extension("token_lists", default=None)

_MOST_WORDS = 50_000
"""Distinct words of one vocabulary that are kept as strings: some 5 MB."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text; list position ``i`` is token ``i``.

    Attributes:
        text: the whole text.
        starts: offset of each token, in code points.
        lower: each token in lower case.
    """

    text: str
    starts: list[int]
    lower: list[str]


def remember_text(doc: Doc, text: str) -> None:
    """Note the text that ``doc`` was made from, so that nobody has to put it together from the tokens again.

    Args:
        doc: a new document.
        text: what its tokenizer was given; spaCy's tokenizers lose nothing of it.
    """
    doc._.source_text = text


def text_of(doc: Doc) -> str:
    """``doc.text``, which spaCy puts together from all tokens each time it is asked."""
    text: str | None = doc._.source_text
    if text is None or len(text) != _length(doc):  # a tokenizer that is not spaCy's own might drop white space
        text = doc.text
        doc._.source_text = text
    return text


def tokens_of(doc: Doc) -> Tokens:
    """The tokens of ``doc``; read anew when some were merged or split since the last call."""
    tokens: Tokens | None = doc._.token_lists
    if tokens is None or len(tokens.starts) != len(doc):
        keys, starts = doc.to_array([LOWER, IDX]).reshape(len(doc), 2).T.tolist()
        tokens = Tokens(text_of(doc), starts, words_of(keys, doc.vocab.strings))
        doc._.token_lists = tokens
    return tokens


def words_of(keys: list[int], strings: StringStore) -> list[str]:
    """The string of each key: looked up in ``strings`` once for many texts, since a key means one string for good."""
    table = _table_of(strings)
    if len(table) > _MOST_WORDS:
        table.clear()
    return list(map(table.__getitem__, keys))


class _Table(dict[int, str]):
    """Strings by key, filled as they are asked for: a dictionary's own look-up is the fastest there is."""

    def __init__(self, strings: StringStore) -> None:
        super().__init__()
        self._strings = strings

    def __missing__(self, key: int) -> str:
        word = self[key] = self._strings[key]
        return word


@lru_cache(maxsize=2)  # a process has one model, tests have some
def _table_of(strings: StringStore) -> _Table:
    return _Table(strings)


def _length(doc: Doc) -> int:
    """Of the text, in code points."""
    if not len(doc):
        return 0
    last = doc[-1]
    return last.idx + len(last) + len(last.whitespace_)
