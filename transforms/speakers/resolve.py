"""Who the source of each quotation really is."""

from collections import defaultdict
from collections.abc import Sequence

from spacy.tokens import Doc

from transforms.names.positions import Positions
from transforms.quotes.spans import QuoteSpan
from transforms.records import SpeakerType
from transforms.speakers.anaphora import Anaphora
from transforms.speakers.carry import carry_speakers
from transforms.speakers.discourse import Discourse
from transforms.speakers.lexicon import pronouns
from transforms.speakers.sources import Source, antecedent, is_written_name, source_of, written_name

_UNNAMED = frozenset({SpeakerType.NOMINAL, SpeakerType.ORGANISATION})
_SURE_PRONOUN = 0.95
_UNSURE_PRONOUN = 0.7
"""Factors on the confidence of a quotation by the margin of its pronoun's resolution: no rival, and an equal one."""
_TITLE = 0.85
"""Factor on the confidence of a quotation whose speaker is known by a title only."""


def resolve_speakers(doc: Doc) -> None:
    """Set ``speaker_type``, ``speaker_canonical`` and, for floating quotations, the speaker of ``doc._.quotes``.

    A speaker whom nothing in the text names stays without canonical name. Linear in the length of the text.
    """
    quotes: Sequence[QuoteSpan] = doc._.quotes
    if not quotes:
        return
    discourse = Discourse(doc, doc._.mentions, quotes)
    carry_speakers(discourse, Positions(doc), quotes)
    sources = [source_of(discourse, quote) for quote in quotes]
    by_token: defaultdict[int, list[int]] = defaultdict(list)
    for number, source in enumerate(sources):
        if source is not None:
            by_token[source.head.i].append(number)
    anaphora = Anaphora(discourse, quotes, dict(by_token))
    for quote, source in zip(quotes, sources, strict=True):
        if source is None:
            quote.speaker_type = SpeakerType.NONE
        else:
            _settle(discourse, anaphora, quote, source)


def _settle(discourse: Discourse, anaphora: Anaphora, quote: QuoteSpan, source: Source) -> None:
    quote.speaker_type = source.kind
    referent = source.referent
    if source.kind is SpeakerType.PRONOUN:
        referent = _settle_pronoun(discourse, anaphora, quote, source)
    elif referent is None and source.kind in _UNNAMED:
        referent = anaphora.holders.get(source.head.i)
        if referent is not None:
            quote.confidence *= _TITLE
    if referent is not None:
        quote.speaker_canonical = discourse.referents[referent].name
    elif source.kind is SpeakerType.NAMED or is_written_name(source):
        quote.speaker_canonical = written_name(discourse, source)


def _settle_pronoun(discourse: Discourse, anaphora: Anaphora, quote: QuoteSpan, source: Source) -> int | None:
    if pronouns()[source.head.lower_].person == "r":
        return antecedent(discourse, source.head)
    resolution = anaphora.resolved.get(source.head.i)
    if resolution is None:
        return None
    quote.confidence *= _UNSURE_PRONOUN + (_SURE_PRONOUN - _UNSURE_PRONOUN) * resolution.margin
    return resolution.referent
