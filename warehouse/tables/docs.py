"""Make ``docs/tables.md`` from the declarations: ``python -m warehouse.tables.docs > docs/tables.md``."""

import sys

import pyarrow as pa

from warehouse.columns import SCHEMA_VERSION, Column, Table
from warehouse.layout import MONTH_KEY
from warehouse.tables import TABLES

ARROW_NAMES = {"float": "float32", "double": "float64"}
"""Where Arrow prints a name that readers of pandas do not know."""

INTRODUCTION = f"""# The tables

*Generated from `warehouse/tables/` by `python -m warehouse.tables.docs`: change the declarations, not this page.
Schema version {SCHEMA_VERSION}.*

Each table is a folder of Parquet files under a stable name: `pandas.read_parquet("data/quotes")`. The descriptions
below are also in the files, but for those of few rows, as metadata of the Arrow fields.

- Offsets are Unicode code points, half-open, into `documents.text`.
- Integers are never null: -1 stands for an absent offset, so that pandas keeps them integers.
- Partitioned tables have one more column in pandas, `{MONTH_KEY}` (`YYYY-MM` or `unknown`), which is the folder's name.
  A filter such as `("{MONTH_KEY}", ">=", "2024-12")` also returns `unknown`: filter on `published_on`.
"""


def tables_page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([INTRODUCTION, *(_section(table) for table in TABLES.values())])


def _section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    order = ", ".join(f"`{name}`" for name in table.sort_by)
    partitioned = f"partitioned by `{MONTH_KEY}`" if table.partitioned else "not partitioned"
    rows = "\n".join(_row(column) for column in table.columns)
    return (
        f"## {table.name}\n\n{table.meaning}\n\nKey: {key}; {partitioned}; sorted within a file by {order}.\n\n"
        f"| column | type | null | meaning |\n|---|---|---|---|\n{rows}\n"
    )


def _row(column: Column) -> str:
    notes = [column.meaning]
    if column.unit is not None:
        notes.append(f"Unit: {column.unit}.")
    if column.example is not None:
        notes.append(f"Example: `{column.example}`.")
    meaning = " ".join(notes).replace("|", "\\|")
    return f"| `{column.name}` | {_type_name(column.type)} | {'yes' if column.nullable else 'no'} | {meaning} |"


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type_name(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "(" + ", ".join(f"{part.name}: {_type_name(part.type)}" for part in kind) + ")"
    return ARROW_NAMES.get(str(kind), str(kind)).replace(", tz=UTC", ", UTC")


if __name__ == "__main__":
    sys.stdout.write(tables_page())
