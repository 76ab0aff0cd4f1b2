"""Reading a user's table of aliases: CSV with a header line, or Parquet."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from warehouse.errors import AliasFileError

REQUIRED = ("alias", "canonical_name")
OPTIONAL = ("label", "external_id", "reason", "decided_by")


@dataclass(frozen=True, slots=True)
class AliasRow:
    """One row: a name, what it stands for, and what else is known; see ``docs/entities.md``.

    Attributes:
        external_ids: pairs of a system and an id in it.
    """

    alias: str
    canonical_name: str
    label: str | None
    external_ids: tuple[tuple[str, str], ...]
    reason: str | None
    decided_by: str | None


def read_aliases(path: Path) -> list[AliasRow]:
    """All rows of the file, in order.

    Raises:
        AliasFileError: when it cannot be read, lacks a column or a value, or has a column that is not known.
    """
    try:
        rows = _read(path)
    except (pa.ArrowException, OSError) as error:
        raise AliasFileError(str(path), str(error).splitlines()[0].rstrip(".")) from error
    missing = [name for name in REQUIRED if name not in rows.column_names]
    strange = [name for name in rows.column_names if name not in (*REQUIRED, *OPTIONAL)]
    if missing or strange:
        why = f"it has no column {missing[0]}" if missing else f"its column {strange[0]} is not known"
        raise AliasFileError(str(path), why)
    return list(_rows(path, rows))


def _read(path: Path) -> pa.Table:
    if path.suffix.casefold() == ".parquet":
        table = pq.ParquetFile(path).read()
        return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
    names = pc_csv.open_csv(path).schema.names
    texts = pc_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    return pc_csv.read_csv(path, parse_options=pc_csv.ParseOptions(newlines_in_values=True), convert_options=texts)


def _rows(path: Path, rows: pa.Table) -> Iterator[AliasRow]:
    for number, row in enumerate(rows.to_pylist(), start=1):
        facts = {name: (row.get(name) or "").strip() or None for name in (*REQUIRED, *OPTIONAL)}
        for name in REQUIRED:
            if facts[name] is None:
                raise AliasFileError(str(path), f"row {number} has no {name}")
        label = facts["label"]
        yield AliasRow(
            alias=str(facts["alias"]),
            canonical_name=str(facts["canonical_name"]),
            label=label.upper() if label is not None else None,
            external_ids=tuple(_external_id(path, number, word) for word in (facts["external_id"] or "").split()),
            reason=facts["reason"],
            decided_by=facts["decided_by"],
        )


def _external_id(path: Path, number: int, word: str) -> tuple[str, str]:
    """``wikidata:Q42``, or ``Q42`` alone."""
    name, colon, value = word.partition(":")
    if not colon and word[:1] == "Q" and word[1:].isdigit():
        return "wikidata", word
    if not name or not value:
        raise AliasFileError(str(path), f"row {number}: {word!r} is no external id such as wikidata:Q42")
    return name, value
