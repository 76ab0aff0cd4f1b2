"""Bring Delta tables to the state of a snapshot: send the files that they lack, and one commit a table.

What a table has is asked of itself, so a publication that was cut short is simply done again. Every table gets a commit
for every published snapshot, also one to which nothing changed: thus versions can be lined up by the snapshot's number.
Two publishers at once are safe: a commit is a conditional put, and both note the same Delta transaction, so the loser
is told, looks again, and finds the work done or does what is left.
"""

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.columns import Table
from warehouse.delta.files import PublishedFile, converted, delta_schema, files_of, needs_conversion, statistics
from warehouse.delta.target import APP_ID, SNAPSHOT_KEY, Target, clear_errors, library
from warehouse.errors import PublishConflictError, PublishError
from warehouse.layout import MONTH_KEY, existing
from warehouse.query import open_warehouse
from warehouse.snapshots import Snapshot
from warehouse.tables import SNAPSHOT_TABLES

ATTEMPTS = 10
"""Commits of one table that others may get ahead of."""

DEFAULT_RETAIN_HOURS = 168
"""Delta Lake's own default: readers of older versions have a week."""


@dataclass(frozen=True)
class TablePublication:
    """What became of one table.

    Attributes:
        version: of the Delta table, that has the snapshot's rows.
        files_added, files_removed: of the commit.
        bytes_sent: to the store.
        vacuumed: old files that were deleted.
    """

    version: int
    files_added: int = 0
    files_removed: int = 0
    bytes_sent: int = 0
    vacuumed: int = 0


@dataclass(frozen=True)
class Publication:
    """What :func:`publish` did.

    Attributes:
        url: where the tables lie.
        snapshot: the snapshot that they have now.
        tables: by name.
        changed: whether anything was committed.
    """

    url: str
    snapshot: int
    tables: dict[str, TablePublication]
    changed: bool


def publish(
    root: str | os.PathLike[str],
    url: str | os.PathLike[str],
    *,
    storage_options: Mapping[str, str] | None = None,
    vacuum: bool = False,
    retain_hours: int = DEFAULT_RETAIN_HOURS,
) -> Publication:
    """Publish the current snapshot as Delta Lake tables under ``url``. The same snapshot again changes nothing.

    Args:
        root: the warehouse.
        url: a folder, or ``s3://bucket/prefix`` and whatever else deltalake writes to.
        storage_options: of deltalake, such as ``{"aws_endpoint": …}``; the usual AWS variables are heeded.
        vacuum: delete files that no version of the last ``retain_hours`` has. What was taken down is gone from the
            current version in any case, and from the store after ``vacuum=True, retain_hours=0``.
        retain_hours: see ``vacuum``. With 0, nobody else may be publishing or reading older versions.

    Raises:
        NotAWarehouseError, NewerVersionError: as for :func:`warehouse.open`.
        DeltaMissingError: when deltalake is not installed.
        PublishConflictError: when the tables there are of another warehouse or of a later snapshot.
        PublishError: when the store refuses.
    """
    library()
    target = Target.of(url, storage_options)
    layout = existing(root)
    if target.folder is not None and target.folder.resolve().is_relative_to(layout.root.resolve()):
        raise PublishError(target.url, "it lies inside the warehouse")
    opened = open_warehouse(root)
    publisher = _Publisher(target, opened.pinned, layout.root)
    tables = {table.name: publisher.bring_up_to_date(table) for table in SNAPSHOT_TABLES}
    if vacuum:
        tables = {name: _vacuum(target, name, result, retain_hours) for name, result in tables.items()}
    return Publication(target.url, publisher.number, tables, publisher.changed)


class _OvertakenError(Exception):
    """Another publisher made the table first."""


