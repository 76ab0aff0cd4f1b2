"""No two rows share a key, over all files of a table, in bounded memory."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.columns import Table
from warehouse.hashes import Hashes, row_hashes
from warehouse.snapshots import Snapshot
from warehouse.verify.report import Check, Progress, Report

KEYS_AT_ONCE = 8_000_000
"""Keys whose hashes are held at once, 8 bytes each: a larger table is read several times."""

BATCH_ROWS = 65_536


class UnreadableRowsError(Exception):
    """A file whose footer is whole but whose rows are not: only where hashes were not compared."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(why)
        self.file = file


def batches(file: Path, columns: list[str]) -> Iterator[pa.Table]:
    """Some columns of a file, 65,536 rows at a time.

    Raises:
        UnreadableRowsError: when they cannot be read.
    """
    with pq.ParquetFile(file) as source:
        found = source.iter_batches(BATCH_ROWS, columns=columns)
        while True:
            try:
                batch = next(found, None)
            except (pa.ArrowException, OSError) as error:
                raise UnreadableRowsError(file, str(error).splitlines()[0]) from error
            if batch is None:
                return
            if batch.num_rows:
                yield pa.Table.from_batches([batch])


def check_keys(root: Path, snapshot: Snapshot, table: Table, report: Report, progress: Progress) -> None:
    """Every key of a table once."""
    rows = report.rows[table.name]
    passes = -(-rows // KEYS_AT_ONCE) or 1
    for number in range(passes):
        twice = _repeated(_part(snapshot, table, number, passes))
        if len(twice):
            _tell(root, snapshot, table, twice, report)
        progress(f"keys of {table.name}", number + 1, passes)


def _part(snapshot: Snapshot, table: Table, number: int, passes: int) -> Hashes:
    parts = [np.zeros(0, np.uint64)]
    for file in snapshot.files(table):
        for rows in batches(file, list(table.key)):
            hashes = row_hashes(rows, table.key)
            parts.append(hashes if passes == 1 else hashes[hashes % np.uint64(passes) == number])
    return np.concatenate(parts)


def _repeated(hashes: Hashes) -> Hashes:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _tell(root: Path, snapshot: Snapshot, table: Table, twice: Hashes, report: Report) -> None:
    """Look at the values: equal hashes need not be equal keys."""
    where: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for file in snapshot.files(table):
        for rows in batches(file, list(table.key)):
            hits = pa.array(np.isin(row_hashes(rows, table.key), twice))
            for row in rows.filter(hits).to_pylist():
                where[tuple(row.values())].append(file.relative_to(root).as_posix())
    for key, files in where.items():
        if len(files) > 1:
            row = " ".join(str(part) for part in key if part is not None)
            report.add(
                Check.KEY, "one row", f"{len(files)} rows, also in {files[1]}", table=table.name, row=row, file=files[0]
            )
