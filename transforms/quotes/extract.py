"""Quotations of a document: marks and parse brought together.

The marks say which stretches are quoted, the parse says what is reported. A region that holds the whole content is a
direct quotation; a region inside reported content makes that content mixed; content without a region is indirect.
"""

from bisect import bisect_left, bisect_right

from transforms.quotes.attribution import Attribution
from transforms.quotes.contents import verb_content
from transforms.quotes.lexicon import confidence_of, cue_nouns
from transforms.quotes.phrases import Report, according_to, headline_label, noun_report
from transforms.quotes.placement import Piece, place_regions
from transforms.quotes.regions import attribute_regions
from transforms.quotes.second_hand import relayed_by, second_hand, split_tag, via_of
from transforms.quotes.sources import find_addressee, find_source
from transforms.quotes.spans import QuoteSpan, Span
from transforms.quotes.view import DocView
from transforms.records import QuoteType

_MIN_TOKENS = 2
_MIN_CHARACTERS = 12  # what is left of a cut piece must be more than a word or two
_WEAK = frozenset({"around", "object"})  # methods that are wrong more often than an inner clause


def extract_quotes(view: DocView, *, reported: bool = True, headlines: bool = True) -> list[QuoteSpan]:
    """All quotations of a document, by position; no two overlap.

    Args:
        view: the document.
        reported: whether mixed and indirect quotations are wanted.
        headlines: whether a headline that opens with a name and a colon is one.
    """
    reports, second_hand_stretches = second_hand(view, find_reports(view, headlines))
    attributions = attribute_regions(view, reports)
    pieces = _pieces(view, reports)
    direct = place_regions(view, attributions, pieces)
    quotes = [_direct(view, number, attributions[number]) for number in direct]
    taken = [view.regions[number] for number in direct]
    for piece in _outermost(_cut(view, pieces, [Span(region.start, region.end) for region in taken])):
        quotes.append(_reported(view, piece))
    quotes = [quote for quote in _without_overlap(quotes) if reported or quote.quote_type is QuoteType.DIRECT]
    for quote in quotes:
        quote.via = quote.via or via_of(second_hand_stretches, quote.content)
    _number_groups(quotes)
    return quotes


def _number_groups(quotes: list[QuoteSpan]) -> None:
    """Number the groups from 0 in reading order; stretches under one cue are one utterance."""
    numbers: dict[int, int] = {}
    for quote in quotes:
        quote.group = numbers.setdefault(quote.group, len(numbers))


def find_reports(view: DocView, headlines: bool) -> list[Report]:
    """Reported content by the parse, in order of the cue."""
    reports: list[Report] = []
    nouns = cue_nouns()
    for i in view.told:
        lower = view.lower[i]
        word = view.cues.get(i)
        if word is not None:
            verb = view.doc[i]
            content = verb_content(view, verb, word)
            if content is not None:
                reports.append(Report(content, (i, i + 1), word, find_source(view, verb), content.method))
        elif lower == "according":
            report = according_to(view, i)
            if report is not None:
                reports.append(report)
        elif lower in nouns:
            report = noun_report(view, i)
            if report is not None:
                reports.append(report)
    headline = headline_label(view) if headlines else None
    if headline is not None:
        reports.append(headline)
    reports.sort(key=lambda report: report.cue)
    return reports


def _pieces(view: DocView, reports: list[Report]) -> list[Piece]:
    pieces = []
    for report in reports:
        for first, stop in report.content.ranges:
            span = view.trimmed(first, stop)
            if stop - first >= _MIN_TOKENS and span:
                pieces.append(Piece(span, report))
    return pieces


def _cut(view: DocView, pieces: list[Piece], taken: list[Span]) -> list[Piece]:
    """Pieces grown over the regions that they hold and cut where a direct quotation begins."""
    starts = [span.start for span in taken]
    ends = [span.end for span in taken]
    kept = []
    for piece in pieces:
        for number in piece.regions:
            region = view.regions[number]
            piece.span = Span(min(piece.span.start, region.start), max(piece.span.end, region.end))
        low, high = bisect_right(ends, piece.span.start), bisect_left(starts, piece.span.end)
        if low < high:
            if taken[low].start <= piece.span.start:
                continue
            piece.span = view.trim(piece.span.start, taken[low].start)
            if piece.span.end - piece.span.start < _MIN_CHARACTERS:
                continue
            piece.regions = [number for number in piece.regions if view.regions[number].end <= piece.span.end]
        kept.append(piece)
    return kept


def _outermost(pieces: list[Piece]) -> list[Piece]:
    """Pieces without overlap: the outer one of two, but a clause that was surely said inside a weaker frame."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.span.start, -piece.span.end)):
        last = kept[-1] if kept else None
        if last is None or piece.span.start >= last.span.end:
            kept.append(piece)
        elif last.report.method in _WEAK and piece.report.method == "clause" and piece.span.end <= last.span.end:
            kept[-1] = piece
    return kept


def _direct(view: DocView, number: int, attribution: Attribution | None) -> QuoteSpan:
    region = view.regions[number]
    # Before they are numbered, groups are told apart by the cue's token; a region without one is its own group.
    group = attribution.cue if attribution is not None else -1 - number
    quote = QuoteSpan(Span(region.start, region.end), QuoteType.DIRECT, group)
    quote.quoted_parts = list(region.parts) if region.label is not None else [Span(region.start, region.end)]
    if attribution is None:
        quote.confidence = confidence_of(QuoteType.DIRECT, quote.attribution_method)
        return quote
    quote.attribution_method = attribution.method
    quote.confidence = confidence_of(QuoteType.DIRECT, attribution.method)
    if attribution.word is not None:
        quote.cue = Span(view.starts[attribution.cue], view.end_of(attribution.cue))
        quote.cue_lemma = attribution.word.lemma
        quote.addressee = find_addressee(view, view.doc[attribution.cue], attribution.word)
        quote.via = relayed_by(view, view.doc[attribution.cue])
    if attribution.source is not None:
        quote.speaker, quote.speaker_head = attribution.source.span, attribution.source.head
    return quote


def _reported(view: DocView, piece: Piece) -> QuoteSpan:
    report = piece.report
    content, outlet = split_tag(view.text, piece.span)
    quote = QuoteSpan(content, QuoteType.MIXED if piece.regions else QuoteType.INDIRECT, report.cue[0])
    quote.quoted_parts = [Span(view.regions[n].start, view.regions[n].end) for n in piece.regions]
    quote.attribution_method = report.method
    quote.confidence = confidence_of(quote.quote_type, report.method)
    quote.cue = Span(view.starts[report.cue[0]], view.end_of(report.cue[1] - 1))
    if report.word is not None:
        quote.cue_lemma = report.word.lemma
        quote.addressee = find_addressee(view, view.doc[report.cue[0]], report.word)
        quote.via = relayed_by(view, view.doc[report.cue[0]])
    if report.source is not None:
        quote.speaker, quote.speaker_head = report.source.span, report.source.head
    quote.via = outlet or quote.via
    return quote


def _without_overlap(quotes: list[QuoteSpan]) -> list[QuoteSpan]:
    kept: list[QuoteSpan] = []
    for quote in sorted(quotes, key=lambda quote: (quote.content.start, quote.quote_type != QuoteType.DIRECT)):
        if not kept or quote.content.start >= kept[-1].content.end:
            kept.append(quote)
    return kept
