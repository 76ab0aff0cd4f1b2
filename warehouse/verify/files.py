"""The files of snapshots: there, whole, unchanged since they were written, with the declared columns."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import inventory
from warehouse.columns import TABLE_KEY, VERSION_KEY, Table
from warehouse.inventory import FileFacts, Inventory
from warehouse.layout import MONTH_KEY, Layout
from warehouse.snapshots import Snapshot
from warehouse.tables import SNAPSHOT_TABLES, TABLES
from warehouse.verify.report import Check, Progress, Report

DAMAGE = (Check.MISSING, Check.SIZE, Check.HASH, Check.UNREADABLE, Check.SCHEMA)
"""With one of these, rows cannot be told from the damage."""

BY_NAME = {table.name: table for table in SNAPSHOT_TABLES}


class FileCheck:
    """Looks at the files of one snapshot after another; a file that several share is looked at once."""

    def __init__(self, layout: Layout, report: Report, progress: Progress) -> None:
        self._layout = layout
        self._report = report
        self._progress = progress
        self._seen: set[tuple[int, int, str]] = set()
        self._done = 0
        self._total = 0

    def check(self, snapshot: Snapshot, version: int) -> None:
        """All files of a snapshot whose tables have this schema version.

        Raises:
            FileNotFoundError: when the snapshot is pruned meanwhile.
        """
        try:
            listed = inventory.read(snapshot.path)
        except ValueError as error:
            file = self._name(snapshot.path / inventory.INVENTORY)
            self._report.add(Check.UNREADABLE, "a list of files", error, file=file)
            return
        present = set(inventory.tables_files(snapshot.path))
        if listed is None:
            self._report.notes.append(f"snapshot {snapshot.number}: has no list of files, so none could be compared")
            listed = {path: FileFacts(-1, "") for path in present if path.endswith(".parquet")}
        for path in sorted(present - listed.keys()):
            self._add(Check.ORPHAN, snapshot, path, "nothing", "a file")
        for path in sorted(listed.keys() - present):
            self._add(Check.MISSING, snapshot, path, "a file", "nothing")
        self._check_each(snapshot, {path: fact for path, fact in listed.items() if path in present}, version)
        self._check_empty_folders(snapshot)

    def _check_each(self, snapshot: Snapshot, listed: Inventory, version: int) -> None:
        self._total += sum(max(fact.size, 0) for fact in listed.values())
        for path, fact in listed.items():
            status = (snapshot.path / path).stat()
            identity = (status.st_dev, status.st_ino, fact.blake2b)
            if identity not in self._seen:
                self._seen.add(identity)
                self._report.files += 1
                self._report.bytes += status.st_size
                if self._is_whole(snapshot, path, fact):
                    self._check_footer(snapshot, path, version)
            self._done += max(fact.size, 0)
            self._progress("files", self._done, self._total)

    def _is_whole(self, snapshot: Snapshot, path: str, fact: FileFacts) -> bool:
        if fact.size < 0:
            return True
        size = (snapshot.path / path).stat().st_size
        if size != fact.size:
            self._add(Check.SIZE, snapshot, path, f"{fact.size} bytes", f"{size} bytes")
            return False
        if self._report.quick:
            return True
        found = inventory.hash_file(snapshot.path / path).blake2b
        if found != fact.blake2b:
            self._add(Check.HASH, snapshot, path, f"BLAKE2b {fact.blake2b}", found)
            return False
        return True

    def _check_footer(self, snapshot: Snapshot, path: str, version: int) -> None:
        table = BY_NAME.get(path.partition("/")[0])
        if table is None:
            return
        problem = schema_problem(snapshot.path / path, table, version)
        if problem is not None:
            check, expected, found = problem
            self._add(check, snapshot, path, expected, found)

    def _check_empty_folders(self, snapshot: Snapshot) -> None:
        for table in SNAPSHOT_TABLES:
            for folder, folders, files in os.walk(snapshot.directory(table)):
                where = Path(folder)
                misplaced = table.partitioned == (where == snapshot.directory(table)) and files
                if not folders and not files:
                    self._report.add(
                        Check.ORPHAN, "a file", "an empty folder", table=table.name, file=self._name(where)
                    )
                elif misplaced or (where != snapshot.directory(table) and not where.name.startswith(f"{MONTH_KEY}=")):
                    self._report.add(Check.ORPHAN, "no such folder", "files", table=table.name, file=self._name(where))

    def _add(self, check: Check, snapshot: Snapshot, path: str, expected: str, found: str) -> None:
        table = path.partition("/")[0]
        self._report.add(check, expected, found, table=table, file=self._name(snapshot.path / path))

    def _name(self, path: Path) -> str:
        return path.relative_to(os.path.realpath(self._layout.root)).as_posix()


def check_runs(layout: Layout, report: Report) -> None:
    """The files of ``runs``, which are in no inventory. Those of earlier versions have earlier columns."""
    for file in sorted(layout.runs.glob("*.parquet")):
        report.files += 1
        report.bytes += file.stat().st_size
        problem = schema_problem(file, TABLES["runs"], None)
        if problem is not None:
            check, expected, found = problem
            report.add(check, expected, found, table="runs", file=f"runs/{file.name}")


def schema_problem(file: Path, table: Table, version: int | None) -> tuple[Check, str, str] | None:
    """What is wrong with a file's footer: it cannot be read, or has other columns, or is of another version.

    Args:
        file: a Parquet file.
        table: what it should hold.
        version: the schema version that it should have; None for any, then columns are not compared.
    """
    try:
        found = pq.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        return Check.UNREADABLE, "a finished Parquet file", str(error).splitlines()[0]
    metadata = found.metadata or {}
    if metadata.get(TABLE_KEY) != table.name.encode():
        return Check.SCHEMA, f"rows of {table.name}", f"rows of {metadata.get(TABLE_KEY, b'something else').decode()}"
    if version is None:
        return None
    if metadata.get(VERSION_KEY) != str(version).encode():
        return Check.SCHEMA, f"schema version {version}", metadata.get(VERSION_KEY, b"none").decode()
    declared = table.schema()
    if metadata.get(VERSION_KEY) == declared.metadata[VERSION_KEY] and not found.equals(declared):
        wrong = _first_difference(found, declared)
        return Check.SCHEMA, wrong[0], wrong[1]
    return None


def _first_difference(found: pa.Schema, declared: pa.Schema) -> tuple[str, str]:
    for position, field in enumerate(declared):
        if position >= len(found):
            return f"column {field.name}", "nothing"
        if not found.field(position).equals(field):
            return f"column {_told(field)}", _told(found.field(position))
    return f"{len(declared)} columns", f"{len(found)}, among them {found.field(len(declared)).name}"


def _told(field: pa.Field) -> str:
    return f"{field.name}: {field.type}{'' if field.nullable else ' not null'}"
