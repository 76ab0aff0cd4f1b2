"""Finding entities across documents by words of their names."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.filters import words_pattern
from warehouse.snapshots import Snapshot
from warehouse.stored import scan
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES


def named_entities(snapshot: Snapshot, words: str, *, only_ids: bool = False) -> pa.Array:
    """Ids of the entities whose name or one of whose spellings has these words, whole and in any case; or that have
    this id, or one that leads to them.

    Args:
        only_ids: look at ids alone.
    """
    pattern = words_pattern(words)
    found = pa.array([], pa.string())
    columns = ["entity_id", "alias_ids", *(() if only_ids else ("name", "aliases"))]
    for part in scan(CANONICAL_ENTITIES, [str(file) for file in snapshot.files(CANONICAL_ENTITIES)], columns):
        rows = part.combine_chunks()
        ids = rows.column("entity_id").combine_chunks()
        parts: list[pa.Array | pa.ChunkedArray] = [
            ids.filter(pc.equal(ids, words)),
            _owners(ids, rows, "alias_ids", lambda one: pc.equal(one, words)),
        ]
        if not only_ids:
            parts.append(ids.filter(pc.match_substring_regex(rows.column("name"), pattern, ignore_case=True)))
            parts.append(_owners(ids, rows, "aliases", lambda one: _has(pc.struct_field(one, "text"), pattern)))
        found = pa.concat_arrays([found, *(_flat(part) for part in parts)])
    return pc.unique(found)


def _has(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(texts, pattern, ignore_case=True)


def _owners(ids: pa.Array, rows: pa.Table, column: str, is_wanted: Callable[[pa.Array], pa.Array]) -> pa.Array:
    lists = rows.column(column).combine_chunks()
    hits = is_wanted(pc.list_flatten(lists))
    return ids.take(pc.unique(pc.list_parent_indices(lists).filter(hits)))


def _flat(part: pa.Array | pa.ChunkedArray) -> pa.Array:
    return part.combine_chunks() if isinstance(part, pa.ChunkedArray) else part
