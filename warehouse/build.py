"""Carry a plan out: what the next snapshot keeps, drops and adds."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import buckets
from warehouse.clusters import by_batch
from warehouse.columns import Table
from warehouse.edits import Edit, owner, with_values
from warehouse.incoming import Incoming, bytes_per_row
from warehouse.inheritance import inherited
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

PASS_BYTES = 24 * 2**20
"""Staged bytes that one pass over the batches may unpack, about: they take ten times as much memory while they are cut
into files. A larger commit takes some months at a time, and a month that is larger in pieces."""

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
    """Write all files of a snapshot but its manifest."""
    for table in SNAPSHOT_TABLES:
        if table is not CANONICAL_ENTITIES or plan.canonical_entities is None:
            writer.carry_over(table, _edit(table, plan))
    if plan.canonical_entities is not None:
        writer.add(CANONICAL_ENTITIES, None, plan.canonical_entities, ROW_BYTES[CANONICAL_ENTITIES.name])
    _add_documents(writer, base, plan, incoming)
    for table, rows in ((SOURCES, plan.sources), (REJECTS, plan.rejects), (FORGOTTEN, plan.forgotten)):
        writer.add(table, None, rows_to_arrow(table, rows), ROW_BYTES[table.name])
    signatures = incoming.rows(SIGNATURES, by_batch(plan.written))
    comparable = signatures.filter(pc.greater(signatures.column("shingle_count"), 0))
    writer.add(SIGNATURES, None, comparable, ROW_BYTES[SIGNATURES.name])


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


def _add_documents(writer: SnapshotWriter, base: Snapshot | None, plan: Plan, incoming: Incoming) -> None:
    """New documents and new rows that hang on documents, some months at a time."""
    places: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))  # by month and document: batches
    for document_id, item in plan.written.items():
        places[month_of(item.head.published_on)][document_id].append(item.batch)
    for document_id, annotated in plan.annotated.items():
        places[month_of(plan.revised[document_id].head.published_on)][document_id].append(annotated.batch)
    for document_id, (head, _) in plan.heirs.items():
        places[month_of(head.published_on)].setdefault(document_id, [])
    sizes = {table.name: incoming.row_bytes(table) for table in (DOCUMENTS, *CHILD_TABLES)}
    copies = {key for key, values in plan.stamped.items() if values["duplicate_of"] is not None}
    for pieces in _passes(places, incoming.bytes_staged()):
        wanted: dict[int, list[str]] = defaultdict(list)
        month_by_id: dict[str, str] = {}
        for month, ids in pieces:
            month_by_id |= dict.fromkeys(ids, month)
            for document_id in ids:
                for batch in places[month][document_id]:
                    wanted[batch].append(document_id)
        here = {key: pair for key, pair in plan.heirs.items() if key in month_by_id}
        for table in (DOCUMENTS, *CHILD_TABLES):
            if table is DOCUMENTS:
                rows = with_values(incoming.rows(table, wanted), _among(plan.stamped, month_by_id))
            else:
                own = {batch: [key for key in ids if key not in copies] for batch, ids in wanted.items()}
                rows = pa.concat_tables([incoming.rows(table, own), inherited(Stored(base), table, here)])
            for month, part in _split(rows, month_by_id):
                writer.add(table, month, part, sizes[table.name] or _stored_row_bytes(base, table, month))


def _among(values: dict[str, dict[str, object]], ids: dict[str, str]) -> dict[str, dict[str, object]]:
    return {key: given for key, given in values.items() if key in ids}


def _stored_row_bytes(base: Snapshot | None, table: Table, month: str) -> float:
    return bytes_per_row(base.files(table, {month})) if base is not None else 0.0


def _split(rows: pa.Table, month_by_id: dict[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each month. Children go where their document goes."""
    position = pc.index_in(rows.column("document_id"), value_set=pa.array(month_by_id, pa.string()))
    months = pa.array(month_by_id.values(), pa.string()).take(position.combine_chunks())
    for month in sorted(set(month_by_id.values())):
        yield month, rows.filter(pc.equal(months, month))


def _passes(places: Mapping[str, Collection[str]], staged_bytes: int) -> Iterator[list[tuple[str, list[str]]]]:
    """What to write in one pass over the batches, so that the rows held at once are bounded: months and documents.

    A month that is too much for one pass comes in pieces: ranges of ids, as the files of a month are.
    """
    documents = sum(len(ids) for ids in places.values())
    most = max(1, documents * PASS_BYTES // max(staged_bytes, 1))
    pieces = [
        (month, ids[start : start + most])
        for month in sorted(places)
        for ids in [sorted(places[month])]
        for start in range(0, len(ids), most)
    ]
    for group in buckets.in_groups([len(ids) for _, ids in pieces], most):
        yield [pieces[number] for number in group]
