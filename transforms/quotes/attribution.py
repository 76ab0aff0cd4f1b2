"""Who said a quoted region: the rules that look at the text right before and right after it.

A *zone* is the stretch of tokens between the region and the nearest stop, other region or paragraph edge. The rules
are tried from the strongest to the weakest: a reporting clause after the quotation, one before it, a colon, a dash,
and last what the paragraph has said already.
"""

from dataclasses import dataclass, replace

from spacy.tokens import Token

from transforms.quotes.lexicon import Frame, ReportingWord
from transforms.quotes.marks import QuotedRegion
from transforms.quotes.sources import Source, find_source, mention
from transforms.quotes.spans import Span
from transforms.quotes.view import DocView

_MAX_ZONE = 60  # tokens; longer stretches hold no reporting clause for the quotation
_JOINERS = frozenset({"and", "but", "while", "which", "because", "although", "though", "when", "if", "or", "so"})
_LIGHT = frozenset({",", ":", "-", "–", "—", "--", "that", "as", "of", "“", '"', "(", "then", "back", "out"})
_DASHES = frozenset({"-", "–", "—", "--", "―"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})
_MAX_NAME = 6  # tokens of a transcript's or a dash's name


@dataclass(frozen=True, slots=True)
class Attribution:
    """How a quotation hangs on its source.

    Attributes:
        method: short name of the rule.
        cue: token index of the reporting word, or -1.
        word: its dictionary entry, None for a colon or dash.
        source: the source mention, None where nothing names one.
    """

    method: str
    cue: int
    word: ReportingWord | None
    source: Source | None


def before_zone(view: DocView, region: QuotedRegion) -> tuple[int, int]:
    """Tokens before the region, back to the nearest stop, region or paragraph start."""
    first, _ = view.tokens_in(region.start, region.end)
    edge, _ = view.paragraph_tokens(region.paragraph)
    return view.zone_before(first, edge, _MAX_ZONE), first


def after_zone(view: DocView, region: QuotedRegion) -> tuple[int, int]:
    """Tokens after the region, up to the nearest stop, region or paragraph end."""
    _, stop = view.tokens_in(region.start, region.end)
    _, edge = view.paragraph_tokens(region.paragraph)
    return stop, view.zone_after(stop, edge, _MAX_ZONE)


def from_after(view: DocView, region: QuotedRegion) -> Attribution | None:
    """A reporting clause after the quotation: "…," she said / said the minister."""
    stop, high = after_zone(view, region)
    low = stop
    while low < high and view.lower[low] in (",", "—", "–", "-", "--"):
        low += 1
    if low >= high or view.lower[low] in _JOINERS:
        return None
    for i in range(low, high):
        word = view.cues.get(i)
        if word is None or Frame.QUOTE not in word.frames:
            continue
        if view.doc[i].tag_ == "VBG" or _in_relative_clause(view.doc[i], low):
            continue
        source = _source_in_zone(view, i, low, high)
        if source is None or not _close_by(view, low, i, source):
            return None
        if _ends_sentence(view, region) and _has_own_content(view.doc[i], high):
            return None
        return Attribution("cue_after", i, word, source)
    return None


def _close_by(view: DocView, low: int, cue: int, source: Source) -> bool:
    """Whether the reporting clause begins where the quotation ends, but for an adverb or two."""
    first = min(cue, view.token_at(source.span.start))
    return all(view.doc[j].pos_ in ("ADV", "PUNCT", "CCONJ", "AUX", "SCONJ") for j in range(low, first))


def _in_relative_clause(verb: Token, low: int) -> bool:
    token = verb
    for _ in range(4):
        if token.dep_ in ("relcl", "acl") and low <= token.head.i < token.i:
            return True
        if token.head.i == token.i or token.head.i < low:
            return False
        token = token.head
    return False


def _source_in_zone(view: DocView, i: int, low: int, high: int) -> Source | None:
    source = find_source(view, view.doc[i])
    if source is not None and not source.carried and view.starts[low] <= source.span.start < view.end_of(high - 1):
        return source
    nominals = [j for j in range(low, i) if view.doc[j].pos_ in _NOMINAL]
    if nominals:
        return mention(view, view.doc[nominals[0]], view.doc[i])
    if all(view.doc[j].pos_ in ("ADV", "PUNCT", "AUX") for j in range(low, i)):
        following = next((j for j in range(i + 1, min(high, i + 5)) if view.doc[j].pos_ in _NOMINAL), None)
        if following is not None:
            return mention(view, view.doc[following], view.doc[i])
    return None


