"""Sentences and paragraphs of a ``Doc``, found by character offset."""

from bisect import bisect_right

from spacy.tokens import Doc


class Positions:
    """Sentence and paragraph numbers of character offsets, each found in O(log n)."""

    def __init__(self, doc: Doc) -> None:
        self._sentences = [sentence.start_char for sentence in doc.sents]
        self._paragraphs = [start for start, _ in doc._.paragraphs]

    def sentence(self, offset: int) -> int:
        """Number of the sentence that holds ``offset``, from 0."""
        return max(bisect_right(self._sentences, offset) - 1, 0)

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph that holds ``offset``, from 0."""
        return max(bisect_right(self._paragraphs, offset) - 1, 0)
