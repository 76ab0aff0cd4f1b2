"""Invented rows for the warehouse's tests: documents with entities and quotes, and the files that they came from."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace

import pyarrow as pa

from warehouse.ledger import SourceRow, SourceStatus, source_parts
from warehouse.staging import StagedBatch, StagingArea
from warehouse.tables import to_arrow

SPEAKERS = ("Ada Marsh", "Ben Okoro", "Cleo Varga", "Dov Lind")
SECOND = 1_000_000_000


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Article:
    """What a test says about a record; the rows follow from it."""

    key: str
    text: str = "The river rose again, officials said."
    title: str = "River"
    day: datetime | None = datetime(2026, 3, 4)
    modified_at: datetime | None = None
    quotes: int = 2
    entities: int = 3
    model: str = "toy 1"
    pipeline_version: str = "1"
    url: str | None = "https://{key}.example/story"
    people: tuple[str, ...] = SPEAKERS

    @property
    def document_id(self) -> str:
        return digest(self.key)[:20]


@dataclass(frozen=True)
class File:
    """A landing file or member, by its content: articles and refused records."""

    path: str
    articles: tuple[Article, ...] = ()
    member: str | None = None
    rejects: int = 0
    read_at: int = 1_000 * SECOND
    mtime: int = 1 * SECOND
    start: int = 0
    stop: int = -1
    content: str | None = None

    @property
    def sha256(self) -> str:
        return self.content or digest(self.articles, self.rejects)


def document_row(article: Article, file: File, record: int, run_id: str, ingested_at: datetime) -> SimpleNamespace:
    return SimpleNamespace(
        document_id=article.document_id,
        url=article.url and article.url.format(key=article.key),
        canonical_url=None,
        publisher="The Example Herald",
        title=article.title,
        authors=("Eve Stone", "Finn Ash"),
        section=None,
        language="en",
        language_score=0.99,
        text=article.text,
        char_count=len(article.text),
        word_count=len(article.text.split()),
        published_at=None if article.day is None else article.day.replace(tzinfo=UTC),
        published_on=article.day,
        published_at_source="header",
        modified_at=article.modified_at,
        ingested_at=ingested_at,
        dateline_place=None,
        text_hash=digest(article.text)[:16],
        duplicate_of=None,
        near_duplicate_cluster=None,
        source_path=file.path,
        source_member=file.member,
        source_record=record,
        source_format="txt",
        source_sha256=file.sha256,
        raw_text_sha256=digest("raw", article.text),
        record_hash=digest(article.text, article.title, article.day, article.modified_at),
        marked_spans=(SimpleNamespace(kind="headline", start=0, end=3),),
        encoding="utf-8",
        extraction_method="plain",
        warnings=(),
        entity_count=article.entities,
        quote_count=article.quotes,
        model=article.model,
        pipeline_version=article.pipeline_version,
        run_id=run_id,
    )


def entity_rows(article: Article) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            mention_id=f"{article.document_id}-m{index}",
            document_id=article.document_id,
            start=index,
            end=index + 3,
            sentence_index=0,
            paragraph_index=0,
            text=article.text[index : index + 3],
            label="PERSON",
            label_model="ORG",
            label_source="vote",
            role=None,
            mention_type="PROP",
            canonical_name=article.people[index % len(article.people)],
            entity_id=None,
            model=article.model,
            pipeline_version=article.pipeline_version,
            published_on=article.day,
        )
        for index in range(article.entities)
    ]


def span(name: str, text: str, words: str) -> dict[str, object]:
    """The columns of words in the text; absent where it does not have them."""
    start = text.find(words)
    found = start >= 0
    return {
        name: words if found else None,
        f"{name}_start": start,
        f"{name}_end": start + len(words) if found else -1,
    }


def quote_rows(article: Article) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            quote_id=f"{article.document_id}-q{index}",
            document_id=article.document_id,
            quote_index=index,
            quote_type="direct",
            quote_group=index,
            content=article.text[index : index + 9],
            content_start=index,
            content_end=index + 9,
            quoted_parts=(SimpleNamespace(start=index, end=index + 9),),
            paragraph_index=0,
            **span("cue", article.text, "said"),
            cue_lemma="say",
            **span("speaker", article.text, "they"),
            speaker_type="pronoun",
            speaker_canonical=article.people[(len(article.key) + index) % len(article.people)],
            speaker_entity_id=None,
            speaker_mention_id=None,
            addressee=None,
            via=None,
            attribution_method="cue_after",
            confidence=0.9,
            model=article.model,
            pipeline_version=article.pipeline_version,
            published_on=article.day,
        )
        for index in range(article.quotes)
    ]


def reject_rows(file: File, run_id: str) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            source_path=file.path,
            source_member=file.member,
            source_record=file.start + len(file.articles) + number,
            source_sha256=file.sha256,
            reason="empty_body",
            detail="nothing but a title",
            excerpt="River",
            run_id=run_id,
        )
        for number in range(file.rejects)
    ]


def source_row(file: File, run_id: str) -> SourceRow:
    refused = file.rejects and not file.articles
    return SourceRow(
        source_path=file.path,
        source_member=file.member,
        size=100,
        mtime=file.mtime,
        read_at=file.read_at,
        source_sha256=file.sha256,
        status=SourceStatus.REJECTED if refused else SourceStatus.DONE,
        record_count=len(file.articles) + file.rejects,
        document_ids=tuple(dict.fromkeys(article.document_id for article in file.articles)),
        pipeline_version=file.articles[0].pipeline_version if file.articles else "1",
        run_id=run_id,
        record_start=file.start,
        record_stop=file.stop,
    )


def archive_row(path: str, members: Sequence[str], sha256: str, read_at: int = 1_000 * SECOND) -> SourceRow:
    return SourceRow(
        source_path=path,
        size=500,
        mtime=SECOND,
        read_at=read_at,
        source_sha256=sha256,
        status=SourceStatus.ARCHIVE,
        record_count=0,
        pipeline_version="1",
        run_id="run",
        members=tuple(members),
    )


def batch_tables(
    files: Iterable[File],
    run_id: str = "run",
    ingested_at: datetime = datetime(2026, 5, 1, tzinfo=UTC),
    extra_sources: Sequence[SourceRow] = (),
) -> dict[str, pa.Table]:
    files = list(files)
    placed = [(article, file, number) for file in files for number, article in enumerate(file.articles, file.start)]
    return {
        "documents": to_arrow("documents", [document_row(*item, run_id, ingested_at) for item in placed]),
        "entities": to_arrow("entities", [row for article, _, _ in placed for row in entity_rows(article)]),
        "quotes": to_arrow("quotes", [row for article, _, _ in placed for row in quote_rows(article)]),
        "rejects": to_arrow("rejects", [row for file in files for row in reject_rows(file, run_id)]),
        "sources": source_parts([*(source_row(file, run_id) for file in files), *extra_sources]),
    }


_numbers = count(1)


def stage(root: object, *files: File, run_id: str = "run", name: str | None = None, **more: object) -> StagedBatch:
    """One batch with all of the files, by default under a name of its own."""
    tables = batch_tables(files, run_id, **more)  # type: ignore[arg-type]
    return StagingArea(str(root)).write(name or f"batch-{next(_numbers):06d}", tables, {"made": "by a test"})
