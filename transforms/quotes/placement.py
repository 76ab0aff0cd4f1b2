"""Where each quoted region belongs: a quotation of its own, a part of reported content, or no quotation."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from transforms.quotes.attribution import Attribution, before_zone
from transforms.quotes.marks import QuotedRegion
from transforms.quotes.phrases import Report
from transforms.quotes.regions import starts_sentence
from transforms.quotes.reported import Content, is_clause
from transforms.quotes.scare import is_quotation
from transforms.quotes.spans import Span
from transforms.quotes.view import DocView

_MAX_JOIN = 10  # tokens between two fragments of one content


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
        following = bisect_left(starts, piece.span.end)
        if following < len(starts) and _runs_into(view, piece, view.regions[following]):
            holders.setdefault(following, []).append(piece)
    placed: dict[int, Piece | None] = {}  # None for a region that is a quotation of its own
    for number, region in enumerate(view.regions):
        attribution = attributions[number]
        holder = _holder(view, number, attribution, holders.get(number, []))
        if holder is None and number - 1 in placed and _is_coordinated(view, number):
            holder = placed[number - 1] or _begin(view, number - 1, attributions[number - 1], pieces)
            if holder is not None:
                placed[number - 1] = holder
                holder.span = Span(holder.span.start, region.end)
        if holder is not None:
            holder.regions.append(number)
            placed[number] = holder
        elif attribution is not None and attribution.method == "cue_after" and not starts_sentence(view, region):
            begun = _sentence_piece(view, number, attribution)
            if begun is not None:
                pieces.append(begun)
                placed[number] = begun
        elif is_quotation(view, region, attribution is not None):
            placed[number] = None
    return [number for number, piece in placed.items() if piece is None]


def _runs_into(view: DocView, piece: Piece, region: QuotedRegion) -> bool:
    """Whether content that the parser ended at an opening mark goes on behind it: would reply “in due course”."""
    gap = view.text[piece.span.end : region.start]
    return gap.isspace() and "\n" not in gap and piece.report.cue[0] < view.token_at(piece.span.start)


def _is_coordinated(view: DocView, number: int) -> bool:
    """Whether a coordinator and a few words join a region to the one before: they chanted “out” and then “go”."""
    before, region = view.regions[number - 1], view.regions[number]
    if before.paragraph != region.paragraph or _ends_sentence(view, before):
        return False
    _, low = view.tokens_in(before.start, before.end)
    first, _ = view.tokens_in(region.start, region.end)
    if low < first and view.lower[low] == ",":
        low += 1
    if not 0 < first - low <= _MAX_JOIN or view.lower[low] not in ("and", "but", "or"):
        return False
    return not any(view.is_terminator(i) or i in view.cues for i in range(low, first))


def _begin(view: DocView, number: int, attribution: Attribution | None, pieces: list[Piece]) -> Piece | None:
    """A piece that holds, so far, one region with its attribution."""
    if attribution is None or attribution.word is None:
        return None
    region = view.regions[number]
    first, stop = view.tokens_in(region.start, region.end)
    method = "cue_after" if attribution.method == "cue_after" else "clause"
    cue = (attribution.cue, attribution.cue + 1)
    report = Report(Content(((first, stop),), method), cue, attribution.word, attribution.source, method)
    piece = Piece(Span(region.start, region.end), report, [number])
    pieces.append(piece)
    return piece


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
    around = [piece for piece in pieces if piece.span.start <= cue < piece.span.end]
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
    set_off = _ends_with_stop(view, view.regions[number]) or view.lower[stop] == ","
    if not set_off or not is_clause(view, low, stop):
        return None
    report = Report(
        Content(((low, stop),), "cue_after"),
        (attribution.cue, attribution.cue + 1),
        attribution.word,
        attribution.source,
        "cue_after",
    )
    return Piece(view.trimmed(low, stop), report, [number])


def _ends_sentence(view: DocView, region: QuotedRegion) -> bool:
    return view.text[region.inner_start : region.inner_end].rstrip()[-1:] in set(".?!…")


def _ends_with_stop(view: DocView, region: QuotedRegion) -> bool:
    return view.text[region.inner_start : region.inner_end].rstrip()[-1:] in set(",.?!…")


def _holds_more(view: DocView, span: Span, region: QuotedRegion) -> bool:
    """Whether the stretch has words of its own outside the region, "that" aside."""
    words = view.word_count(span.start, region.start, 2)
    if words < 2:
        words += view.word_count(region.end, span.end, 2)
    return words > 1 or (words == 1 and view.text[span.start : region.start].strip(" ,:").lower() != "that")
