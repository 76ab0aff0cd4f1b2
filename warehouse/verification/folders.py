"""The folder itself: links, and entries that nothing accounts for."""

import os
from pathlib import Path

from warehouse import boilerplate, under_way
from warehouse.columns import SCHEMA_VERSION
from warehouse.forgetting import INTENT
from warehouse.inventory import INVENTORY
from warehouse.layout import Layout
from warehouse.snapshots import MANIFEST, Snapshot
from warehouse.staging import TEMPORARY
from warehouse.tables import SNAPSHOT_TABLES
from warehouse.verification.report import Check, Report

ROOT_ENTRIES = {"current", "snapshots", "staging", "runs", ".lock", under_way.FOLDER, boilerplate.FILE}
UNFINISHED = (".build-", ".drop-", ".purge-")
SNAPSHOT_ENTRIES = {MANIFEST, INVENTORY}


def check_links(layout: Layout, report: Report) -> Snapshot | None:
    """``current`` and the stable names. Returns the current snapshot where there is one to look at."""
    # A table that an older version did not know gets its folder and its stable name with the next commit.
    for table in (table for table in SNAPSHOT_TABLES if (layout.current / table.name).exists()):
        _check_link(layout.root / table.name, f"current/{table.name}", report)
    written = layout.current.readlink()
    snapshot = Snapshot(Path(os.path.realpath(layout.current)))
    expected = f"a relative link to {layout.snapshots.name}/ and a number"
    if written.is_absolute() or written.parent.as_posix() != layout.snapshots.name or not written.name.isdigit():
        report.add(Check.LINK, expected, written, file="current")
    if not snapshot.path.is_dir() or not snapshot.path.name.isdigit():
        report.add(Check.LINK, f"{written} to be there", "nothing", file="current")
        return None
    return snapshot


def _check_link(link: Path, expected: str, report: Report) -> None:
    found = str(link.readlink()) if link.is_symlink() else "something else" if link.exists() else "nothing"
    if found != expected:
        report.add(Check.LINK, f"a link to {expected}", found, file=link.name)


def check_root(layout: Layout, current: Snapshot, report: Report) -> None:
    """Entries of the warehouse folder, of ``snapshots``, of ``staging`` and of ``runs``."""
    known = ROOT_ENTRIES | {table.name for table in SNAPSHOT_TABLES}
    for entry in sorted(layout.root.iterdir()):
        if entry.name in known:
            continue
        if entry.is_symlink() and entry.name.startswith("."):
            report.notes.append(f"{entry.name}: left by a killed commit; the next one removes it")
        elif entry.name == INTENT:
            report.notes.append(f"{entry.name}: a take-down was begun and is not ended; the next commit ends it")
        elif entry.name.startswith(f"{INTENT}."):
            report.notes.append(f"{entry.name}: left by a killed take-down")
        else:
            _orphan(layout, entry, report)
    for entry in sorted(layout.snapshots.iterdir()):
        if entry.name.startswith(UNFINISHED):
            report.notes.append(f"snapshots/{entry.name}: left by a killed commit; the next one removes it")
        elif not entry.name.isdigit() or not entry.is_dir():
            _orphan(layout, entry, report)
        elif int(entry.name) > current.number:
            report.notes.append(f"snapshots/{entry.name}: was never made current; the next commit removes it")
    for entry in sorted(layout.runs.iterdir()):
        if entry.suffix != ".parquet" or not entry.is_file():
            _orphan(layout, entry, report)
    _note_staging(layout, report)


def _note_staging(layout: Layout, report: Report) -> None:
    names = [entry.name for entry in layout.staging.iterdir()]
    unfinished = [name for name in names if name.startswith(TEMPORARY)]
    finished = [name for name in names if not name.startswith(".")]
    if finished:
        report.notes.append(f"staging: {len(finished)} finished batches await a commit")
    if unfinished:
        report.notes.append(f"staging: {len(unfinished)} unfinished batches; they go a day after they were begun")


def check_snapshot_folder(layout: Layout, snapshot: Snapshot, version: int, report: Report) -> None:
    """Entries at the top of a snapshot; those of its tables are compared with its inventory."""
    tables = {table.name for table in SNAPSHOT_TABLES}
    present = {entry.name for entry in snapshot.path.iterdir()}
    for name in sorted(present - tables - SNAPSHOT_ENTRIES):
        _orphan(layout, snapshot.path / name, report)
    for name in sorted(tables - present) if version == SCHEMA_VERSION else ():
        report.add(Check.MISSING, "a folder with at least one file", "nothing", table=name)


def _orphan(layout: Layout, entry: Path, report: Report) -> None:
    file = entry.relative_to(layout.root).as_posix()
    report.add(Check.ORPHAN, "nothing", "a folder" if entry.is_dir() else "a file", file=file)
