"""Does a warehouse keep its promises? Every invariant, checked on what lies on the disk.

::

    import warehouse

    report = warehouse.verify("data")
    assert report.clean, report.findings

Reads only; runs beside commits. Memory is bounded: rows are streamed, and what has to be held is held in parts.
"""

import os
from pathlib import Path

import pyarrow as pa

from warehouse import snapshots
from warehouse.columns import SCHEMA_VERSION
from warehouse.errors import NewerVersionError, SnapshotGoneError
from warehouse.layout import Layout, existing
from warehouse.snapshots import Snapshot
from warehouse.tables import SNAPSHOT_TABLES
from warehouse.verification.entities import check_entities
from warehouse.verification.files import DAMAGE, FileCheck, check_runs
from warehouse.verification.folders import check_links, check_root, check_snapshot_folder
from warehouse.verification.identities import IdentityCheck, check_forgotten, forgotten_ids
from warehouse.verification.keys import UnreadableRowsError, check_keys
from warehouse.verification.months import MonthCheck
from warehouse.verification.report import Check, Finding, Progress, Report
from warehouse.verification.sources import check_sources

__all__ = ["Check", "Finding", "Report", "verify"]


def verify(root: str | os.PathLike[str], *, quick: bool = False, progress: Progress | None = None) -> Report:
    """Check the folder, the files of all snapshots, and the rows of the current one.

    Rows are left out when files are damaged, and most of their checks when keys are not unique: what follows from
    that would hide it.

    Args:
        root: the warehouse.
        quick: leave out hashes and spans, which read every byte.
        progress: told how far each stage is.

    Raises:
        NotAWarehouseError: when nothing was ever committed there.
        NewerVersionError: when newer software wrote it.
        SnapshotGoneError: when so many commits came meanwhile that the snapshot was pruned.
    """
    report = Report(quick=quick)
    # Resolved, so that names of files can be told below it.
    layout = Layout(Path(os.path.realpath(existing(root).root)))
    current = check_links(layout, report)
    if current is None:
        return report
    report.snapshot = current.number
    check_root(layout, current, report)
    try:
        _check_snapshots(layout, current, report, progress or _silent)
    except FileNotFoundError as error:
        if current.path.is_dir():
            raise
        raise SnapshotGoneError(layout.root, current.number) from error
    check_runs(layout, report)
    return report


def _silent(stage: str, done: int, total: int) -> None:
    """No progress is shown."""


def _check_snapshots(layout: Layout, current: Snapshot, report: Report, progress: Progress) -> None:
    files = FileCheck(layout, report, progress)
    version = _version(layout, current, report)
    if version is None:
        return
    check_snapshot_folder(layout, current, version, report)
    files.check(current, version)
    if report.has(*DAMAGE):
        report.notes.append("rows were not compared, since files are damaged")
    elif version != SCHEMA_VERSION:
        report.notes.append(f"rows were not compared: they have schema version {version} until the next commit")
    else:
        _check_rows(layout.root, current, report, progress)
    gone = pa.array([], pa.string()) if report.has(*DAMAGE) else forgotten_ids(current)
    for snapshot in list(snapshots.every(layout)):
        if snapshot.number < current.number:
            _check_older(layout, snapshot, files, gone, report)


def _version(layout: Layout, snapshot: Snapshot, report: Report) -> int | None:
    file = (snapshot.path / snapshots.MANIFEST).relative_to(layout.root).as_posix()
    try:
        manifest = snapshot.manifest()
    except FileNotFoundError:
        if not snapshot.path.is_dir():
            raise
        report.add(Check.MISSING, "a file", "nothing", file=file)
        return None
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        report.add(Check.UNREADABLE, "the facts of a snapshot", error, file=file)
        return None
    if manifest.schema_version > SCHEMA_VERSION:
        raise NewerVersionError(layout.root, manifest.schema_version, SCHEMA_VERSION)
    if manifest.number != snapshot.number:
        report.add(Check.UNREADABLE, f"snapshot {snapshot.number}", f"snapshot {manifest.number}", file=file)
    return manifest.schema_version


def _check_older(layout: Layout, snapshot: Snapshot, files: FileCheck, gone: pa.Array, report: Report) -> None:
    try:
        version = _version(layout, snapshot, report)
        if version is not None:
            check_snapshot_folder(layout, snapshot, version, report)
            files.check(snapshot, version)
            if not report.has(*DAMAGE):
                check_forgotten(layout.root, snapshot, gone, report)
    except FileNotFoundError:
        if snapshot.path.is_dir():
            raise
        report.notes.append(f"snapshot {snapshot.number}: was pruned meanwhile")


def _check_rows(root: Path, current: Snapshot, report: Report, progress: Progress) -> None:
    try:
        _check_readable_rows(root, current, report, progress)
    except UnreadableRowsError as error:
        file = error.file.relative_to(root).as_posix()
        table = error.file.relative_to(current.path).parts[0]
        report.add(Check.UNREADABLE, "rows that can be read", error, table=table, file=file)
        report.notes.append("other checks of rows were left out, since a file cannot be read")


def _check_readable_rows(root: Path, current: Snapshot, report: Report, progress: Progress) -> None:
    report.rows = {table.name: current.dataset(table).count_rows() for table in SNAPSHOT_TABLES}
    for table in SNAPSHOT_TABLES:
        check_keys(root, current, table, report, progress)
    if report.has(Check.KEY):
        report.notes.append("other checks of rows were left out, since keys are not unique")
        return
    MonthCheck(root, current, report, progress).check_all()
    IdentityCheck(root, current, report, progress).check_all()
    check_sources(root, current, report)
    check_entities(root, current, report)
    check_forgotten(root, current, forgotten_ids(current), report)
