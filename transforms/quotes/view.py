"""A parsed document as the quote rules see it: tokens, quoted regions and paragraphs in one coordinate system."""

from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import islice

import numpy as np
from spacy.attrs import SENT_START
from spacy.tokens import Doc, Token

from transforms.quotes.cues import reporting_verbs
from transforms.quotes.lexicon import ReportingWord, cue_words
from transforms.quotes.marks import QuotedRegion
from transforms.quotes.spans import Span
from transforms.tokens import tokens_of

_TERMINATORS = frozenset(".!?…;") | {"...", "...."}
_EDGE = frozenset(",;:-–—")


class DocView:
    """Read access to one ``Doc``; all positions called ``i`` are token indices, all others code points.

    Attributes:
        doc: the parsed document.
        text: its text.
        paragraphs: half-open stretches of the text.
        regions: outermost quoted regions, in order.
        lower: lower-cased token texts.
        quotes_double: whether most of the regions stand in other marks than single ones.
        region_of: for each token the index of the region that it stands in, or -1.
    """

    def __init__(self, doc: Doc, text: str, paragraphs: list[tuple[int, int]], regions: list[QuotedRegion]) -> None:
        self.doc = doc
        self.text = text  # the doc would put it together anew each time it is asked
        self.paragraphs = paragraphs
        self.regions = regions
        tokens = tokens_of(doc)  # as lists: to ask each token costs more than the rules do
        self.lower, self.starts = tokens.lower, tokens.starts
        self._paragraph_starts = [start for start, _ in paragraphs]
        self.region_of = [-1] * len(doc)
        marked = [self.text[region.start : region.inner_start] for region in regions if region.label is None]
        singles = sum(mark in ("'", "‘") for mark in marked)
        self.quotes_double = singles * 2 <= len(marked)
        for number, region in enumerate(regions):
            first, stop = self.tokens_in(region.start, region.end)
            self.region_of[first:stop] = [number] * (stop - first)

    @cached_property
    def told(self) -> list[int]:
        """Tokens that may report, by their word alone."""
        words = cue_words()
        return [i for i, word in enumerate(self.lower) if word in words]

    @cached_property
    def cues(self) -> dict[int, ReportingWord]:
        """Token → its dictionary entry, for each reporting verb outside quotation marks."""
        return reporting_verbs(self.doc, self.lower, self.region_of, self.told)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        # Token.sent walks back to the sentence's start each time: too slow for a text without full stops.
        is_start = self.doc.to_array([SENT_START]) == 1
        is_start[:1] = True
        starts: list[int] = np.flatnonzero(is_start).tolist()
        return starts

    def tokens_in(self, start: int, end: int) -> tuple[int, int]:
        """Token range that covers the stretch: tokens that begin in it."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def end_of(self, i: int) -> int:
        """Offset one past token ``i``."""
        return self.starts[i] + len(self.doc[i])

    def paragraph_at(self, offset: int) -> int:
        """Index of the paragraph that holds the offset (the last one that starts at or before it)."""
        return max(0, bisect_right(self._paragraph_starts, offset) - 1)

    def paragraph_tokens(self, number: int) -> tuple[int, int]:
        """Token range of a paragraph."""
        return self.tokens_in(*self.paragraphs[number])

    def is_terminator(self, i: int) -> bool:
        """Whether token ``i`` ends a sentence (abbreviations keep their full stop inside the token)."""
        return self.lower[i] in _TERMINATORS

    def sentence(self, token: Token) -> tuple[int, int]:
        """Token range of the sentence that the parser found."""
        index = bisect_right(self._sentence_starts, token.i) - 1
        following = index + 1
        end = self._sentence_starts[following] if following < len(self._sentence_starts) else len(self.doc)
        return self._sentence_starts[index], end

    def word_count(self, start: int, end: int, most: int) -> int:
        """How many words (tokens with a letter or digit) begin in the stretch; no more than ``most`` are counted."""
        first, stop = self.tokens_in(start, end)
        words = (i for i in range(first, stop) if any(map(str.isalnum, self.lower[i])))
        return sum(1 for _ in islice(words, most))

    def statement(self, first: int, stop: int, bounds: tuple[int, int], limit: int) -> tuple[int, int]:
        """A token range widened to the nearest stops outside quotation marks, within bounds and a limit of tokens."""
        low, high = first, stop
        begin, end = max(bounds[0], first - limit), min(bounds[1], stop + limit)
        while low > begin and not (self.is_terminator(low - 1) and self.region_of[low - 1] == -1):
            low -= 1
        while high < end and not (self.is_terminator(high) and self.region_of[high] == -1):
            high += 1
        return low, high

    def zone_before(self, first: int, edge: int, limit: int) -> int:
        """First token of the stretch before token ``first`` without a stop or a quoted region."""
        low = first
        begin = max(edge, first - limit)
        while low > begin and self.region_of[low - 1] == -1 and not self.is_terminator(low - 1):
            low -= 1
        return low

    def zone_after(self, stop: int, edge: int, limit: int) -> int:
        """One past the last token of the stretch from token ``stop`` on without a stop or a quoted region."""
        high = stop
        end = min(edge, stop + limit)
        while high < end and self.region_of[high] == -1 and not self.is_terminator(high):
            high += 1
        return high

    def trimmed(self, first: int, stop: int) -> Span:
        """Offsets of a token range without white space, commas and dashes at its edges."""
        if stop <= first:
            return Span(0, 0)
        return self.trim(self.starts[first], self.end_of(stop - 1))

    def trim(self, start: int, end: int) -> Span:
        """The stretch without white space, commas and dashes at its edges."""
        while start < end and _at_edge(self.text[start]):
            start += 1
        while end > start and _at_edge(self.text[end - 1]):
            end -= 1
        return Span(start, end)

    def token_at(self, offset: int) -> int:
        """Index of the first token that starts at or after the offset."""
        return bisect_left(self.starts, offset)


def _at_edge(char: str) -> bool:
    return char in _EDGE or char.isspace()
