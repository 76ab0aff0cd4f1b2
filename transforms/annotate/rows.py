"""From a ``Doc`` with mentions and quotes to the rows of ``entities`` and ``quotes``."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from spacy.tokens import Doc

from transforms.names.spans import Mention
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import Entity, Part, Quote


@dataclass(frozen=True, slots=True)
class RowContext:
    """What the rows of one document have in common."""

    document_id: str
    model: str
    pipeline_version: str
    published_on: datetime | None
    skipped: tuple[tuple[int, int], ...] = ()
    """Stretches of the text from which no row is taken, in order."""


class Numbers(Protocol):
    """Numbers of sentences and paragraphs, by character offset."""

    def sentence(self, offset: int) -> int:
        """Of the sentence that holds ``offset``, from 0."""

    def paragraph(self, offset: int) -> int:
        """Of the paragraph that holds ``offset``, from 0."""


def mention_id(document_id: str, start: int, end: int) -> str:
    """Key of a mention: where it stands, so that it stays the same when other mentions come or go."""
    return f"{document_id}-e{start}-{end}"


def entity_rows(doc: Doc, text: str, context: RowContext, positions: Numbers) -> tuple[Entity, ...]:
    """One row a mention, in reading order; ``text`` is the document's own text, of the same length as ``doc.text``."""
    return tuple(
        Entity(
            mention_id=mention_id(context.document_id, mention.start, mention.end),
            document_id=context.document_id,
            start=mention.start,
            end=mention.end,
            sentence_index=positions.sentence(mention.start),
            paragraph_index=positions.paragraph(mention.start),
            text=text[mention.start : mention.end],
            label=mention.label,
            label_model=mention.label_model,
            label_source=mention.label_source,
            role=mention.role,
            mention_type=mention.mention_type,
            canonical_name=mention.canonical_name,
            model=context.model,
            pipeline_version=context.pipeline_version,
            published_on=context.published_on,
        )
        for mention in doc._.mentions
    )


def quote_rows(doc: Doc, text: str, context: RowContext, positions: Numbers) -> tuple[Quote, ...]:
    """One row a quotation, numbered in reading order; ``text`` as in :func:`entity_rows`."""
    by_start = _MentionsByStart(doc._.mentions)
    return tuple(
        _quote_row(index, quote, text, context, positions, by_start) for index, quote in enumerate(doc._.quotes)
    )


class _MentionsByStart:
    """Finds the mention of a speaker span."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self._mentions = mentions
        self._starts = [mention.start for mention in mentions]

    def inside(self, span: Span, head: int) -> Mention | None:
        """The mention that covers the head of ``span``, else the first that lies within it."""
        at_head = bisect_right(self._starts, head) - 1
        if head >= 0 and at_head >= 0 and self._mentions[at_head].end > head:
            return self._mentions[at_head]
        first = bisect_right(self._starts, span.start - 1)
        if first < len(self._mentions) and self._mentions[first].end <= span.end:
            return self._mentions[first]
        return None


def _quote_row(
    index: int, quote: QuoteSpan, text: str, context: RowContext, positions: Numbers, by_start: _MentionsByStart
) -> Quote:
    mention = by_start.inside(quote.speaker, quote.speaker_head) if quote.speaker else None
    return Quote(
        quote_id=f"{context.document_id}-q{quote.content.start}-{quote.content.end}",
        document_id=context.document_id,
        quote_index=index,
        quote_type=quote.quote_type,
        quote_group=quote.group,
        content=text[quote.content.start : quote.content.end],
        content_start=quote.content.start,
        content_end=quote.content.end,
        quoted_parts=tuple(Part(part.start, part.end) for part in quote.quoted_parts),
        paragraph_index=positions.paragraph(quote.content.start),
        cue=_text(text, quote.cue),
        cue_start=_start(quote.cue),
        cue_end=_end(quote.cue),
        cue_lemma=quote.cue_lemma,
        speaker=_text(text, quote.speaker),
        speaker_start=_start(quote.speaker),
        speaker_end=_end(quote.speaker),
        speaker_type=quote.speaker_type,
        speaker_canonical=quote.speaker_canonical,
        speaker_mention_id=mention_id(context.document_id, mention.start, mention.end) if mention else None,
        addressee=_text(text, quote.addressee),
        via=_text(text, quote.via),
        attribution_method=quote.attribution_method,
        confidence=quote.confidence,
        model=context.model,
        pipeline_version=context.pipeline_version,
        published_on=context.published_on,
    )


def _text(text: str, span: Span | None) -> str | None:
    return text[span.start : span.end] if span else None


def _start(span: Span | None) -> int:
    return span.start if span else -1


def _end(span: Span | None) -> int:
    return span.end if span else -1
