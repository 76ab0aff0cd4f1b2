"""Annotated articles for the tests of what is shown of them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.transforms.articles import document
from transforms.display.page import Origin
from transforms.records import (
    Document,
    Entity,
    MarkedKind,
    MarkedSpan,
    MentionType,
    Part,
    Quote,
    QuoteType,
    SpeakerType,
)

ORIGIN = Origin(3, datetime(2026, 5, 1, 9, 30, tzinfo=UTC))

PLAIN = "MARROWBY — “The crane stays,” said Ilse Thornbury of the Port Board.\n\nShe added that “nobody\nasked” why."


def article(text: str = PLAIN, **changed: Any) -> Document:
    """A document with exactly this text, whatever cleaning would have done to it."""
    return replace(document(b"A pier stood there for as long as anybody could tell."), text=text, **changed)


def place(text: str, words: str | None) -> tuple[int, int]:
    if words is None:
        return -1, -1
    start = text.index(words)
    return start, start + len(words)


def quote(text: str, content: str, speaker: str | None, cue: str | None, number: int = 0, **changed: Any) -> Quote:
    """A row of ``quotes`` by its words, the first of which in the text are meant."""
    (start, end), (speaker_start, speaker_end), (cue_start, cue_end) = (
        place(text, words) for words in (content, speaker, cue)
    )
    row = Quote(
        quote_id=f"d-q{number}",
        document_id="d",
        quote_index=number,
        quote_type=QuoteType.DIRECT,
        quote_group=number,
        content=content,
        content_start=start,
        content_end=end,
        quoted_parts=(Part(start, end),),
        paragraph_index=0,
        cue=cue,
        cue_start=cue_start,
        cue_end=cue_end,
        cue_lemma=cue,
        speaker=speaker,
        speaker_start=speaker_start,
        speaker_end=speaker_end,
        speaker_type=SpeakerType.NAMED if speaker else SpeakerType.NONE,
        speaker_canonical=speaker,
        speaker_mention_id=None,
        addressee=None,
        via=None,
        attribution_method="cue_after",
        confidence=0.98,
        model="toy 1",
        pipeline_version="1",
        published_on=None,
    )
    return replace(row, **changed)


def entity(text: str, words: str, label: str = "PERSON", **changed: Any) -> Entity:
    """A row of ``entities`` by its words."""
    start, end = place(text, words)
    row = Entity(
        mention_id=f"d-e{start}-{end}",
        document_id="d",
        start=start,
        end=end,
        sentence_index=0,
        paragraph_index=0,
        text=words,
        label=label,
        label_model=label,
        label_source="model",
        role=None,
        mention_type=MentionType.PROP,
        canonical_name=words,
        model="toy 1",
        pipeline_version="1",
        published_on=None,
    )
    return replace(row, **changed)


def annotated() -> tuple[Document, list[Entity], list[Quote]]:
    """Two quotes, the second over a line end and with a speaker who is named elsewhere; an entity in a speaker."""
    marks = (MarkedSpan(MarkedKind.DATELINE, *place(PLAIN, "MARROWBY —")),)
    found = article(title="The crane stays", publisher="The Marrow Mail", marked_spans=marks)
    mixed = {"quote_type": QuoteType.MIXED, "speaker_type": SpeakerType.PRONOUN, "confidence": 0.74}
    quotes = [
        quote(PLAIN, "“The crane stays,”", "Ilse Thornbury of the Port Board", "said", addressee="reporters"),
        quote(PLAIN, "that “nobody\nasked” why", "She", "added", 1, speaker_canonical="Ilse Thornbury", **mixed),
    ]
    entities = [
        entity(PLAIN, "MARROWBY", "GPE"),
        entity(PLAIN, "Ilse Thornbury"),
        entity(PLAIN, "Port Board", "ORG"),
    ]
    quotes[1] = replace(quotes[1], speaker_mention_id=entities[1].mention_id)
    return found, entities, quotes


HOSTILE_WORDS = {
    "script": "<script>window.owned = 1</script>",
    "end of a script": "</script><script>window.owned = 2</script>\"'",
    "handler": '<img src="http://tracker.example/x.png" onerror="window.owned = 3">',
    "comment": "<!-- everything after this is gone",
    "template": "{{ 7 * 7 }}{% raw %}${window.owned = 4}",
    "cdata": "]]><![CDATA[ <svg onload=window.owned=5>",
    "right to left": "قال الوزير إن الجسر مغلق",
    "bidi override": "the \u202eterces\u202c word and \u2066isolated\u2069",
    "zero width": "in\u200bvi\u2060si\ufeffble",
    "escape sequences": "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x9b2J \x00 end",
    "markup of rich": "[bold red]shout[/bold red] [/nothing] [link=http://tracker.example]here[/link]",
    "markdown": "![pixel](http://tracker.example/p.png) [click](javascript:alert(1)) | `code` *em*",
    "long word": "W" + "a" * 3000 + "ll",
    "spreadsheet": '=HYPERLINK("http://tracker.example","click")',
    "tags": "tag\U000e0041\U000e0042 and \u2028line",
}
HOSTILE = "\n\n".join(f"“{words}” said Ada Mörk." for words in HOSTILE_WORDS.values())


def hostile() -> tuple[Document, list[Entity], list[Quote]]:
    """An article in which every field tries to be more than text."""
    script = HOSTILE_WORDS["end of a script"]
    found = article(
        HOSTILE,
        title=HOSTILE_WORDS["script"],
        publisher=HOSTILE_WORDS["bidi override"] + HOSTILE_WORDS["handler"],
        url="javascript:window.owned=6",
        authors=(script, HOSTILE_WORDS["bidi override"]),
        language='en" onload="window.owned=7',
        source_path="/in/" + HOSTILE_WORDS["escape sequences"],
        warnings=(HOSTILE_WORDS["comment"],),
    )
    quotes = [
        quote(
            HOSTILE, f"“{words}”", "Ada Mörk", "said", number,
            speaker_canonical=script, addressee=words, via=words, attribution_method=HOSTILE_WORDS["script"],
        )
        for number, words in enumerate(HOSTILE_WORDS.values())
    ]  # fmt: skip
    entities = [entity(HOSTILE, words, label=script, canonical_name=words) for words in HOSTILE_WORDS.values()]
    return found, entities, quotes
