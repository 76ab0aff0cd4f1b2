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
from transforms.speakers.lexicon import confidence_of, pronouns
from transforms.speakers.sources import Source, antecedent, is_written_name, source_of, written_name

_UNNAMED = frozenset({SpeakerType.NOMINAL, SpeakerType.ORGANISATION})


def resolve_speakers(doc: Doc) -> None:
    """Set ``speaker_type``, ``speaker_canonical`` and, for floating quotations, the speaker of ``doc._.quotes``.

    ``confidence`` becomes the share of right ones among quotations of the same type, method and type of speaker.

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
        counted = confidence_of(quote.quote_type, quote.attribution_method, quote.speaker_type)
        quote.confidence = quote.confidence if counted is None else counted


def _settle(discourse: Discourse, anaphora: Anaphora, quote: QuoteSpan, source: Source) -> None:
    quote.speaker_type = source.kind
    referent = source.referent
    if source.kind is SpeakerType.PRONOUN:
        referent = _meant(discourse, anaphora, source)
    elif referent is None and source.kind in _UNNAMED:
        referent = anaphora.holders.get(source.head.i)
    if referent is not None:
        quote.speaker_canonical = discourse.referents[referent].name
    elif source.kind is SpeakerType.NAMED or is_written_name(source):
        quote.speaker_canonical = written_name(discourse, source)


def _meant(discourse: Discourse, anaphora: Anaphora, source: Source) -> int | None:
    """The entity that a pronoun stands for."""
    if pronouns()[source.head.lower_].person == "r":
        return antecedent(discourse, source.head)
    resolution = anaphora.resolved.get(source.head.i)
    return resolution.referent if resolution is not None else None
