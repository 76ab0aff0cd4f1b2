"""Entities and quotes that pass from a document that goes to one with the same text that stays."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import Table
from warehouse.duplicates import Heirs
from warehouse.stored import Stored, month_of

LINKS = ("mention_id", "quote_id", "speaker_mention_id")
"""Columns whose values begin with the id of the document that they belong to."""


def inherited(stored: Stored, table: Table, heirs: Heirs) -> pa.Table:
    """The rows of the documents that go, as rows of their heirs: other ids and day, the same offsets and words."""
    predecessors = {gone.document_id: gone for _, gone in heirs.values()}
    if not predecessors:
        return table.schema().empty_table()
    months = {month_of(gone.published_on) for gone in predecessors.values()}
    rows = stored.rows_of(table, set(predecessors), months)
    return pa.concat_tables([table.schema().empty_table(), *_handed_over(rows, heirs)])


def _handed_over(rows: pa.Table, heirs: Heirs) -> Iterator[pa.Table]:
    for heir, gone in heirs.values():
        own = rows.filter(pc.equal(rows.column("document_id"), gone.document_id))
        for name in [name for name in own.column_names if name in LINKS]:
            own = _set(own, name, _renamed(own.column(name), gone.document_id, heir.document_id))
        own = _set(own, "document_id", pa.array([heir.document_id] * own.num_rows, pa.string()))
        yield _set(own, "published_on", pa.array([heir.published_on] * own.num_rows, pa.timestamp("ms")))


def _renamed(ids: pa.ChunkedArray, old: str, new: str) -> pa.ChunkedArray:
    """Ids under another document. Those that do not begin with its id, as ours do, get the new one in front."""
    replaced = pc.binary_join_element_wise(new, pc.utf8_slice_codeunits(ids, len(old)), "")
    prefixed = pc.binary_join_element_wise(new, ids, "-")
    return pc.if_else(pc.starts_with(ids, old), replaced, prefixed)


def _set(rows: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    index = rows.column_names.index(name)
    return rows.set_column(index, rows.schema.field(index), values)