def _ends_sentence(view: DocView, region: QuotedRegion) -> bool:
    return view.text[region.inner_start : region.inner_end].rstrip().endswith(".")


def _has_own_content(verb: Token, high: int) -> bool:
    return any(child.dep_ in ("ccomp", "dobj", "xcomp") and verb.i < child.i < high for child in verb.children)


def from_before(view: DocView, region: QuotedRegion) -> Attribution | None:
    """A reporting clause that leads to the quotation: She said, "…" / adding that "…" / told the paper: "…"."""
    low, first = before_zone(view, region)
    for i in range(first - 1, low - 1, -1):
        word = view.cues.get(i)
        if word is None:
            continue
        if not leads_to(view, i, first):
            return None
        return Attribution("cue_before", i, word, find_source(view, view.doc[i]))
    return None


def leads_to(view: DocView, cue: int, first: int) -> bool:
    """Whether nothing but light words, a hearer or an adverbial stands between the cue and the quotation."""
    last = first - 1
    if last == cue or view.lower[last] in (",", ":"):
        return True
    between = [view.doc[j] for j in range(cue + 1, first)]
    if all(token.lower_ in _LIGHT or token.pos_ in ("ADV", "PUNCT") for token in between):
        return True
    # Only a hearer or an adverbial: everything in between hangs on the cue, and no other verb is among it.
    return between[-1].lower_ in ("that", "as") and not any(token.pos_ in ("VERB", "AUX") for token in between)


def from_colon(view: DocView, region: QuotedRegion) -> Attribution | None:
    """A colon in front: a transcript's "NAME:", or a clause whose subject speaks."""
    low, first = before_zone(view, region)
    if low == first and region.paragraph > 0:
        edge, _ = view.paragraph_tokens(region.paragraph)
        if first != edge:
            return None
        low, first = _last_clause(view, region.paragraph - 1)
    if first <= low or view.lower[first - 1] != ":":
        return None
    return colon_source(view, low, first - 1)


def _last_clause(view: DocView, paragraph: int) -> tuple[int, int]:
    edge, stop = view.paragraph_tokens(paragraph)
    return view.zone_before(stop, edge, _MAX_ZONE), stop


def colon_source(view: DocView, low: int, colon: int) -> Attribution | None:
    """What stands before a colon: the cue and source of its clause, or a bare name."""
    for i in range(colon - 1, low - 1, -1):
        word = view.cues.get(i)
        if word is not None:
            source = find_source(view, view.doc[i])
            if source is not None:
                return Attribution("colon", i, word, source)
    verbs = [view.doc[i] for i in range(low, colon) if view.doc[i].pos_ in ("VERB", "AUX")]
    if not verbs and 0 < colon - low <= _MAX_NAME:
        root = next((view.doc[i] for i in range(low, colon) if view.doc[i].pos_ in _NOMINAL), None)
        return Attribution("transcript", colon, None, mention(view, root, None)) if root is not None else None
    for verb in verbs:
        source = find_source(view, verb)
        if source is not None and view.starts[low] <= source.span.start:
            return Attribution("colon", colon, None, source)
    return None


def from_label(view: DocView, region: QuotedRegion, label: Span) -> Attribution:
    """The name in front of a line of a conversation."""
    first, stop = view.tokens_in(label.start, label.end)
    head = next((i for i in range(stop - 1, first - 1, -1) if view.doc[i].pos_ in _NOMINAL), stop - 1)
    colon, _ = view.tokens_in(region.start, region.end)
    return Attribution("transcript", colon - 1, None, Source(label, view.starts[head]))


def from_dash(view: DocView, region: QuotedRegion) -> Attribution | None:
    """A dash and a name after the quotation, on its line or on the next."""
    _, low = view.tokens_in(region.start, region.end)
    size = len(view.doc)
    while low < size and view.doc[low].is_space:
        low += 1
    if low >= size or view.lower[low] not in _DASHES or view.paragraph_at(view.starts[low]) > region.paragraph + 1:
        return None
    _, edge = view.paragraph_tokens(view.paragraph_at(view.starts[low]))
    high = view.zone_after(low + 1, edge, _MAX_ZONE)
    tokens = [view.doc[i] for i in range(low + 1, high)]
    if not tokens or any(token.pos_ in ("VERB", "AUX") for token in tokens[:_MAX_NAME]):
        return None
    head = next((token for token in tokens[:3] if token.pos_ == "PROPN"), None)
    return Attribution("dash", low, None, mention(view, head, None)) if head is not None else None


def carried(previous: Attribution) -> Attribution:
    """The attribution of a quotation that goes on without a cue of its own."""
    return replace(previous, method="carried")
