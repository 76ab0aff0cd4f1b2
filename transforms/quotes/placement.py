"""Where each quoted region belongs: a quotation of its own, a part of reported content, or no quotation."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from transforms.quotes.attribution import Attribution, before_zone
from transforms.quotes.contents import Content, is_clause
from transforms.quotes.marks import QuotedRegion
from transforms.quotes.phrases import Report
from transforms.quotes.regions import starts_sentence
from transforms.quotes.scare import is_quotation
from transforms.quotes.spans import Span
from transforms.quotes.view import DocView


@dataclass(slots=True)
class Piece:
    """A stretch of reported content with everything that attributes it."""

    span: Span
    report: Report
    regions: list[int] = field(default_factory=list)


def place_regions(view: DocView, attributions: list[Attribution | None], pieces: list[Piece]) -> list[int]:
    """Decide for each region: a quotation of its own (returned), part of a piece (noted there), or no quotation."""
    holders: dict[int, list[Piece]] = {}
    ends = [region.end for region in view.regions]
    starts = [region.start for region in view.regions]
    for piece in pieces:
        for number in range(bisect_right(ends, piece.span.start), bisect_left(starts, piece.span.end)):
            holders.setdefault(number, []).append(piece)
    direct: list[int] = []
    for number, region in enumerate(view.regions):
        attribution = attributions[number]
        holder = _holder(view, number, attribution, holders.get(number, []))
        if holder is not None:
            holder.regions.append(number)
        elif attribution is not None and attribution.method == "cue_after" and not starts_sentence(view, region):
            begun = _sentence_piece(view, number, attribution)
            if begun is not None:
                pieces.append(begun)
        elif is_quotation(view, region, attribution is not None):
            direct.append(number)
    return direct


def _holder(view: DocView, number: int, attribution: Attribution | None, pieces: list[Piece]) -> Piece | None:
    """The reported content that the region is a part of, None when the region stands for itself."""
    region = view.regions[number]
    outside = [piece for piece in pieces if _holds_more(view, piece.span, region)]
    if not outside:
        return None
    transcript = attribution is not None and attribution.method == "transcript"
    if starts_sentence(view, region) and not transcript and _ends_with_stop(view, region):
        return None
    if attribution is not None and attribution.method in ("cue_before", "colon"):
        return _holder_by_cue(view, region, attribution, outside)
    return min(outside, key=lambda piece: piece.span.start)


def _holder_by_cue(view: DocView, region: QuotedRegion, attribution: Attribution, pieces: list[Piece]) -> Piece | None:
    """The piece that holds the region and its cue, else the cue's own content when that is more than the region."""
    cue = view.starts[attribution.cue]
    around = [piece for piece in pieces if piece.span.start <= cue and piece.span.end >= region.end]
    if around:
        return min(around, key=lambda piece: piece.span.start)
    own = next((piece for piece in pieces if piece.report.cue[0] == attribution.cue), None)
    if own is None:
        return None
    lead = view.text[own.span.start : region.start].strip().lower()
    return None if lead in ("", "that") and _ends_with_stop(view, region) else own


def _sentence_piece(view: DocView, number: int, attribution: Attribution) -> Piece | None:
    """Content that begins without marks and ends in them: The bridge is “as good as new,” she said."""
    low, _ = before_zone(view, view.regions[number])
    _, stop = view.tokens_in(view.regions[number].start, view.regions[number].end)
    if not is_clause(view, low, stop):
        return None
    report = Report(
        Content(((low, stop),), "cue_after"),
        (attribution.cue, attribution.cue + 1),
        attribution.word,
        attribution.source,
        "cue_after",
    )
    return Piece(view.trimmed(low, stop), report, [number])


def _ends_with_stop(view: DocView, region: QuotedRegion) -> bool:
    return view.text[region.inner_start : region.inner_end].rstrip()[-1:] in set(",.?!…")


def _holds_more(view: DocView, span: Span, region: QuotedRegion) -> bool:
    """Whether the stretch has words of its own outside the region, "that" aside."""
    words = view.word_count(span.start, region.start) + view.word_count(region.end, span.end)
    return words > 1 or (words == 1 and view.text[span.start : region.start].strip(" ,:").lower() != "that")
