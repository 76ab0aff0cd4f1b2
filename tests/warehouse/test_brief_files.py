"""Files of few rows are written briefly: what they cost, and that nobody who reads them can tell."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

import warehouse
from benchmarks import generated
from benchmarks.warehouse import EVERYWHERE, NEWS, parquet_bytes
from tests.warehouse.tables import read_all
from warehouse import compaction, disk
from warehouse.commit import CommitResult, commit
from warehouse.tables import TABLES

STORED = 240
PARTITIONED = ("documents", "entities", "quotes")
DAYS = np.linspace(0, generated.DAYS - 1, STORED).astype(int)


def add(root: Path, numbers: np.ndarray, days: np.ndarray) -> tuple[CommitResult, int]:
    """Commit generated articles; also gives the length of their own Parquet files."""
    batch = generated.stage(root, f"from-{numbers[0]}", generated.rows(numbers, days))
    return commit(root, [batch], "run"), parquet_bytes(batch)


def files(root: Path, name: str) -> list[Path]:
    return warehouse.open(root).pinned.files(TABLES[name])


def is_brief(file: Path) -> bool:
    with pq.ParquetFile(file) as source:
        return disk.is_brief(source)


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CommitResult, int]:
    """Articles of all months, and then 100 new ones of 60 months."""
    root = tmp_path_factory.mktemp("spread") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        patch.setattr(compaction, "EXTRA_FILES", 99)
        add(root, np.arange(STORED), DAYS)
        return root, *add(root, np.arange(STORED, STORED + NEWS), EVERYWHERE)


def test_news_of_many_months_costs_at_most_five_times_its_own_size(spread: tuple[Path, CommitResult, int]) -> None:
    _, result, own = spread
    assert len(result.partitions) == 60
    assert own > 300_000, "of realistic size"
    assert result.bytes_written <= 3.5 * own


def test_all_but_the_first_file_of_a_table_are_brief(spread: tuple[Path, CommitResult, int]) -> None:
    root, _, _ = spread
    for name in PARTITIONED:
        first, *others = files(root, name)
        schema = pq.read_schema(first)
        assert schema.equals(TABLES[name].schema(), check_metadata=True), "with the descriptions, for whoever looks"
        assert len(others) >= 100
        assert all(map(is_brief, others))


def test_types_keys_and_bounds_are_in_brief_files_too(spread: tuple[Path, CommitResult, int]) -> None:
    root, _, _ = spread
    for name in PARTITIONED:
        table, file = TABLES[name], files(root, name)[-1]
        schema = pq.read_schema(file)
        assert schema.equals(table.schema())
        assert schema.metadata == table.schema().metadata
        group = pq.read_metadata(file).row_group(0)
        bounded = {group.column(n).path_in_schema for n in range(group.num_columns) if group.column(n).is_stats_set}
        assert bounded == set(table.ordering)


def test_readers_see_no_difference(spread: tuple[Path, CommitResult, int], tmp_path: Path) -> None:
    root, _, _ = spread
    before = {name: pd.read_parquet(root / name) for name in PARTITIONED}
    opened = warehouse.open(root).quotes()
    warehouse.compact(root)
    after = {name: pd.read_parquet(root / name) for name in PARTITIONED}
    for name in PARTITIONED:
        assert not any(map(is_brief, files(root, name)))
        key = TABLES[name].key[0]
        pd.testing.assert_frame_equal(
            *(frame[name].sort_values(key).reset_index(drop=True) for frame in (before, after))
        )
        assert pl.scan_parquet(root / name).collect().height == len(before[name])
        query = f"select count(*) from read_parquet('{root}/{name}/*/*.parquet', hive_partitioning = true)"
        assert duckdb.sql(query).fetchall() == [(len(before[name]),)]
    pd.testing.assert_frame_equal(opened, warehouse.open(root).quotes())
    # A month before all others: its file is the one that readers take the columns from.
    add(root, np.arange(900, 902), np.array([-40, -39]))
    assert is_brief(files(root, "quotes")[0])
    for name, frame in read_all(root).items():
        if name in PARTITIONED:
            assert frame.dtypes.drop("month").equals(after[name].dtypes.drop("month")), name
    assert pl.scan_parquet(root / "quotes").collect().height == len(after["quotes"]) + 2 * generated.QUOTES
    assert warehouse.verify(root).clean
