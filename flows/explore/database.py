"""SQL over the Parquet files of one pinned snapshot: nothing is loaded but the columns that a question needs."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import duckdb
import pandas as pd

import warehouse
from warehouse import Warehouse
from warehouse.errors import SnapshotGoneError

MEMORY_LIMIT = "400MB"
"""Of DuckDB's own buffers; beyond it, it works on disk."""

FRAMES_KEPT = 256
"""Results that a snapshot's database remembers. Each is a page or an aggregate, some kB."""

PARTITIONED = ("documents", "entities", "quotes")
WHOLE = ("sources", "rejects")

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Answer:
    """What a question gave.

    Attributes:
        frame: the rows, most first or newest first.
        lines: Python with pandas that leaves the same in ``answer``: what the frame has in its key columns as the
            index, and the numbers as values. Run them in the folder that the explorer was started in.
    """

    frame: pd.DataFrame
    lines: str


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows, with their columns as attributes."""
    return iter(frame.itertuples(index=False))


class Database:
    """Views ``documents``, ``entities``, ``quotes``, ``sources`` and ``rejects`` of a snapshot, read-only.

    ``quotes.speaker_key`` and ``entities.entity_key`` are the entity across documents where one is linked, else the
    name within the document. Results are remembered, since a snapshot never changes. Safe to use from many threads.

    Args:
        tables: the pinned snapshot.
        root: the warehouse folder as the user names it, for the pandas lines.
    """

    def __init__(self, tables: Warehouse, root: str) -> None:
        self.tables = tables
        self.root = root
        self._scratch = TemporaryDirectory(prefix="onrecord-explore-")
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "temp_directory": self._scratch.name,  # by default it would be in the user's folder
                "memory_limit": MEMORY_LIMIT,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        self._asked = time.monotonic()
        self._prepared: set[str] = set()
        self._locks: dict[str, Lock] = {}
        self._remembered = lru_cache(FRAMES_KEPT)(self._frame)
        for name in (*PARTITIONED, *WHOLE):
            self._view(name)

    @property
    def snapshot(self) -> int:
        """Number of the snapshot."""
        return self.tables.snapshot

    def frame(self, sql: str, parameters: Sequence[Value] = ()) -> pd.DataFrame:
        """The rows of a query; not to be changed, since the next one who asks gets the same object.

        Raises:
            SnapshotGoneError: when the snapshot was pruned meanwhile.
        """
        self._asked = time.monotonic()
        return self._remembered(sql, tuple(parameters))

    def long_frame(self, sql: str, parameters: Sequence[Value] = ()) -> pd.DataFrame:
        """As :meth:`frame`, for rows that are too long to be remembered, such as texts."""
        self._asked = time.monotonic()
        return self._frame(sql, tuple(parameters))

    def idle_seconds(self) -> float:
        """How long nobody has asked for rows; :meth:`prepare` does not count."""
        return time.monotonic() - self._asked

    def months(self, table: str) -> list[str]:
        """The partitions of a table, in order."""
        return sorted({Path(file).parent.name.removeprefix("month=") for file in self._files(table)})

    def source(self, table: str) -> str:
        """Where pandas reads the same rows: the stable name while this snapshot is the current one."""
        current = warehouse.open(self.root).snapshot == self.snapshot
        return str(Path(self.root, *([] if current else ["snapshots", f"{self.snapshot:08d}"]), table))

    @cached_property
    def speakers_linked(self) -> bool:
        """Whether any quote has a speaker across documents."""
        return self._any("SELECT 1 FROM parquet_quotes WHERE speaker_entity_id IS NOT NULL LIMIT 1")

    @cached_property
    def entities_linked(self) -> bool:
        """Whether any mention has an entity across documents."""
        return self._any("SELECT 1 FROM parquet_entities WHERE entity_id IS NOT NULL LIMIT 1")

    @cached_property
    def has_canonical(self) -> bool:
        """Whether the snapshot has the table of entities across documents."""
        if not self._files("canonical_entities"):
            return False
        self._view("canonical_entities")
        return True

    def prepare(self, name: str, sql: str) -> None:
        """Make a table from a query, once; for what many questions need. Whoever comes meanwhile waits."""
        if name in self._prepared:
            return
        with self._locks.setdefault(name, Lock()), self._connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} AS {sql}")
            self._prepared.add(name)

    def drop(self, name: str) -> None:
        """Take a prepared table away."""
        with self._locks.setdefault(name, Lock()), self._connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            self._prepared.discard(name)

    def is_prepared(self, name: str) -> bool:
        """Whether that table is there, so that nobody need wait for it."""
        return name in self._prepared

    def _any(self, sql: str) -> bool:
        return not self.frame(sql).empty

    def _files(self, table: str) -> list[str]:
        folder = self.tables.pinned.path / table
        pattern = "*/*.parquet" if table in PARTITIONED else "*.parquet"
        return sorted(str(path) for path in folder.glob(pattern))

    def _view(self, table: str) -> None:
        files = ", ".join(literal(path) for path in self._files(table))
        hive = ", hive_partitioning = true, hive_types = {'month': VARCHAR}" if table in PARTITIONED else ""
        raw = f"parquet_{table}" if table in PARTITIONED else table
        self._connection.execute(f"CREATE VIEW IF NOT EXISTS {raw} AS SELECT * FROM read_parquet([{files}]{hive})")
        if table in PARTITIONED:
            self._connection.execute(f"CREATE VIEW {table} AS SELECT *{self._key(table)} FROM {raw}")

    def _key(self, table: str) -> str:
        """Where nothing is linked the key is the plain column, whose statistics let DuckDB skip row groups."""
        match table:
            case "quotes":
                linked, plain, alias = self.speakers_linked, "speaker_canonical", "speaker_key"
                over = "speaker_entity_id"
            case "entities":
                linked, plain, alias, over = self.entities_linked, "canonical_name", "entity_key", "entity_id"
            case _:
                return ""
        return f", {f'coalesce({over}, {plain})' if linked else plain} AS {alias}"

    def _frame(self, sql: str, parameters: tuple[Value, ...]) -> pd.DataFrame:
        try:
            with self._connection.cursor() as cursor:
                return cursor.execute(sql, list(parameters)).df()
        except duckdb.IOException as error:
            if self.tables.pinned.path.exists():
                raise
            raise SnapshotGoneError(Path(self.root), self.snapshot) from error


def literal(text: str) -> str:
    """Text as SQL, where no parameter can stand."""
    return "'" + text.replace("'", "''") + "'"
