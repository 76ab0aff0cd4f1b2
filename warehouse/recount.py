"""``canonical_entities`` without documents that are taken down: no name stays there that only they gave."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.snapshots import Snapshot
from warehouse.stored import scan
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES, ENTITY_DECISIONS
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES


@dataclass
class _Left:
    """What the other documents say of one entity."""

    texts: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    quotes: int = 0


def recounted(snapshot: Snapshot, gone: Collection[str]) -> pa.Table:
    """The rows of ``canonical_entities``, counted anew over all documents but those that go.

    Names, spellings and counts are those of the rows that are left; an entity without any is gone. The first and last
    day, and other entities nearby, stay as of the last rebuild.
    """
    files = _files(snapshot, CANONICAL_ENTITIES)
    if not any(part.num_rows for part in scan(CANONICAL_ENTITIES, files, ["entity_id"])):
        return CANONICAL_ENTITIES.schema().empty_table()
    left = _left(snapshot, pa.array(sorted(gone), pa.string()))
    decided = set(_column(snapshot, ENTITY_DECISIONS, "canonical_name"))
    rows = []
    for part in scan(CANONICAL_ENTITIES, files, CANONICAL_ENTITIES.column_names):
        rows += [_row(row, left, decided) for row in part.to_pylist() if row["entity_id"] in left]
    return pa.Table.from_pylist(rows, schema=CANONICAL_ENTITIES.schema())


def _row(row: dict[str, Any], left: dict[str, _Left], decided: set[str]) -> dict[str, Any]:
    known = left[row["entity_id"]]
    aliases = [(alias["text"], known.texts[alias["text"]]) for alias in row["aliases"] if known.texts[alias["text"]]]
    name = row["name"]
    is_given = name in decided or row["country_code"] is not None or any(name.endswith(one) for one in known.names)
    return row | {
        "name": name if is_given else min(known.names, key=lambda one: (-known.names[one], one)),
        "aliases": [
            {"text": text, "count": count} for text, count in sorted(aliases, key=lambda one: (-one[1], one[0]))
        ],
        "co_mentions": [near for near in row["co_mentions"] if near["entity_id"] in left],
        "mention_count": known.texts.total(),
        "document_count": known.documents,
        "quote_count": known.quotes,
    }


def _left(snapshot: Snapshot, gone: pa.Array) -> dict[str, _Left]:
    left: dict[str, _Left] = defaultdict(_Left)
    wanted = pc.field("entity_id").is_valid() & ~pc.field("document_id").isin(gone)
    for file in _files(snapshot, ENTITIES):  # one by one: no document lies in two
        parts = list(scan(ENTITIES, [file], ["document_id", "entity_id", "text", "canonical_name"], wanted))
        rows = pa.concat_tables(parts) if parts else ENTITIES.schema().empty_table()
        for entity_id, text, name, count in _grouped(rows, "entity_id", "text", "canonical_name"):
            left[entity_id].texts[text] += count
            left[entity_id].names[name] += count
        for entity_id, _, _ in _grouped(rows, "entity_id", "document_id"):
            left[entity_id].documents += 1
    wanted = pc.field("speaker_entity_id").is_valid() & ~pc.field("document_id").isin(gone)
    for part in scan(QUOTES, _files(snapshot, QUOTES), ["speaker_entity_id"], wanted):
        for entity_id, count in _grouped(part, "speaker_entity_id"):
            if entity_id in left:
                left[entity_id].quotes += count
    return dict(left)


def _grouped(rows: pa.Table, *keys: str) -> Any:
    """The different values of some columns together, with the number of their rows."""
    found = rows.group_by(list(keys)).aggregate([([], "count_all")])
    return zip(*(found.column(name).to_pylist() for name in (*keys, "count_all")), strict=True)


def _files(snapshot: Snapshot, table: Any) -> list[str]:
    return [str(file) for file in snapshot.files(table)]


def _column(snapshot: Snapshot, table: Any, column: str) -> list[str]:
    return [value for part in scan(table, _files(snapshot, table), [column]) for value in part.column(0).to_pylist()]
