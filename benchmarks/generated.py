"""A warehouse of invented rows of realistic size: 3 kB of text, 40 mentions and 8 quotes a document, over 60 months.

Made column by column, so that 100,000 documents take a minute; the words of the texts are drawn at random from 20,000
invented ones by Zipf's law, so that they compress about as news does.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import Column
from warehouse.ledger import SOURCE_PARTS
from warehouse.near_duplicates import NUMBERS
from warehouse.snapshots import Snapshot
from warehouse.staging import StagedBatch, StagingArea
from warehouse.stored import month_of
from warehouse.tables import TABLES
from warehouse.transaction import transaction
from warehouse.writer import SnapshotWriter

START = datetime(2021, 1, 1)
DAYS = 1_826
WORDS, MENTIONS, QUOTES = 480, 40, 8
ROW_BYTES = {"documents": 1_660, "entities": 20, "quotes": 105, "sources": 56, "signatures": 280}
"""What a row takes on disk, about, by which files are cut."""

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


def _vocabulary(size: int) -> list[str]:
    chance = np.random.default_rng(1)
    return ["".join(chance.choice(_SYLLABLES, length)) for length in chance.integers(1, 5, size)]


VOCABULARY = _vocabulary(20_000)
PEOPLE = [f"{VOCABULARY[2 * n].title()} {VOCABULARY[2 * n + 1].title()}" for n in range(4_000)]


def rows(
    numbers: np.ndarray, days: np.ndarray, title: str = "Title", read_at: int = 10**18, run_id: str = "bench"
) -> dict[str, pa.Table]:
    """Documents, what hangs on them, and ledger of the given numbers; the same numbers give the same ids."""
    count = len(numbers)
    chance = np.random.default_rng([int(numbers[0]), count, len(title)])
    ids = pa.array([hashlib.blake2b(f"{number}".encode(), digest_size=10).hexdigest() for number in numbers.tolist()])
    texts = _texts(count, chance)
    published = pa.array([START + timedelta(days=int(day)) for day in days], pa.timestamp("ms"))
    documents = _documents(numbers, ids, texts, published, title)
    return {
        "documents": documents,
        "entities": _entities(ids, texts, published, chance),
        "quotes": _quotes(ids, texts, published, chance),
        "sources": _sources(documents, read_at, run_id),
        "signatures": _signatures(ids),
    }


def _texts(count: int, chance: np.random.Generator) -> pa.Array:
    picks = np.minimum(chance.zipf(1.3, count * WORDS) - 1, len(VOCABULARY) - 1).astype(np.int32)
    rare = chance.integers(0, len(VOCABULARY), count * WORDS, dtype=np.int32)
    words = pa.array(VOCABULARY).take(pa.array(np.where(chance.random(count * WORDS) < 0.5, picks, rare)))
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * WORDS)
    return pc.binary_join(pa.ListArray.from_arrays(offsets, words), " ")


def _people(count: int, chance: np.random.Generator) -> pa.Array:
    return pa.array(PEOPLE).take(pa.array(np.minimum(chance.zipf(1.2, count), len(PEOPLE)) - 1))


def _whole(name: str, count: int, columns: dict[str, Any]) -> pa.Table:
    """The table with constants repeated and the columns that are not given empty."""
    table = SOURCE_PARTS if name == "sources" else TABLES[name]
    return pa.Table.from_arrays([_column(column, columns, count) for column in table.columns], schema=table.schema())


def _column(column: Column, columns: dict[str, Any], count: int) -> pa.Array:
    value = columns.get(column.name)
    if isinstance(value, pa.Array):
        return value.cast(column.type)
    if value is None and not column.nullable:
        value = [] if pa.types.is_list(column.type) else "" if pa.types.is_string(column.type) else 0
    if value is None:
        return pa.nulls(count, column.type)
    if isinstance(value, list | tuple):
        return pa.array([value] * count, column.type)
    return pa.repeat(pa.scalar(value, column.type), count)


def _documents(numbers: np.ndarray, ids: pa.Array, texts: pa.Array, published: pa.Array, title: str) -> pa.Table:
    number = pa.array([f"{value:08d}" for value in numbers.tolist()])
    hashes = pa.array([hashlib.sha256(f"{title}{value}".encode()).hexdigest() for value in numbers.tolist()])
    return _whole(
        "documents",
        len(ids),
        {
            "document_id": ids,
            "url": pc.binary_join_element_wise("https://outlet.example/", number, "/", hashes, ""),
            "publisher": "The Example Herald",
            "title": pc.binary_join_element_wise(title, number, " "),
            "authors": ["Ada Marsh"],
            "section": "world",
            "language": "en",
            "language_score": 0.99,
            "text": texts,
            "char_count": pc.utf8_length(texts),
            "word_count": WORDS,
            "published_at": published.cast(pa.timestamp("ms", "UTC")),
            "published_on": published,
            "published_at_source": "date_publish",
            "ingested_at": datetime(2026, 5, 1, tzinfo=UTC),
            "text_hash": hashes,
            "source_path": pc.binary_join_element_wise("/landing/", number, ".json", ""),
            "source_format": "json",
            "source_sha256": hashes,
            "raw_text_sha256": hashes,
            "record_hash": hashes,
            "encoding": "utf-8",
            "extraction_method": "json",
            "entity_count": MENTIONS,
            "quote_count": QUOTES,
            "model": "generated",
            "pipeline_version": "1",
            "run_id": "bench",
        },
    )


def _spread(count: int, each: int, step: int, chance: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """For each of ``each`` children of ``count`` documents: the document's place, and where the child begins."""
    parent = np.repeat(np.arange(count), each)
    start = np.tile(np.arange(each) * step, count) + chance.integers(0, step // 2, count * each)
    return pa.array(parent), pa.array(start.astype(np.int32))


def _stretches(texts: pa.Array, parent: pa.Array, start: pa.Array, length: int) -> pa.Array:
    """text[start:start+length] of each: ASCII, so that bytes are code points."""
    data = texts.buffers()[2]
    begin = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts)][parent.to_numpy()] + start.to_numpy()
    content = np.frombuffer(data, np.uint8)[begin[:, None] + np.arange(length)[None, :]]
    offsets = pa.py_buffer((np.arange(len(parent) + 1, dtype=np.int32) * length).tobytes())
    return pa.Array.from_buffers(pa.string(), len(parent), [None, offsets, pa.py_buffer(content.tobytes())])


