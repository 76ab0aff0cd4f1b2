"""The rebuild of ``canonical_entities``: one commit that links all mentions and speakers to entities across documents.

What is one entity the caller's linker decides; here it is shown all documents and all decisions of people, and what it
says is written: ``canonical_entities`` anew, and of ``entities`` and ``quotes`` those files in which an id changes.
Decisions that come with it are part of the same commit. Until the next rebuild, rows that come have no id, and rows
that go are still counted.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.build import ROW_BYTES
from warehouse.columns import Table
from warehouse.errors import UnknownDecisionError
from warehouse.layout import existing
from warehouse.links import Linker, Links, find_links
from warehouse.lock import DEFAULT_WAIT
from warehouse.snapshots import Snapshot
from warehouse.stored import scan
from warehouse.tables import SNAPSHOT_TABLES, to_arrow
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES, ENTITY_DECISIONS
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES
from warehouse.transaction import transaction
from warehouse.writer import SnapshotWriter

RUN_ID = "link"

ID_COLUMNS = {ENTITIES.name: "entity_id", QUOTES.name: "speaker_entity_id"}

Decision = Mapping[str, Any]
"""A row of ``entity_decisions``, by column."""


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What a rebuild did.

    Attributes:
        snapshot: the new snapshot's number; None when nothing changed, and no snapshot was made.
        entities: rows of ``canonical_entities``.
        mentions, linked: mentions in all, and those that have an entity.
        quotes: quotes whose speaker has one.
        files: files of ``entities`` and ``quotes`` that were written anew.
        decisions: decisions that count.
        bytes_written: length of all files that were written.
    """

    snapshot: int | None
    entities: int
    mentions: int
    linked: int
    quotes: int
    files: int
    decisions: int
    bytes_written: int = 0


def link(
    root: str | os.PathLike[str],
    make_linker: Callable[[Sequence[Decision]], Linker],
    *,
    add: Iterable[object] = (),
    revoke: Collection[str] = (),
    now: datetime | None = None,
    wait: float = DEFAULT_WAIT,
) -> LinkResult:
    """Rebuild ``canonical_entities``, and bring the ids of mentions and speakers up to date. Doing it again changes
    nothing.

    Args:
        root: the warehouse folder.
        make_linker: gets all decisions.
        add: decisions to store, as objects with the columns of ``entity_decisions``. One with the id of a stored one
            takes its place.
        revoke: ids of decisions that count no longer.
        now: time of the commit, zone-aware; by default the clock's.
        wait: seconds to wait for another commit.

    Raises:
        UnknownDecisionError: when a decision to revoke is not stored; then nothing changes.
        NotAWarehouseError, NewerVersionError, LockedError, DiskFullError, WritePermissionError: see
            :func:`warehouse.commit.commit`.
    """
    existing(root)
    with transaction(root, now, wait) as begun:
        base = begun.base
        assert base is not None, "existing() has seen it"
        stored = _rows(base, ENTITY_DECISIONS)
        decisions = _decisions(begun.layout.root, stored, to_arrow(ENTITY_DECISIONS.name, add), revoke)
        linker = make_linker(decisions.to_pylist())
        links = find_links(base, linker)
        entities = to_arrow(CANONICAL_ENTITIES.name, linker.canonical_entities())
        written = 0
        number = None
        is_news = links.files or not decisions.equals(stored) or not entities.equals(_rows(base, CANONICAL_ENTITIES))
        if is_news:
            number, writer = begun.make(
                RUN_ID, lambda writer, _: _write(writer, base, links, entities, decisions), linked=True
            )
            written = writer.bytes_written
    counts = (entities.num_rows, links.mentions, links.linked, links.quotes, len(links.files), decisions.num_rows)
    return LinkResult(number, *counts, bytes_written=written)


def stored_decisions(snapshot: Snapshot) -> list[dict[str, Any]]:
    """All decisions, the earliest first."""
    rows: list[dict[str, Any]] = _rows(snapshot, ENTITY_DECISIONS).to_pylist()
    return sorted(rows, key=lambda row: (row["decided_at"], row["decision_id"]))


def _rows(snapshot: Snapshot, table: Table) -> pa.Table:
    """A whole table, in its order: one row an entity or a decision."""
    parts = scan(table, [str(file) for file in snapshot.files(table)], table.column_names)
    rows = pa.concat_tables([table.schema().empty_table(), *(part.cast(table.schema()) for part in parts)])
    return rows.sort_by([(name, "ascending") for name in table.sort_by]).combine_chunks()


def _decisions(root: Path, stored: pa.Table, added: pa.Table, revoke: Collection[str]) -> pa.Table:
    kept = {row["decision_id"]: row for row in stored.to_pylist()}
    unknown = sorted(set(revoke) - kept.keys())
    if unknown:
        raise UnknownDecisionError(root, unknown)
    kept = {key: row for key, row in kept.items() if key not in revoke}
    kept |= {row["decision_id"]: row for row in added.to_pylist()}
    ordered = [kept[key] for key in sorted(kept)]
    return pa.Table.from_pylist(ordered, schema=ENTITY_DECISIONS.schema()).combine_chunks()


def _write(writer: SnapshotWriter, base: Snapshot, links: Links, entities: pa.Table, decisions: pa.Table) -> None:
    for table in SNAPSHOT_TABLES:
        if table in (CANONICAL_ENTITIES, ENTITY_DECISIONS):
            continue
        for file in base.files(table):
            if file in links.files:
                writer.rewrite(table, file, _Relabel(ID_COLUMNS[table.name], links.files[file]))
            else:
                writer.link(table, file)
    for table, rows in ((CANONICAL_ENTITIES, entities), (ENTITY_DECISIONS, decisions)):
        writer.add(table, None, rows, ROW_BYTES[table.name])


class _Relabel:
    """Gives the row groups of a file, one after the other, their new values of a column."""

    def __init__(self, column: str, values: pa.Array) -> None:
        self._column = column
        self._values = values
        self._done = 0

    def __call__(self, rows: pa.Table) -> pa.Table:
        index = rows.column_names.index(self._column)
        values = self._values.slice(self._done, rows.num_rows).cast(pa.string())
        self._done += rows.num_rows
        return rows.set_column(index, rows.schema.field(index), values)
