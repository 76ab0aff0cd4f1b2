"""Earlier snapshots by number and by time; a warehouse that was copied or moved."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import warehouse
from tests.warehouse.factory import SECOND, Article, File, stage
from tests.warehouse.tables import read_all
from warehouse.commit import commit
from warehouse.errors import NoSuchSnapshotError

BEGIN = datetime(2026, 5, 1, 10, tzinfo=UTC)


@pytest.fixture
def thrice(root: Path) -> Path:
    """Three commits, half an hour apart, of one document each."""
    for number in range(3):
        file = File(f"/in/{number}", (Article(f"k{number}", text=f"News {number}, they said."),))
        commit(root, [stage(root, file)], f"run-{number}", now=BEGIN + number * timedelta(minutes=30))
    return root


def test_by_number(thrice: Path) -> None:
    assert [len(warehouse.open(thrice, snapshot=number).documents()) for number in (1, 2, 3)] == [1, 2, 3]
    assert warehouse.open(thrice, snapshot=2).created_at == BEGIN + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("as_of", "found"),
    [
        ("2026-05-01T10:00", 1),
        ("2026-05-01T10:29:59", 1),
        ("2026-05-01T10:30", 2),
        ("2026-05-01T13:30+03:00", 2),
        ("2030-01-01", 3),
        (datetime(2026, 5, 1, 10, 59), 2),
        (datetime(2026, 5, 1, 11, tzinfo=UTC), 3),
    ],
)
def test_by_time(thrice: Path, as_of: str | datetime, found: int) -> None:
    assert warehouse.open(thrice, as_of=as_of).snapshot == found


def test_what_is_not_kept_is_told_with_what_is(thrice: Path) -> None:
    with pytest.raises(NoSuchSnapshotError, match=r"no snapshot 7.*1 \(2026-05-01T10:00:00Z\), 2 .*, 3 "):
        warehouse.open(thrice, snapshot=7)
    with pytest.raises(NoSuchSnapshotError, match="as of 2026-05-01T09:59:00"):
        warehouse.open(thrice, as_of="2026-05-01T09:59")
    late = BEGIN + timedelta(hours=9)
    commit(thrice, [stage(thrice, File("/in/9", (Article("k9", text="Late news, they said."),)))], "run-9", now=late)
    with pytest.raises(NoSuchSnapshotError) as told:
        warehouse.open(thrice, snapshot=1)
    assert len(told.value.kept) == 2


def test_number_and_time_at_once_make_no_sense(thrice: Path) -> None:
    with pytest.raises(ValueError, match="either"):
        warehouse.open(thrice, snapshot=1, as_of="2026-05-01")
    with pytest.raises(ValueError, match="noon"):
        warehouse.open(thrice, as_of="noon")


def test_history_lists_what_can_be_opened(thrice: Path) -> None:
    shutil.copytree(thrice / "snapshots" / "00000003", thrice / "snapshots" / "00000004")  # of a killed commit
    kept = warehouse.history(thrice)
    assert list(kept["snapshot"]) == [1, 2, 3]
    assert list(kept["run_id"]) == ["run-0", "run-1", "run-2"]
    assert str(kept["created_at"].dt.tz) == "UTC"
    assert kept["created_at"].diff().max() == pd.Timedelta(minutes=30)


def check_works_there(root: Path) -> None:
    """Reads, writes, and is sound."""
    assert {name: len(rows) for name, rows in read_all(root).items()}["documents"] == 3
    assert warehouse.open(root, snapshot=2).row_counts()["documents"] == 2
    file = File("/in/there", (Article("there", text="Written there, they said."),))
    now = BEGIN + timedelta(minutes=70)
    assert commit(root, [stage(root, file)], "run", now=now).documents_added == 1
    again = File("/in/0", (Article("k0", text="Corrected there, they said."),), read_at=5_000 * SECOND)
    assert commit(root, [stage(root, again)], "run", now=now).documents_replaced == 1
    report = warehouse.verify(root)
    assert report.clean, report.findings


def test_a_warehouse_that_was_moved_works_there(thrice: Path, tmp_path: Path) -> None:
    there = tmp_path / "far" / "away"
    there.parent.mkdir()
    thrice.rename(there)
    check_works_there(there)


def test_a_warehouse_that_was_copied_works_there_and_changes_nothing_here(thrice: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in thrice.rglob("*.parquet")}
    subprocess.run(["cp", "-a", f"{thrice}/.", tmp_path / "copy"], check=True)
    check_works_there(tmp_path / "copy")
    assert {path: path.read_bytes() for path in thrice.rglob("*.parquet")} == before
    assert warehouse.verify(thrice).clean


def test_the_backup_command_of_the_guide(thrice: Path, tmp_path: Path) -> None:
    guide = Path("docs/warehouse.md").read_text()
    command = 'cp -R "$(realpath data/current)" backup'
    assert command in guide
    subprocess.run(command, shell=True, check=True, cwd=thrice.parent)
    backup = thrice.parent / "backup"
    assert len(pd.read_parquet(backup / "quotes")) == len(pd.read_parquet(thrice / "quotes"))


def test_the_command_that_copies_a_whole_warehouse(thrice: Path, tmp_path: Path) -> None:
    command = "cp -a data elsewhere"
    assert command in Path("docs/warehouse.md").read_text()
    subprocess.run(command, shell=True, check=True, cwd=thrice.parent)
    check_works_there(thrice.parent / "elsewhere")
