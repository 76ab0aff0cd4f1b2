"""Sentences and paragraphs of a ``Doc``, found by character offset."""

from bisect import bisect_right
from functools import cached_property

from spacy.attrs import IDX, SENT_START
from spacy.tokens import Doc


class Positions:
    """Sentence and paragraph numbers of character offsets, each found in O(log n)."""

    def __init__(self, doc: Doc) -> None:
        self._doc = doc
        self._paragraphs = [start for start, _ in doc._.paragraphs]

    @cached_property
    def _sentences(self) -> list[int]:
        next(self._doc.sents, None)  # spaCy raises where nobody has looked for sentences
        is_start, offsets = self._doc.to_array([SENT_START, IDX]).reshape(len(self._doc), 2).T
        is_start[:1] = 1  # a text begins with a sentence, whatever it says
        starts: list[int] = offsets[is_start == 1].tolist()
        return starts

    def sentence(self, offset: int) -> int:
        """Number of the sentence that holds ``offset``, from 0."""
        return max(bisect_right(self._sentences, offset) - 1, 0)

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph that holds ``offset``, from 0."""
        return max(bisect_right(self._paragraphs, offset) - 1, 0)
