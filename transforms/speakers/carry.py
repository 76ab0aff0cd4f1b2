"""Quotations without a source of their own ("floating"): carried over from the one before."""

from collections.abc import Sequence

from transforms.names.positions import Positions
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import QuoteType
from transforms.speakers.discourse import Discourse

CARRIED = "carried"
"""``attribution_method`` of a carried speaker."""
_DIALOGUE = 3
"""Paragraphs within which a dialogue partner is looked for."""


def carry_speakers(discourse: Discourse, positions: Positions, quotes: Sequence[QuoteSpan]) -> None:
    """Give direct quotations without a speaker the one that the text carries on with.

    Two cases count as evidence: another quotation of the same group has a speaker; or the quotation is all there is in
    its paragraph and the last quotation stands in the paragraph before and has a speaker. In a dialogue,
    questions and answers take turns.
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


def _before(discourse: Discourse, positions: Positions, quotes: Sequence[QuoteSpan], index: int) -> QuoteSpan | None:
    quote = quotes[index]
    if index == 0 or not _fills_paragraph(discourse, positions, quote):
        return None
    previous = quotes[index - 1]
    if not previous.speaker or _paragraphs_between(positions, previous, quote) != 1:
        return None
    return _turn(discourse, positions, quotes, index)


def _turn(discourse: Discourse, positions: Positions, quotes: Sequence[QuoteSpan], index: int) -> QuoteSpan | None:
    """Whose turn it is: nobody answers their own question, and who asks in a dialogue asks again.

    Returns the quotation to carry the speaker from, None when the dialogue partner is not known.
    """
    quote, previous = quotes[index], quotes[index - 1]
    is_question, was_question = _is_question(discourse, quote), _is_question(discourse, previous)
    if is_question == was_question:
        return None if is_question else previous
    for partner in reversed(quotes[max(index - 3, 0) : index - 1]):
        is_near = _paragraphs_between(positions, partner, quote) <= _DIALOGUE
        if partner.speaker and is_near and _is_question(discourse, partner) == is_question:
            return partner
    return None if was_question else previous


def _is_question(discourse: Discourse, quote: QuoteSpan) -> bool:
    first, last = discourse.tokens(quote.content)
    return any(token.text == "?" for token in discourse.doc[max(first, last - 2) : last])


def _paragraphs_between(positions: Positions, one: QuoteSpan, other: QuoteSpan) -> int:
    return positions.paragraph(other.content.start) - positions.paragraph(one.content.start)


def _fills_paragraph(discourse: Discourse, positions: Positions, quote: QuoteSpan) -> bool:
    """Whether the paragraph of ``quote`` holds nothing but quoted words."""
    start, end = discourse.doc._.paragraphs[positions.paragraph(quote.content.start)]
    first, last = discourse.tokens(Span(start, end))
    return not any(discourse.doc[at].is_alpha and not discourse.quoted[at] for at in range(first, last))