def _entities(ids: pa.Array, texts: pa.Array, published: pa.Array, chance: np.random.Generator) -> pa.Table:
    parent, start = _spread(len(ids), MENTIONS, 50, chance)
    owner = ids.take(parent)
    sentence = pa.array(np.tile(np.arange(MENTIONS, dtype=np.int32) // 2, len(ids)))
    return _whole(
        "entities",
        len(owner),
        {
            "mention_id": pc.binary_join_element_wise(owner, start.cast(pa.string()), "-m"),
            "document_id": owner,
            "start": start,
            "end": pc.add(start, 12),
            "sentence_index": sentence,
            "paragraph_index": sentence,
            "text": _stretches(texts, parent, start, 12),
            "label": "PERSON",
            "label_model": "PERSON",
            "label_source": "model",
            "mention_type": "PROP",
            "canonical_name": _people(len(owner), chance),
            "model": "generated",
            "pipeline_version": "1",
            "published_on": published.take(parent),
        },
    )


def _quotes(ids: pa.Array, texts: pa.Array, published: pa.Array, chance: np.random.Generator) -> pa.Table:
    parent, start = _spread(len(ids), QUOTES, 220, chance)
    owner, place = ids.take(parent), pa.array(np.tile(np.arange(QUOTES, dtype=np.int32), len(ids)))
    end = pc.add(start, 120)
    span = pa.StructArray.from_arrays([start, end], ["start", "end"])
    parts = pa.ListArray.from_arrays(pa.array(np.arange(len(owner) + 1, dtype=np.int32)), span)
    return _whole(
        "quotes",
        len(owner),
        {
            "quote_id": pc.binary_join_element_wise(owner, start.cast(pa.string()), "-q"),
            "document_id": owner,
            "quote_index": place,
            "quote_type": "direct",
            "quote_group": place,
            "content": _stretches(texts, parent, start, 120),
            "content_start": start,
            "content_end": end,
            "quoted_parts": parts.cast(TABLES["quotes"].schema().field("quoted_parts").type),
            "paragraph_index": place,
            "cue": _stretches(texts, parent, pc.add(end, 2), 4),
            "cue_start": pc.add(end, 2),
            "cue_end": pc.add(end, 6),
            "cue_lemma": "say",
            "speaker": _stretches(texts, parent, pc.add(end, 7), 10),
            "speaker_start": pc.add(end, 7),
            "speaker_end": pc.add(end, 17),
            "speaker_type": "named",
            "speaker_canonical": _people(len(owner), chance),
            "attribution_method": "cue_after",
            "confidence": 0.9,
            "model": "generated",
            "pipeline_version": "1",
            "published_on": published.take(parent),
        },
    )


def _sources(documents: pa.Table, read_at: int, run_id: str) -> pa.Table:
    ids = documents.column("document_id").combine_chunks()
    lists = pa.ListArray.from_arrays(pa.array(np.arange(len(ids) + 1, dtype=np.int32)), ids)
    times = pa.timestamp("ns", "UTC")
    return _whole(
        "sources",
        len(ids),
        {
            "source_path": documents.column("source_path").combine_chunks(),
            "size": 4_000,
            "mtime": pa.repeat(pa.scalar(read_at - 10**10, pa.int64()), len(ids)).cast(times),
            "read_at": pa.repeat(pa.scalar(read_at, pa.int64()), len(ids)).cast(times),
            "source_sha256": documents.column("source_sha256").combine_chunks(),
            "status": "done",
            "record_count": 1,
            "document_ids": lists.cast(TABLES["sources"].schema().field("document_ids").type),
            "pipeline_version": "1",
            "run_id": run_id,
            "record_stop": -1,
        },
    )


def _signatures(ids: pa.Array) -> pa.Table:
    """Of documents that resemble no other; each made of its id, so that a correction resembles what it corrects."""
    digests = [hashlib.shake_128(one.encode()).digest(2 * NUMBERS) for one in ids.to_pylist()]
    columns = {"document_id": ids, "shingle_count": WORDS - 2, "signature": pa.array(digests, pa.binary())}
    return _whole("signatures", len(ids), columns)


def stage(root: Path, name: str, tables: dict[str, pa.Table]) -> StagedBatch:
    """A batch of generated rows."""
    return StagingArea(root).write(name, tables, {})


def months(documents: int) -> Iterator[tuple[str, np.ndarray]]:
    """The numbers of the documents of each month; day after day in turn."""
    numbers = np.arange(documents)
    month = np.array([month_of(START + timedelta(days=day)) for day in range(DAYS)])[numbers % DAYS]
    for name in np.unique(month):
        yield str(name), numbers[month == name]


def fill(root: Path, documents: int) -> None:
    """A warehouse of so many documents in one snapshot, its files cut as the writer cuts them."""

    def write(writer: SnapshotWriter, _: Snapshot | None) -> None:
        ledger, signatures = [], []
        for month, numbers in months(documents):
            tables = rows(numbers, numbers % DAYS)
            for name in ("documents", "entities", "quotes"):
                writer.add(TABLES[name], month, tables[name], ROW_BYTES[name])
            ledger.append(tables["sources"].select(TABLES["sources"].column_names).cast(TABLES["sources"].schema()))
            signatures.append(tables["signatures"])
        for name, parts in (("sources", ledger), ("signatures", signatures)):
            writer.add(TABLES[name], None, pa.concat_tables(parts), ROW_BYTES[name])

    with transaction(root, None, 60.0) as begun:
        begun.make("generated", write)
