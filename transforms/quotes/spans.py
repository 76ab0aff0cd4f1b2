"""What the quote components write on a ``Doc``: spans in character offsets of the ``Doc``'s own text."""

from dataclasses import dataclass, field

from transforms.records import QuoteType, SpeakerType


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of the text, in Unicode code points."""

    start: int
    end: int

    def __bool__(self) -> bool:
        return self.end > self.start


@dataclass(slots=True)
class QuoteSpan:
    """One quotation: what was said, the cue, and who said it.

    ``onrecord_quotes`` sets everything down to ``via`` from marks and syntax. ``onrecord_speakers`` then decides on
    ``speaker_type``, ``speaker_canonical`` and, where a quote has no source of its own, on a carried ``speaker``;
    it may correct ``attribution_method`` and ``confidence``.

    Attributes:
        content: the whole reported content, with its marks as far as they delimit it.
        quote_type: direct, mixed or indirect (PARC/RiQuA).
        group: quotations of one utterance (split or continued over paragraphs) share this number.
        quoted_parts: stretches inside ``content`` that stand in quotation marks, marks included.
        cue: the verb or noun that reports ("said", "statement"); None when nothing reports.
        cue_lemma: its dictionary form.
        speaker: the mention of the source as written next to the cue ("he", "the minister", "Sergey Lavrov").
        speaker_head: character offset of the head token of that mention, -1 when there is none.
        addressee: to whom ("reporters").
        via: the outlet of a second-hand report ("Reuters").
        attribution_method: a short name of the rule that attributed it ("cue_after", "carried", "colon", …).
        confidence: from 0 to 1.
    """

    content: Span
    quote_type: QuoteType
    group: int
    quoted_parts: list[Span] = field(default_factory=list)
    cue: Span | None = None
    cue_lemma: str | None = None
    speaker: Span | None = None
    speaker_head: int = -1
    addressee: Span | None = None
    via: Span | None = None
    attribution_method: str = "none"
    confidence: float = 0.0
    speaker_type: SpeakerType = SpeakerType.NONE
    speaker_canonical: str | None = None
