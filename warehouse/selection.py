"""Rows of one table of a pinned snapshot that meet conditions, as one DataFrame or piece by piece."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from warehouse.columns import Table
from warehouse.filters import Terms
from warehouse.layout import MONTH_KEY
from warehouse.snapshots import Snapshot
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES

BATCH_ROWS = 50_000

NEWEST = ("published_on", "descending")


FILE = "__filename"
"""Arrow's name for the file that a row was read from."""


def dataset(snapshot: Snapshot, table: Table, only: Collection[str] | None = None) -> ds.Dataset:
    """The files of a table, or some of them, as an Arrow dataset, with ``month`` as a column where it is partitioned.

    The months are a dictionary that all pieces share, so that pandas can put categories of several together.
    """
    schema = table.schema()
    partitioning = None
    files = snapshot.files(table)
    if table.partitioned:
        key = pa.schema([pa.field(MONTH_KEY, pa.dictionary(pa.int32(), pa.string()))])
        months = pa.array(sorted({file.parent.name.partition("=")[2] for file in files}), pa.string())
        partitioning = ds.partitioning(key, flavor="hive", dictionaries={MONTH_KEY: months})
        schema = schema.append(key.field(MONTH_KEY))
    if not files:  # a table that an older version did not know
        return ds.dataset(schema.empty_table())
    base = str(snapshot.directory(table))
    paths = [str(file) for file in files]
    if only is not None:
        paths = [path for path in paths if path in only] or paths[:1]
    found = ds.dataset(paths, format="parquet", partitioning=partitioning, partition_base_dir=base)
    return found.replace_schema(schema)


@dataclass(frozen=True)
class Selection:
    """What is read.

    Attributes:
        snapshot, table: from where.
        terms: conditions that all hold.
        columns: their names, in the order of the result; None for all.
        files: paths of those that have all of these rows; None where that is not known.
    """

    snapshot: Snapshot
    table: Table
    terms: Terms
    columns: Sequence[str] | None = None
    files: Collection[str] | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.columns or () if name not in self._known()]
        if unknown:
            raise ValueError(f"{self.table.name} has no column {', '.join(unknown)}; it has {', '.join(self._known())}")

    def _known(self) -> list[str]:
        return [*self.table.column_names, *([MONTH_KEY] if self.table.partitioned else [])]

    @property
    def filter(self) -> pc.Expression | None:
        """All conditions as one."""
        return reduce(and_, self.terms) if self.terms else None

    def frame(self, limit: int | None = None) -> pd.DataFrame:
        """The rows, the newest first: by ``published_on``, undated ones last, then by document and place in it."""
        frame: pd.DataFrame = self.sorted(limit).to_pandas()
        return frame

    def sorted(self, limit: int | None = None) -> pa.Table:
        """The same as an Arrow table."""
        chosen = self if limit is None else self._limited(limit)
        order = chosen._order()
        names = list(self.columns if self.columns is not None else self._known())
        extra = [name for name, _ in order if name not in names]
        rows = dataset(self.snapshot, self.table, self.files).to_table(columns=names + extra, filter=chosen.filter)
        sorted_rows = rows.take(pc.sort_indices(rows, sort_keys=order)).select(names)
        return sorted_rows if limit is None else sorted_rows.slice(0, limit)

    def _limited(self, limit: int) -> "Selection":
        """The same, narrowed to the first rows: found by the columns of the order alone, since texts are long."""
        order = self._order()
        if len(self.table.key) > 1:
            return self
        key = self.table.key[0]
        names = list(dict.fromkeys([key, *(name for name, _ in order)]))
        rows = dataset(self.snapshot, self.table, self.files).to_table(columns=names, filter=self.filter)
        first = rows.take(pc.sort_indices(rows, sort_keys=order)[:limit])
        terms = [*self.terms, pc.field(key).isin(first.column(key).combine_chunks())]
        if self.table.partitioned and first.num_rows and not first.column("published_on").null_count:
            days = pc.min_max(first.column("published_on"))
            terms += [pc.field("published_on") >= days["min"], pc.field("published_on") <= days["max"]]
        return Selection(self.snapshot, self.table, terms, self.columns, self.files)

    def _order(self) -> list[tuple[str, str]]:
        if self.table is CANONICAL_ENTITIES:
            return [("mention_count", "descending"), ("entity_id", "ascending")]
        if not self.table.partitioned:
            return [(name, "ascending") for name in self.table.key]
        place = {"entities": "start", "quotes": "quote_index"}.get(self.table.name)
        return [NEWEST, ("document_id", "ascending"), *([(place, "ascending")] if place else [])]

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The rows as Arrow batches of at most ``rows``, month by month in the order of the files; little is held."""
        names = list(self.columns if self.columns is not None else self._known())
        scanner = dataset(self.snapshot, self.table, self.files).scanner(
            columns=names, filter=self.filter, batch_size=rows, batch_readahead=2, fragment_readahead=1
        )
        return (batch for batch in scanner.to_batches() if batch.num_rows)

    def frames(self, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
        """The same as DataFrames, of exactly ``rows`` rows but for the last."""
        held: list[pa.RecordBatch] = []
        count = 0
        for batch in self.batches(rows):
            rest = batch
            while count + rest.num_rows >= rows:
                yield pa.Table.from_batches([*held, rest.slice(0, rows - count)]).to_pandas()
                rest, held, count = rest.slice(rows - count), [], 0
            if rest.num_rows:
                held.append(rest)
                count += rest.num_rows
        if held:
            yield pa.Table.from_batches(held).to_pandas()

    def distinct(self, column: str) -> pa.Array:
        """The different values of a column in these rows; only it and the columns of the conditions are read."""
        return self.distinct_and_files(column)[0]

    def distinct_and_files(self, column: str) -> tuple[pa.Array, set[str]]:
        """The same, and the paths of the files that have such rows."""
        found = pa.array([], self.table.schema().field(column).type)
        files: set[str] = set()
        for batch in dataset(self.snapshot, self.table, self.files).to_batches(
            columns=[column, FILE], filter=self.filter
        ):
            if batch.num_rows:
                found = pc.unique(pa.concat_arrays([found, pc.unique(batch.column(0))]))
                files.update(pc.unique(batch.column(1)).to_pylist())
        return found, files
