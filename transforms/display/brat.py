"""One annotated document as brat standoff (https://brat.nlplab.org/standoff.html): a text and its annotations.

Offsets of brat are characters, which in its server are code points, as ours. An annotation is one line, so a stretch
that goes over a line end is given as fragments, one a line of the text, and their text with a space between.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transforms.display.layers import Layer
from transforms.records import Document, Entity, Quote

_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
"""What Python, in which brat is written, takes for a line end, and the tab between the fields of a line."""

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")

CONFIGURATION = """\
[entities]
Direct
Mixed
Indirect
Speaker
{labels}

[relations]
Said_by	Arg1:Direct|Mixed|Indirect, Arg2:Speaker
<OVERLAP>	Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>

[events]
Report	Content:Direct|Mixed|Indirect, Speaker?:Speaker

[attributes]
"""
"""``annotation.conf``, without which brat knows none of the types."""


@dataclass(frozen=True, slots=True)
class Standoff:
    """The three files of a brat folder with one document."""

    text: str
    annotations: str
    configuration: str


def standoff(document: Document, entities: Sequence[Entity], quotes: Sequence[Quote]) -> Standoff:
    """Entities and quotes of a document for brat.

    ``T`` lines are the entities under their labels, contents as ``Direct``, ``Mixed``, ``Indirect``, and speakers. An
    ``R`` line ``Said_by`` joins content and speaker; an ``E`` line ``Report`` has the cue as its trigger. Notes (``#``)
    tell the canonical name, and of a quote the method and confidence.
    """
    lines = "".join(f"{line}\n" for line in _Lines(document.text).all(entities, quotes))
    labels = "\n".join(sorted({_name(entity.label) for entity in entities}))
    return Standoff(document.text, lines, CONFIGURATION.format(labels=labels))


class _Lines:
    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = 0
        self._notes = 0

    def all(self, entities: Sequence[Entity], quotes: Sequence[Quote]) -> Iterator[str]:
        for entity in entities:
            key, line = self._span(_name(entity.label), entity.start, entity.end)
            yield line
            yield self._note(key, entity.canonical_name)
        relations = events = 0
        for quote in quotes:
            content, line = self._span(str(quote.quote_type).title(), quote.content_start, quote.content_end)
            yield line
            yield self._note(content, f"{quote.attribution_method}, {quote.confidence:.2f}")
            speaker = ""
            if quote.speaker_start >= 0:
                speaker, line = self._span(Layer.SPEAKER.name.title(), quote.speaker_start, quote.speaker_end)
                yield line
                yield self._note(speaker, quote.speaker_canonical or quote.speaker or "")
                relations += 1
                yield f"R{relations}\tSaid_by Arg1:{content} Arg2:{speaker}"
            if quote.cue_start >= 0:
                cue, line = self._span("Report", quote.cue_start, quote.cue_end)
                yield line
                events += 1
                yield f"E{events}\tReport:{cue} Content:{content}" + (f" Speaker:{speaker}" if speaker else "")

    def _span(self, kind: str, start: int, end: int) -> tuple[str, str]:
        self._spans += 1
        fragments = list(fragments_of(self._text, start, end))
        places = ";".join(f"{first} {last}" for first, last in fragments)
        words = " ".join(self._text[first:last] for first, last in fragments)
        return f"T{self._spans}", f"T{self._spans}\t{kind} {places}\t{words}"

    def _note(self, key: str, note: str) -> str:
        self._notes += 1
        return f"#{self._notes}\tAnnotatorNotes {key}\t{_BREAKS.sub(' ', note)}"


def fragments_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch in pieces without a line end, half-open; white space beside line ends belongs to none of them."""
    at = start
    for gap in [*_BREAKS.finditer(text, start, end), None]:
        first, last = at, gap.start() if gap else end
        at = gap.end() if gap else end
        words = text[first:last]
        if stripped := words.strip():
            first += len(words) - len(words.lstrip())
            yield first, first + len(stripped)


def _name(label: str) -> str:
    """A label of any model as brat lets types be called."""
    return _NOT_IN_NAMES.sub("_", label)
