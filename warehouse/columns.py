"""How a table is declared: each column once, with its type and meaning, for Arrow, the checks and the docs alike."""

from dataclasses import dataclass, replace
from typing import Self

import pyarrow as pa

SCHEMA_VERSION = 2
"""Of all tables together. Raise it when a column is added, renamed, retyped or removed, or when rows come to mean
something else, and say in ``warehouse/migrations.py`` what becomes of older rows."""

TABLE_KEY = b"onrecord.table"
VERSION_KEY = b"onrecord.schema_version"


@dataclass(frozen=True)
class Column:
    """One column. The same name means the same thing in every table.

    Attributes:
        name: as users see it; suffixes tell the kind (``_id``, ``_at``, ``_on``, ``_count``, ``_start``, ``_end``).
        type: the Arrow type, chosen so that plain pandas shows a good dtype.
        meaning: one or two sentences for somebody who never saw our code.
        nullable: whether a row may leave it empty. Integers never do: -1 stands for "absent".
        unit: what numbers count.
        example: a value, as text.
        bounded: whether files note its smallest and largest value, by which readers skip row groups. Not of prose,
            addresses and hashes of content: they let nothing be skipped, and are as long as the values.
    """

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False
    unit: str | None = None
    example: str | None = None
    bounded: bool = True

    def meaning_here(self, meaning: str) -> Self:
        """The same column with the words that fit one table."""
        return replace(self, meaning=meaning)

    def or_null(self) -> Self:
        """The same column where it may be empty."""
        return replace(self, nullable=True)

    def arrow(self) -> pa.Field:
        """The Arrow field; meaning, unit and example travel inside the Parquet files as its metadata."""
        facts = {"description": self.meaning, "unit": self.unit, "example": self.example}
        metadata = {name: text for name, text in facts.items() if text is not None}
        return pa.field(self.name, self.type, nullable=self.nullable, metadata=metadata)


@dataclass(frozen=True)
class Table:
    """One table of the warehouse.

    Attributes:
        name: of the table and of its directory.
        meaning: what one row is.
        key: the columns that no two rows share.
        owner: the columns by which a commit replaces rows: a document's id, or the file or record they came from.
        columns: in the order in which users see them.
        partitioned: whether the rows lie in folders ``month=YYYY-MM``.
        sort_by: the order of the rows within a file.
        row_group_rows: rows in a Parquet row group, the unit that a filter can skip.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    owner: tuple[str, ...]
    columns: tuple[Column, ...]
    partitioned: bool
    sort_by: tuple[str, ...]
    row_group_rows: int

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def bounded(self) -> list[str]:
        """The columns whose bounds are noted in files of full size."""
        return [column.name for column in self.columns if column.bounded]

    @property
    def ordering(self) -> list[str]:
        """The columns by which rows are replaced and sorted: whose bounds are noted in every file."""
        return list(dict.fromkeys([*self.owner, *self.sort_by]))

    def schema(self) -> pa.Schema:
        """The Arrow schema, with the table's name and the schema version in its metadata."""
        metadata = {TABLE_KEY: self.name.encode(), VERSION_KEY: str(SCHEMA_VERSION).encode()}
        return pa.schema([column.arrow() for column in self.columns], metadata=metadata)
