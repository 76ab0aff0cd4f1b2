"""The rows of a large commit, cut into pieces that fit in memory: each batch is read once, whatever their number.

A commit sorts rows by month and document, and batches have them by file. Where they do not fit in memory they go to one
scratch file a piece first, as in the first phase of an external sort by distribution (D. Knuth, TAOCP 3, 5.4).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from warehouse.columns import Table
from warehouse.incoming import Incoming
from warehouse.memory import give_back

OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")
"""Scratch files are read once, soon: what counts is that they are quick to write and to read."""

Wanted = Mapping[int, Sequence[str]]
"""Documents by the number of the batch that has their rows."""


def rows_of_pieces(incoming: Incoming, table: Table, pieces: Sequence[Wanted], scratch: Path) -> Iterator[pa.Table]:
    """The rows of a table that belong to each piece, one piece after the other.

    Args:
        incoming: the batches.
        table: of documents, or of what hangs on them.
        pieces: no two have a document in common.
        scratch: an empty folder; it is empty again at the end.
    """
    if len(pieces) > 1:
        _distribute(incoming, table, pieces, scratch)
    for number, wanted in enumerate(pieces):
        give_back()
        if len(pieces) == 1:
            yield incoming.rows(table, wanted)
        else:
            yield _collected(table, scratch / str(number))


def _distribute(incoming: Incoming, table: Table, pieces: Sequence[Wanted], scratch: Path) -> None:
    schema = _plain(table)
    for batch in sorted({number for wanted in pieces for number in wanted}):
        piece_by_id = {key: number for number, wanted in enumerate(pieces) for key in wanted.get(batch, ())}
        rows = incoming.rows(table, {batch: list(piece_by_id)}).cast(schema).combine_chunks()
        for number, part in _parts(rows, piece_by_id):
            # A stream of its own each time: a file a piece that stays open would be too many of a million documents.
            with (scratch / str(number)).open("ab") as sink, pa.ipc.new_stream(sink, schema, options=OPTIONS) as out:
                out.write_table(part)
        del rows
        give_back()


def _parts(rows: pa.Table, piece_by_id: Mapping[str, int]) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each piece, in the order that they have."""
    position = pc.index_in(rows.column("document_id"), value_set=pa.array(piece_by_id, pa.string())).to_numpy()
    number: npt.NDArray[np.int64] = np.fromiter(piece_by_id.values(), np.int64, len(piece_by_id))[position]
    order = np.argsort(number, kind="stable")
    for same in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
        if len(same):
            yield int(number[same[0]]), rows.take(pa.array(same))


def _collected(table: Table, path: Path) -> pa.Table:
    """What lies in a scratch file, which goes; no rows where there is none."""
    found = []
    if path.exists():
        with path.open("rb") as source:
            end = path.stat().st_size
            while source.tell() < end:
                found.append(pa.ipc.open_stream(source).read_all())
        path.unlink()
    return pa.concat_tables([_plain(table).empty_table(), *found]).cast(table.schema())


def _plain(table: Table) -> pa.Schema:
    """The columns without their descriptions, which each stream would begin with."""
    return pa.schema([pa.field(field.name, field.type, field.nullable) for field in table.schema()])
