"""Carry a plan out: what the next snapshot keeps, drops and adds."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import buckets
from warehouse.clusters import by_batch
from warehouse.columns import Table
from warehouse.edits import Edit, owner, with_values
from warehouse.incoming import Incoming, bytes_per_row
from warehouse.inheritance import inherited
from warehouse.memory import give_back
from warehouse.pieces import rows_of_pieces
from warehouse.plan import Plan
from warehouse.snapshots import Snapshot
from warehouse.stored import Stored, month_of
from warehouse.tables import CHILD_TABLES, SNAPSHOT_TABLES
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES, ENTITY_DECISIONS
from warehouse.tables.convert import rows_to_arrow
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.forgotten import FORGOTTEN
from warehouse.tables.signatures import SIGNATURES
from warehouse.tables.sources import REJECTS, SOURCES
from warehouse.writer import SnapshotWriter

PIECE_BYTES = 4 * 2**20
"""Staged bytes of the documents that are written at a time, about: unpacked, sorted and cut into files they take some
twenty times as much memory. A larger commit is cut into such pieces first, which writes its rows once more."""

Piece = list[tuple[str, list[str]]]
"""Months, each with some or all of its documents."""

Places = dict[str, dict[str, int | None]]
"""By month and document: the batch that has its rows; None for one that has only inherited ones."""

V = TypeVar("V")

ROW_BYTES = {
    SOURCES.name: 120.0,
    REJECTS.name: 200.0,
    FORGOTTEN.name: 200.0,
    SIGNATURES.name: 320.0,
    CANONICAL_ENTITIES.name: 64.0,
    ENTITY_DECISIONS.name: 100.0,
}
"""What rows that no batch has measured take on disk, about."""


def build(writer: SnapshotWriter, base: Snapshot | None, plan: Plan, incoming: Incoming) -> None:
    """Write all files of a snapshot but its manifest.

    The plan is used up: what it has of each new document and source goes before their rows are written, since the two
    together would be the most that a commit holds.
    """
    give_back()  # what planning took
    for table in SNAPSHOT_TABLES:
        if table is not CANONICAL_ENTITIES or plan.canonical_entities is None:
            writer.carry_over(table, _edit(table, plan))
    if plan.canonical_entities is not None:
        writer.add(CANONICAL_ENTITIES, None, plan.canonical_entities, ROW_BYTES[CANONICAL_ENTITIES.name])
    for table, rows in ((SOURCES, plan.sources), (REJECTS, plan.rejects), (FORGOTTEN, plan.forgotten)):
        writer.add(table, None, rows_to_arrow(table, rows), ROW_BYTES[table.name])
    signatures = incoming.rows(SIGNATURES, by_batch(plan.written))
    comparable = signatures.filter(pc.greater(signatures.column("shingle_count"), 0))
    writer.add(SIGNATURES, None, comparable, ROW_BYTES[SIGNATURES.name])
    places, weights = _places(plan), _weights(plan, incoming)
    plan.sources.clear()
    plan.written.clear()
    del signatures, comparable, rows
    give_back()
    _add_documents(writer, base, plan, incoming, places, list(_pieces(places, weights)))


def _edit(table: Table, plan: Plan) -> Edit:
    """The part of a plan that concerns the stored rows of one table."""
    if table is SOURCES:
        return Edit(pa.array([owner(*key) for key in plan.sources_gone], pa.string()), None, {})
    if table is REJECTS:
        return Edit(pa.array([owner(*key) for key in plan.rejects_gone], pa.string()), None, {})
    if table in (FORGOTTEN, CANONICAL_ENTITIES, ENTITY_DECISIONS):
        return Edit(pa.array([], pa.string()), None, {})
    if table is SIGNATURES:
        return Edit(pa.array(plan.gone, pa.string()), None, {})
    months = {month_of(head.published_on) for head in plan.gone.values()}
    if table is DOCUMENTS:
        revised = plan.revised
        months |= {month_of(revision.head.published_on) for revision in revised.values()}
        return Edit(pa.array(plan.gone, pa.string()), months, {key: item.values for key, item in revised.items()})
    months |= {month_of(plan.revised[document_id].head.published_on) for document_id in plan.annotated}
    return Edit(pa.array([*plan.gone, *plan.annotated], pa.string()), months, {})


def _places(plan: Plan) -> Places:
    places: Places = defaultdict(dict)
    for document_id, item in plan.written.items():
        places[month_of(item.head.published_on)][document_id] = item.batch
    for document_id, annotated in plan.annotated.items():
        places[month_of(plan.revised[document_id].head.published_on)][document_id] = annotated.batch
    for document_id, (head, _) in plan.heirs.items():
        places[month_of(head.published_on)].setdefault(document_id, None)
    return places


def _add_documents(
    writer: SnapshotWriter, base: Snapshot | None, plan: Plan, incoming: Incoming, places: Places, pieces: list[Piece]
) -> None:
    """New documents and new rows that hang on documents, a piece at a time."""
    sizes = {table.name: incoming.row_bytes(table) for table in (DOCUMENTS, *CHILD_TABLES)}
    copies = {key for key, values in plan.stamped.items() if values["duplicate_of"] is not None}
    with writer.scratch() as scratch:
        for table in (DOCUMENTS, *CHILD_TABLES):
            left_out = set() if table is DOCUMENTS else copies
            wanted = [_by_batch(piece, places, left_out) for piece in pieces]
            parts = rows_of_pieces(incoming, table, wanted, scratch)
            for piece, rows in zip(pieces, parts, strict=True):
                month_by_id = {document_id: month for month, ids in piece for document_id in ids}
                if table is DOCUMENTS:
                    whole = with_values(rows, _among(plan.stamped, month_by_id))
                else:
                    whole = pa.concat_tables([rows, inherited(Stored(base), table, _among(plan.heirs, month_by_id))])
                for month, part in _split(whole, month_by_id):
                    writer.add(table, month, part, sizes[table.name] or _stored_row_bytes(base, table, month))
                del rows, whole


def _by_batch(piece: Piece, places: Places, left_out: set[str]) -> dict[int, list[str]]:
    """The documents of a piece by the batches that have rows of them."""
    wanted: dict[int, list[str]] = defaultdict(list)
    for month, ids in piece:
        for document_id in ids:
            batch = places[month][document_id]
            if batch is not None and document_id not in left_out:
                wanted[batch].append(document_id)
    return wanted


def _among(values: Mapping[str, V], ids: Mapping[str, str]) -> dict[str, V]:
    return {key: given for key, given in values.items() if key in ids}


def _stored_row_bytes(base: Snapshot | None, table: Table, month: str) -> float:
    return bytes_per_row(base.files(table, {month})) if base is not None else 0.0


def _split(rows: pa.Table, month_by_id: dict[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each month. Children go where their document goes."""
    position = pc.index_in(rows.column("document_id"), value_set=pa.array(month_by_id, pa.string()))
    months = pa.array(month_by_id.values(), pa.string()).take(position.combine_chunks())
    for month in sorted(set(month_by_id.values())):
        yield month, rows.filter(pc.equal(months, month))


