"""Ways to break a warehouse. Each breaks one thing and keeps all others true: one kind of finding must follow."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import disk, inventory, snapshots
from warehouse.columns import Table
from warehouse.layout import Layout
from warehouse.snapshots import Snapshot
from warehouse.tables import TABLES

Rows = list[dict[str, Any]]
Damage = Callable[[Path], str]
"""Breaks the warehouse; returns words that the finding must have: a file, or the key of a row."""


def current(root: Path) -> Snapshot:
    found = snapshots.current(Layout(root))
    assert found is not None
    return found


def files(root: Path, name: str, month: str | None = None) -> list[Path]:
    """The table's files, the largest first, of one month where it matters."""
    found = current(root).files(TABLES[name], {month} if month else None)
    return sorted(found, key=lambda file: (-file.stat().st_size, file))


def first_file(root: Path, name: str, month: str | None = None) -> Path:
    return files(root, name, month)[0]


def rows_of(file: Path) -> pa.Table:
    with pq.ParquetFile(file) as source:
        return source.read()


def told(root: Path, file: Path) -> str:
    return str(file.relative_to(os.path.realpath(root)))


def replace_rows(root: Path, file: Path, table: Table, rows: pa.Table) -> None:
    """Other rows in a file of the current snapshot, with a true entry in its inventory."""
    file.unlink(missing_ok=True)
    file.parent.mkdir(exist_ok=True)
    disk.write_parquet(file, table, [rows])
    note_again(root, file)


def note_again(root: Path, file: Path) -> None:
    path = current(root).path
    listed = inventory.read(path) or {}
    name = file.relative_to(path).as_posix()
    if file.exists():
        listed[name] = inventory.hash_file(file)
    else:
        listed.pop(name, None)
    (path / inventory.INVENTORY).write_text(
        json.dumps({key: [fact.size, fact.blake2b] for key, fact in listed.items()})
    )


def edited(name: str, edit: Callable[[Rows], str | None], month: str | None = None) -> Damage:
    """Change the rows of one file as Python values; ``edit`` returns the key to be told, or None to look further."""

    def damage(root: Path) -> str:
        table = TABLES[name]
        for file in files(root, name, month):
            values = rows_of(file).to_pylist()
            key = edit(values)
            if key is not None:
                replace_rows(root, file, table, pa.Table.from_pylist(values, schema=table.schema()))
                return key
        raise LookupError("no such row")

    return damage


def set_value(name: str, column: str, value: object, where: Callable[[dict[str, Any]], bool] | None = None) -> Damage:
    """Another value in one row of a table."""

    def edit(rows: Rows) -> str | None:
        row = next((row for row in rows if where is None or where(row)), None)
        if row is None:
            return None
        row[column] = value(row) if callable(value) else value
        return str(row[TABLES[name].key[0]])

    return edited(name, edit)


def drop_row(name: str) -> Damage:
    def edit(rows: Rows) -> str:
        return str(rows.pop()["document_id"])

    return edited(name, edit)


def doubled_row(name: str) -> Damage:
    """A row of the ledger or of the rejects twice."""

    def edit(rows: Rows) -> str:
        rows.append(dict(rows[0]))
        return str(rows[0]["source_path"])

    return edited(name, edit)


def doubled_document(root: Path) -> str:
    """A document and its children again in a second file: counted right in each month, but there twice."""
    key = ""
    for name in ("documents", "entities", "quotes"):
        table, file = TABLES[name], first_file(root, name, "2026-05")
        rows = rows_of(file)
        key = rows.column("document_id")[0].as_py()
        replace_rows(root, file.with_name("add-00000099.parquet"), table, rows)
    return str(key)


def moved_document(root: Path) -> str:
    """All rows of a month in the folder of another."""
    for name in ("documents", "entities", "quotes"):
        file = first_file(root, name, "2026-05")
        target = file.parent.with_name("month=2031-01") / file.name
        target.parent.mkdir()
        shutil.copyfile(file, target)
        file.unlink()
        file.parent.rmdir()
        note_again(root, file)
        note_again(root, target)
    return "2031-01"


