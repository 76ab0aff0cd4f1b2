"""Second-hand reports: "…," the minister told reporters, Reuters reports.

The outlet is not the source of the quotation but the way that it came (``via``).
"""

from bisect import bisect_right

from spacy.tokens import Token

from transforms.quotes.lexicon import outlet_tag, outlet_tag_end, outlet_words, outlets
from transforms.quotes.phrases import Report
from transforms.quotes.sources import Source, mention, quoting_verb
from transforms.quotes.spans import Span
from transforms.quotes.view import DocView

_TAILS = (" report", " reports", " news agency", " newspaper", " article", " story")
_OUTER_METHODS = frozenset({"around", "according_to"})


def is_outlet(view: DocView, source: Source) -> bool:
    """Whether the source mention is a news outlet, or its report."""
    return names_outlet(view.text[source.span.start : source.span.end])


def names_outlet(name: str) -> bool:
    """Whether a mention is the name of an outlet, or a noun for one."""
    bare = _without_tail(name).removesuffix("’s").removesuffix("'s")
    return bare in outlets() or (bool(bare) and bare.split()[-1] in outlet_words())


def relayed_by(view: DocView, verb: Token) -> Span | None:
    """The outlet in "state radio quoted her as saying …" and "she was quoted by state radio as saying …"."""
    quoting = quoting_verb(verb)
    if quoting is None:
        return None
    outlet = next((child for child in quoting.children if child.dep_ == "nsubj"), None)
    agent = next((child for child in quoting.children if child.dep_ == "agent"), None)
    if agent is not None:
        outlet = next((child for child in agent.children if child.dep_ == "pobj"), None)
    if outlet is None or view.region_of[outlet.i] != -1:
        return None
    span = mention(view, outlet, quoting).span
    return span if names_outlet(view.text[span.start : span.end]) else None


def second_hand(view: DocView, reports: list[Report]) -> tuple[list[Report], list[tuple[Span, Span]]]:
    """Take the outlets' own reporting clauses out of the reports.

    Returns:
        The reports that remain, and for each stretch that an outlet reported the mention of that outlet.
    """
    cues = [report.cue[0] for report in reports if report.source is not None]
    kept: list[Report] = []
    stretches: list[tuple[Span, Span]] = []
    for report in reports:
        outer = report.method in _OUTER_METHODS and report.source is not None and is_outlet(view, report.source)
        inner = [pair for pair in report.content.ranges if outer and _holds(cues, *pair)]
        if not inner or report.source is None:
            kept.append(report)
            continue
        stretches.extend((view.trimmed(*pair), report.source.span) for pair in inner)
    return kept, stretches


def _holds(cues: list[int], first: int, stop: int) -> bool:
    return bisect_right(cues, stop - 1) > bisect_right(cues, first - 1)


def via_of(stretches: list[tuple[Span, Span]], content: Span) -> Span | None:
    """The outlet that reported a stretch of content, None when it is first-hand."""
    index = bisect_right(stretches, content.start, key=lambda stretch: stretch[0].start) - 1
    if index >= 0 and stretches[index][0].start <= content.start < stretches[index][0].end:
        return stretches[index][1]
    return None


LONGEST_TAG = 80
"""Characters; an outlet's clause is short, and a bound keeps the search linear."""

_LONGEST_VERB = 20
"""Characters; no verb at the end of such a clause is longer."""


def split_tag(text: str, content: Span) -> tuple[Span, Span | None]:
    """Content without a last clause of an outlet (", the Reuters report details"), and the outlet's mention."""
    if outlet_tag_end().search(text, max(content.start, content.end - _LONGEST_VERB), content.end) is None:
        return content, None
    low = max(content.start, content.end - LONGEST_TAG)
    tag = outlet_tag().search(text[low : content.end])
    if tag is None or low + tag.start() <= content.start:
        return content, None
    name = tag.group(1)
    bare = _without_tail(name)
    start = low + tag.start(1) + name.lower().find(bare)
    return Span(content.start, low + tag.start()), Span(start, start + len(bare))


def _without_tail(name: str) -> str:
    bare = name.lower().removeprefix("the ")
    for tail in _TAILS:
        bare = bare.removesuffix(tail)
    return bare
