"""Quotations without a source of their own ("floating"): carried over from the one before."""

from collections.abc import Sequence

from transforms.names.positions import Positions
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import QuoteType
from transforms.speakers.discourse import Discourse

CARRIED = "carried"
"""``attribution_method`` of a carried speaker."""
_CONFIDENCE = 0.75
"""Share of the confidence of the quotation that the speaker is carried from."""


def carry_speakers(discourse: Discourse, positions: Positions, quotes: Sequence[QuoteSpan]) -> None:
    """Give direct quotations without a speaker the one that the text carries on with.

    Two cases count as evidence: another quotation of the same group has a speaker; or the quotation is all there is in
    its paragraph and the last quotation, in the paragraph before, has a speaker and is not indirect.
    """
    by_group: dict[int, QuoteSpan] = {}
    for quote in quotes:
        if quote.speaker:
            by_group.setdefault(quote.group, quote)
    for index, quote in enumerate(quotes):
        if quote.speaker or quote.quote_type is not QuoteType.DIRECT:
            continue
        origin = by_group.get(quote.group) or _before(discourse, positions, quotes, index)
        if origin is not None:
            _carry(origin, quote)


def _carry(origin: QuoteSpan, quote: QuoteSpan) -> None:
    quote.speaker = origin.speaker
    quote.speaker_head = origin.speaker_head
    quote.attribution_method = CARRIED
    quote.confidence = origin.confidence * _CONFIDENCE


def _before(discourse: Discourse, positions: Positions, quotes: Sequence[QuoteSpan], index: int) -> QuoteSpan | None:
    quote = quotes[index]
    if index == 0 or not _fills_paragraph(discourse, positions, quote):
        return None
    previous = quotes[index - 1]
    distance = positions.paragraph(quote.content.start) - positions.paragraph(previous.content.start)
    if not previous.speaker or distance != 1:
        return None
    return previous


def _fills_paragraph(discourse: Discourse, positions: Positions, quote: QuoteSpan) -> bool:
    """Whether the paragraph of ``quote`` holds nothing but quoted words."""
    start, end = discourse.doc._.paragraphs[positions.paragraph(quote.content.start)]
    first, last = discourse.tokens(Span(start, end))
    return not any(discourse.doc[at].is_alpha and not discourse.quoted[at] for at in range(first, last))
