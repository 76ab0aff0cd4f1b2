"""The gold of ``seeds/``, with offsets, and the articles that it speaks about as our own readers see them."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from transforms.annotate.engine import Annotator
from transforms.evaluation.scoring import Kind, Row
from transforms.normalise import NormaliseOptions, build_document
from transforms.read import ReadOptions, read_unit
from transforms.read.archives import is_archive, members, open_member
from transforms.records import Annotated, Document, Entity, MentionType, Origin, Provenance, Quote, RawRecord, Reject

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
GOLD_FILES = tuple(sorted((ROOT / "tests" / "quality" / "gold").glob("[0-9]*.json")))
PROVENANCE = Provenance(
    run_id="gold", model="none", pipeline_version="0", ingested_at=datetime(2026, 1, 1, 12, tzinfo=UTC)
)


@dataclass(frozen=True, slots=True)
class Key:
    """Where an article lies: file, archive member, position."""

    source: str
    member: str | None
    record: int


@dataclass(frozen=True, slots=True)
class Name:
    """A mention of an entity, in code points of the text."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class NotQuote:
    """Words that look like a quotation and are none, with every place where they stand."""

    text: str
    why: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article with what a careful reader found in it."""

    stem: str
    document: Document
    quotes: tuple[Row, ...]
    not_quotes: tuple[NotQuote, ...]
    names: tuple[Name, ...]
    canonical_names: tuple[str, ...]  # of each of the names


@cache
def articles() -> dict[Key, Document | Reject]:
    """Every record of ``seeds/`` as it is after reading and normalising."""
    return {key: document for path in sorted(SEEDS.iterdir()) for key, document in _documents(path)}


@cache
def gold_articles() -> tuple[GoldArticle, ...]:
    """All gold, in the order of the file names."""
    return tuple(_gold_article(path) for path in GOLD_FILES)


def gold_digest() -> str:
    """Changes with anything that the gold says, not with how its files are laid out."""
    content = [json.loads(path.read_text(encoding="utf-8")) for path in GOLD_FILES]
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).hexdigest()


def annotate_gold(annotator: Annotator) -> list[Annotated]:
    """What the pipeline says about each of :func:`gold_articles`."""
    return annotator.annotate([article.document for article in gold_articles()])


def predicted_rows(quotes: Sequence[Quote]) -> list[Row]:
    """Rows of the quotes table as the scorer takes them."""
    return [
        Row(
            start=quote.content_start,
            end=quote.content_end,
            kind=Kind(quote.quote_type),
            speaker=quote.speaker,
            speaker_start=quote.speaker_start,
            speaker_end=quote.speaker_end,
            speaker_canonical=quote.speaker_canonical,
            speaker_type=quote.speaker_type,
            cue=quote.cue,
            addressee=quote.addressee,
            via=quote.via,
        )
        for quote in quotes
    ]


def predicted_names(entities: Sequence[Entity]) -> list[Name]:
    """The names among the rows of the entities table."""
    return [Name(row.start, row.end, row.label) for row in entities if row.mention_type is MentionType.PROP]


def position(text: str, content: str, occurrence: int) -> int:
    """Where the given occurrence of ``content`` starts (occurrences may overlap), -1 when there is none."""
    start = -1
    for _ in range(occurrence + 1):
        start = text.find(content, start + 1)
        if start < 0:
            return -1
    return start


def load(path: Path) -> dict[str, Any]:
    """One gold file as it is written."""
    gold: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return gold


def key_of(gold: dict[str, Any]) -> Key:
    """Which article a gold file speaks about."""
    return Key(gold["source"], gold["member"], gold["record"])


def article_of(gold: dict[str, Any]) -> Document:
    """The article that a gold file speaks about."""
    document = articles()[key_of(gold)]
    assert isinstance(document, Document), document
    return document


def _documents(path: Path) -> Iterator[tuple[Key, Document | Reject]]:
    limits = ReadOptions()
    with path.open("rb") as stream:
        archive = is_archive(stream, path.name)
        stream.seek(0)
        if not archive:
            yield from (_keyed(path, None, record) for record in read_unit(stream, path.name, limits))
            return
        for member in members(stream, path.name, limits):
            assert not isinstance(member, Reject), member
            with open_member(stream, member, limits) as inner:
                yield from (_keyed(path, member.name, record) for record in read_unit(inner, member.name, limits))


def _keyed(path: Path, member: str | None, record: RawRecord | Reject) -> tuple[Key, Document | Reject]:
    key = Key(path.name, member, record.source_record)
    if isinstance(record, Reject):
        return key, record
    origin = Origin(path.name, member, "0" * 64, record.source_record)
    return key, build_document(record, origin, PROVENANCE, NormaliseOptions())


def _gold_article(path: Path) -> GoldArticle:
    gold = load(path)
    document = article_of(gold)
    return GoldArticle(
        stem=path.stem,
        document=document,
        quotes=tuple(_gold_row(document.text, quote) for quote in gold["quotes"]),
        not_quotes=tuple(
            NotQuote(item["text"], item["why"], tuple(_places(document.text, item["text"])))
            for item in gold["not_quotes"]
        ),
        names=tuple(_gold_names(document.text, gold["entities"])),
        canonical_names=tuple(entity["canonical"] for entity in gold["entities"]),
    )


def _gold_row(text: str, quote: dict[str, Any]) -> Row:
    start = position(text, quote["content"], quote["occurrence"])
    content = (start, start + len(quote["content"]))
    cue = _nearest(text, quote["cue"], content, content)
    speaker = _nearest(text, quote["speaker"], cue or content, content) or (-1, -1)
    return Row(
        start=content[0],
        end=content[1],
        kind=Kind(quote["type"]),
        speaker=quote["speaker"],
        speaker_start=speaker[0],
        speaker_end=speaker[1],
        speaker_canonical=quote["speaker_canonical"],
        speaker_type=quote["speaker_type"],
        cue=quote["cue"],
        addressee=quote["addressee"],
        via=quote["via"],
    )


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Where ``words`` stand as whole words."""
    pattern = (
        (r"(?<!\w)" if words[:1].isalnum() else "") + re.escape(words) + (r"(?!\w)" if words[-1:].isalnum() else "")
    )
    return (match.span() for match in re.finditer(pattern, text))


def _nearest(text: str, words: str | None, to: tuple[int, int], content: tuple[int, int]) -> tuple[int, int] | None:
    """The place of ``words`` that is nearest to ``to``, outside the content where there is one."""
    places = list(_places(text, words)) if words else []
    outside = [place for place in places if place[1] <= content[0] or place[0] >= content[1]]
    return min(outside or places, key=lambda place: max(place[0] - to[1], to[0] - place[1]), default=None)


def _gold_names(text: str, entities: list[dict[str, Any]]) -> Iterator[Name]:
    """Every mention is listed once and in reading order, so each follows the one before."""
    end = 0
    for entity in entities:
        start, end = next(place for place in _places(text, entity["text"]) if place[0] >= end)
        yield Name(start, end, entity["label"])
