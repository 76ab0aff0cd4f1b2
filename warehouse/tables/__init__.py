"""The tables of the warehouse: one file each, every column declared once."""

from collections.abc import Iterable

import pyarrow as pa

from warehouse.columns import Table
from warehouse.tables.canonical_entities import CANONICAL_ENTITIES, ENTITY_DECISIONS
from warehouse.tables.convert import rows_to_arrow
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.entities import ENTITIES
from warehouse.tables.forgotten import FORGOTTEN
from warehouse.tables.quotes import QUOTES
from warehouse.tables.runs import RUNS
from warehouse.tables.signatures import SIGNATURES
from warehouse.tables.sources import REJECTS, SOURCES

SNAPSHOT_TABLES: tuple[Table, ...] = (
    DOCUMENTS,
    ENTITIES,
    QUOTES,
    CANONICAL_ENTITIES,
    ENTITY_DECISIONS,
    SOURCES,
    REJECTS,
    FORGOTTEN,
    SIGNATURES,
)
"""The tables that a commit changes together."""

TABLES: dict[str, Table] = {table.name: table for table in (*SNAPSHOT_TABLES, RUNS)}
"""All tables, by name."""

CHILD_TABLES: tuple[Table, ...] = (ENTITIES, QUOTES)
"""The tables whose rows belong to a document and lie in its partition."""

__all__ = ["CHILD_TABLES", "SNAPSHOT_TABLES", "TABLES", "Table", "to_arrow"]


def to_arrow(table: str, rows: Iterable[object]) -> pa.Table:
    """Rows of any class whose attributes have the names of the table's columns, as an Arrow table of its schema.

    Tuples of records become lists of structs, string enums become strings.

    Raises:
        AttributeError: when a row lacks a column.
        ValueError: when a column that may not be empty is.
        pyarrow.ArrowException: when a value does not fit its column's type.
    """
    return rows_to_arrow(TABLES[table], rows)