class _Publisher:
    """Publishes one snapshot, table by table."""

    def __init__(self, target: Target, snapshot: Snapshot, root: Path) -> None:
        self._target = target
        self._snapshot = snapshot
        self._root = root
        self.number = snapshot.number
        self.changed = False

    def bring_up_to_date(self, table: Table) -> TablePublication:
        """Compare, send, commit; again when somebody else was quicker."""
        wanted = {file.path: file for file in files_of(self._snapshot, table)}
        sent: dict[str, int] = {}
        for _ in range(ATTEMPTS):
            delta_table = self._target.open(table.name)
            if delta_table is not None and delta_table.transaction_version(APP_ID) is None:
                url = self._target.table_url(table.name)
                raise PublishConflictError(url, "it is a Delta table that `onrecord publish` did not make")
            there = self._whats_there(table, delta_table)
            if delta_table is not None and self._is_done(delta_table, there, set(wanted), table):
                return TablePublication(int(delta_table.version()), bytes_sent=sum(sent.values()))
            added = [file for path, file in wanted.items() if path not in there]
            for file in added:
                if file.path not in sent:
                    sent[file.path] = self._send(table, file)
            actions = [_add_action(table, file, sent[file.path]) for file in added]
            gone = [facts for path, facts in there.items() if path not in wanted]
            try:
                version = self._commit(table, delta_table, actions, gone)
            except (_OvertakenError, library().exceptions.CommitFailedError):
                continue
            self.changed = True
            return TablePublication(version, len(added), len(gone), sum(sent.values()))
        raise PublishError(self._target.table_url(table.name), f"others got ahead of {ATTEMPTS} commits")

    def _whats_there(self, table: Table, delta_table: Any) -> dict[str, dict[str, Any]]:
        """The files of the Delta table's current version, by path."""
        if delta_table is None:
            return {}
        with clear_errors(self._target.table_url(table.name)):
            rows = pa.table(delta_table.get_add_actions(flatten=True))
        names = ["path", "size_bytes", *([f"partition.{MONTH_KEY}"] if table.partitioned else [])]
        return {row["path"]: row for row in rows.select(names).to_pylist()} if rows.num_rows else {}

    def _is_done(self, delta_table: Any, there: Mapping[str, object], wanted: set[str], table: Table) -> bool:
        known = delta_table.transaction_version(APP_ID)
        url = self._target.table_url(table.name)
        if known > self.number and known > open_warehouse(self._root).snapshot:
            raise PublishConflictError(url, f"it has snapshot {known}, and this warehouse is at {self.number}")
        if known == self.number and there.keys() != wanted:
            raise PublishConflictError(url, f"it has another snapshot {known} than this warehouse")
        return bool(known >= self.number)

    def _send(self, table: Table, file: PublishedFile) -> int:
        if not needs_conversion(table):
            return self._target.send(table.name, file.path, file.source)
        with tempfile.TemporaryDirectory() as folder:
            beside = Path(folder) / file.source.name
            converted(table, file.source, beside)
            return self._target.send(table.name, file.path, beside)

    def _commit(self, table: Table, delta_table: Any, actions: list[Any], gone: list[dict[str, Any]]) -> int:
        """One version: what is new comes, what is no longer goes."""
        from deltalake import Schema  # noqa: PLC0415  an optional dependency

        url, schema = self._target.table_url(table.name), Schema.from_arrow(delta_schema(table))
        keys = [MONTH_KEY] if table.partitioned else []
        facts = self._commit_facts()
        if delta_table is None:
            self._create(table, actions, schema, keys, facts)
            return 0
        with clear_errors(url):
            mode = "append"
            if _shape(delta_table.schema()) != _shape(schema):
                # Another schema version: all files were written anew, so all that are there go with the old columns.
                mode = "overwrite"
            else:
                actions = actions + [_remove_action(table, facts) for facts in gone]
            delta_table.create_write_transaction(actions, mode, schema, keys, commit_properties=facts)
            delta_table.update_incremental()
            return int(delta_table.version())

    def _create(self, table: Table, actions: list[Any], schema: Any, keys: list[str], facts: Any) -> None:
        from deltalake.transaction import create_table_with_add_actions  # noqa: PLC0415  an optional dependency

        url = self._target.table_url(table.name)
        if self._target.folder is not None:
            Path(url).mkdir(parents=True, exist_ok=True)
        try:
            with clear_errors(url):
                create_table_with_add_actions(
                    url,
                    schema,
                    actions,
                    partition_by=keys,
                    name=table.name,
                    description=table.meaning,
                    storage_options=dict(self._target.options),
                    commit_properties=facts,
                )
        except PublishError as error:
            # A table that exists is told in the same way as any other trouble.
            if self._target.open(table.name) is None:
                raise
            raise _OvertakenError from error

    def _commit_facts(self) -> Any:
        delta = library()
        manifest = self._snapshot.manifest()
        return delta.CommitProperties(
            custom_metadata={
                SNAPSHOT_KEY: str(self.number),
                "onrecord.created_at": manifest.created_at,
                "onrecord.run_id": manifest.run_id,
            },
            app_transactions=[delta.Transaction(APP_ID, self.number)],
            max_commit_retries=0,
        )


def _add_action(table: Table, file: PublishedFile, size: int) -> Any:
    from deltalake.transaction import AddAction  # noqa: PLC0415  an optional dependency

    partition: dict[str, str | None] = {MONTH_KEY: file.month} if file.month is not None else {}
    stats = f'{{"numRecords": {file.rows}}}' if needs_conversion(table) else statistics(file.source)
    return AddAction(file.path, size, partition, int(time.time() * 1000), True, stats)


def _remove_action(table: Table, there: Mapping[str, Any]) -> Any:
    from deltalake.transaction import RemoveAction  # noqa: PLC0415  an optional dependency

    partition = {MONTH_KEY: there[f"partition.{MONTH_KEY}"]} if table.partitioned else {}
    return RemoveAction(there["path"], True, int(time.time() * 1000), there["size_bytes"], partition)


def _shape(schema: Any) -> list[tuple[str, str, bool]]:
    """Names, types and nullability: what the columns mean may be said in other words from release to release."""
    return [(field.name, str(field.type), field.nullable) for field in schema.fields]


def _vacuum(target: Target, name: str, result: TablePublication, hours: int) -> TablePublication:
    table = target.open(name)
    with clear_errors(target.table_url(name)):
        deleted = table.vacuum(hours, dry_run=False, enforce_retention_duration=False, full=True)
    return TablePublication(
        result.version, result.files_added, result.files_removed, result.bytes_sent, vacuumed=len(deleted)
    )