def owned_by_a_copy(root: Path) -> str:
    """A quote of the document that stands, again under its copy, and counted."""
    copies = []

    def count_it(rows: Rows) -> str | None:
        copies.extend(row for row in rows if row["duplicate_of"] is not None)
        for row in copies:
            row["quote_count"] = 1
        return copies[0]["document_id"] if copies else None

    key = edited("documents", count_it)(root)
    (copy,) = copies
    quotes = [row for file in files(root, "quotes") for row in rows_of(file).to_pylist()]
    own = next(row for row in quotes if row["document_id"] == copy["duplicate_of"])
    own |= {"quote_id": "again", "document_id": key, "published_on": copy["published_on"]}
    table, month = TABLES["quotes"], f"month={copy['published_on']:%Y-%m}"
    place = current(root).path / "quotes" / month / "add-00000099.parquet"
    replace_rows(root, place, table, pa.Table.from_pylist([own], schema=table.schema()))
    return key


def forgotten_but_there(root: Path) -> str:
    table = TABLES["forgotten"]
    key = rows_of(first_file(root, "documents")).column("document_id")[0].as_py()
    row: dict[str, Any] = dict.fromkeys(table.column_names)
    row |= {"document_id": key, "url_hashes": [], "source_path": "/in/x", "source_sha256": "", "source_record": -1}
    row |= {"forgotten_at": datetime(2026, 5, 1, tzinfo=UTC), "whole_source": False}
    replace_rows(root, first_file(root, "forgotten"), table, pa.Table.from_pylist([row], schema=table.schema()))
    return str(key)


def flipped_byte(name: str, column: str) -> Damage:
    """One bit of the values of a column."""

    def damage(root: Path) -> str:
        file = first_file(root, name)
        content = bytearray(file.read_bytes())
        with pq.ParquetFile(file) as source:
            chunk = source.metadata.row_group(0).column(source.schema_arrow.get_field_index(column))
            begin = chunk.dictionary_page_offset or chunk.data_page_offset
            content[begin + chunk.total_compressed_size - 1] ^= 0x40
        file.write_bytes(content)
        return told(root, file)

    return damage


def truncated(name: str, *, noted: bool) -> Damage:
    """A file cut short; noted with its short length, as software that does not finish its files would leave it."""

    def damage(root: Path) -> str:
        file = first_file(root, name)
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content[: len(content) // 2])
        if noted:
            note_again(root, file)
        return told(root, file)

    return damage


def deleted(name: str) -> Damage:
    """One of several files of a folder."""

    def damage(root: Path) -> str:
        file = next(file for file in files(root, name) if len(list(file.parent.iterdir())) > 1)
        file.unlink()
        return told(root, file)

    return damage


def other_columns(root: Path) -> str:
    file = first_file(root, "entities")
    rows = rows_of(file)
    file.unlink()
    metadata = rows.schema.metadata
    index = rows.column_names.index("start")
    rows = rows.set_column(index, "start", rows.column("start").cast(pa.int64())).replace_schema_metadata(metadata)
    pq.write_table(rows, file)
    note_again(root, file)
    return told(root, file)


def other_version(root: Path) -> str:
    file = first_file(root, "rejects")
    rows = rows_of(file)
    file.unlink()
    pq.write_table(rows.replace_schema_metadata({**rows.schema.metadata, b"onrecord.schema_version": b"0"}), file)
    note_again(root, file)
    return told(root, file)


def other_table(root: Path) -> str:
    rejects, sources = first_file(root, "rejects"), first_file(root, "sources")
    rejects.unlink()
    shutil.copyfile(sources, rejects)
    note_again(root, rejects)
    return told(root, rejects)


def stray(path: str) -> Damage:
    """A file that nobody accounts for; ``CURRENT`` stands for the current snapshot."""

    def damage(root: Path) -> str:
        place = root / path.replace("CURRENT", told(root, current(root).path))
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_bytes(b"PAR1")
        return place.name

    return damage


def stray_folder(root: Path) -> str:
    (current(root).path / "quotes" / "month=1999-01").mkdir()
    return "month=1999-01"


def pointed(link: str, target: str) -> Damage:
    def damage(root: Path) -> str:
        (root / link).unlink()
        (root / link).symlink_to(target.replace("ROOT", os.path.realpath(root)))
        return link

    return damage


def damaged_file(name: str, content: str) -> Damage:
    def damage(root: Path) -> str:
        (current(root).path / name).write_text(content)
        return name

    return damage