def _weights(plan: Plan, incoming: Incoming) -> dict[str, int]:
    """About how many staged bytes a document has: a long article has more mentions, and rows of them."""
    rows = {key: (item.batch, 1 + item.head.entity_count + item.head.quote_count) for key, item in plan.written.items()}
    for key, annotated in plan.annotated.items():
        rows[key] = (annotated.batch, 1 + annotated.facts.entity_count + annotated.facts.quote_count)
    in_batch = Counter[int]()
    for batch, count in rows.values():
        in_batch[batch] += count
    staged = incoming.staged_bytes(in_batch)
    return {key: staged[batch] * count // in_batch[batch] for key, (batch, count) in rows.items()}


def _pieces(places: Places, weights: Mapping[str, int]) -> Iterator[Piece]:
    """What to write at a time, so that the rows held at once are bounded: months and documents.

    A month that is too much for one piece is in several: ranges of ids, as the files of a month are.
    """
    parts: Piece = []
    for month in sorted(places):
        ids = sorted(places[month])
        some = buckets.in_groups([weights.get(document_id, 0) for document_id in ids], PIECE_BYTES)
        parts += [(month, [ids[number] for number in group]) for group in some]
    sizes = [sum(weights.get(document_id, 0) for document_id in ids) for _, ids in parts]
    for group in buckets.in_groups(sizes, PIECE_BYTES):
        yield [parts[number] for number in group]
