"""The attribution of every quoted region of a document, in reading order."""

from dataclasses import replace

from transforms.quotes.attribution import (
    Attribution,
    before_zone,
    carried,
    from_after,
    from_before,
    from_colon,
    from_dash,
    from_label,
)
from transforms.quotes.marks import QuotedRegion
from transforms.quotes.phrases import Report
from transforms.quotes.view import DocView

_APART = frozenset({":", "(", "—", "–", "-", "--"})


def attribute_regions(view: DocView, reports: list[Report]) -> list[Attribution | None]:
    """One entry for each region of the view: how it hangs on a source, or None.

    Args:
        view: the document.
        reports: reported content found by the parse, by position of the cue; a quotation without a cue of its own
            takes its source from the last one before it in its paragraph.
    """
    found: list[Attribution | None] = []
    for number, region in enumerate(view.regions):
        previous = found[number - 1] if number else None
        neighbour = number > 0 and view.regions[number - 1].paragraph == region.paragraph
        found.append(_own(view, region, previous if neighbour else None))
    _carry_forward(view, found, reports)
    _carry_back(view, found)
    return found


def _own(view: DocView, region: QuotedRegion, previous: Attribution | None) -> Attribution | None:
    if region.label is not None:
        return from_label(view, region, region.label)
    before, after = from_before(view, region), from_after(view, region)
    used = before is not None and previous is not None and before.cue == previous.cue
    ends_with_comma = view.text[region.inner_start : region.inner_end].rstrip().endswith(",")
    if before is not None and not used and not (ends_with_comma and after is not None):
        return before
    if after is not None:
        return after
    if before is not None and previous is not None:
        return replace(previous, method="split")
    return from_colon(view, region) or from_dash(view, region)


def starts_sentence(view: DocView, region: QuotedRegion) -> bool:
    """Whether the region begins its sentence, or is set apart by a dash, colon, bracket or reporting clause."""
    low, first = before_zone(view, region)
    if first > low and view.lower[first - 1] in _APART:
        return True
    if low > 0 and view.region_of[low - 1] != -1 and first > low and view.lower[first - 1] == ",":
        return True  # “Yes,” she said, “and no,” …: what stands in between is the clause of the region before
    return all(view.doc[i].is_punct or view.doc[i].is_space for i in range(low, first))


def _carry_forward(view: DocView, found: list[Attribution | None], reports: list[Report]) -> None:
    position = 0
    last: Attribution | None = None
    paragraph = -1
    for number, region in enumerate(view.regions):
        if region.paragraph != paragraph:
            paragraph = region.paragraph
            last = replace(last, method="continued") if region.continued and last is not None else None
        first, _ = view.tokens_in(region.start, region.end)
        while position < len(reports) and reports[position].cue[0] < first:
            report = reports[position]
            position += 1
            if report.source is not None and view.paragraph_at(view.starts[report.cue[0]]) == paragraph:
                last = Attribution("paragraph", report.cue[0], report.word, report.source)
        own = found[number]
        if own is None and last is not None and starts_sentence(view, region):
            found[number] = last if last.method in ("paragraph", "continued") else carried(last)
        last = found[number] or last


def _carry_back(view: DocView, found: list[Attribution | None]) -> None:
    """A quotation right before an attributed one, with nothing in between, has its source."""
    for number in range(len(view.regions) - 2, -1, -1):
        region, following = view.regions[number], view.regions[number + 1]
        later = found[number + 1]
        if found[number] is not None or later is None or region.paragraph != following.paragraph:
            continue
        if not view.text[region.end : following.start].strip(" ,"):
            found[number] = carried(later)
