"""The flow ``maintain``: merged, pruned and checked; a warehouse that is not sound fails the run and says where."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from prefect import get_client

from flows.errors import UnsoundWarehouseError
from flows.maintain import MaintainOptions, maintain
from tests.e2e.conftest import Ingested
from tests.e2e.onrecord import table
from warehouse.layout import existing

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("api")]


@pytest.fixture
def root(seeds_run: Ingested, tmp_path: Path) -> Path:
    shutil.copytree(seeds_run.root, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def artifact(key: str) -> str:
    with get_client(sync_client=True) as client:
        newest = max((item for item in client.read_artifacts() if item.key == key), key=lambda item: str(item.created))
    return str(newest.data)


def test_a_sound_warehouse_is_told_to_be_sound(root: Path) -> None:
    before = table(root, "quotes")
    report = maintain(str(root))
    assert report.violations == 0
    after = table(root, "quotes")
    assert before["speaker_entity_id"].isna().all(), "a run that annotates links nothing"
    assert set(after["speaker_entity_id"].dropna()) <= set(table(root, "canonical_entities")["entity_id"])
    assert after["speaker_entity_id"].notna().sum() > len(after) / 3
    pd.testing.assert_frame_equal(after.drop(columns="speaker_entity_id"), before.drop(columns="speaker_entity_id"))
    assert report.entities == len(table(root, "canonical_entities")) > 0
    assert "**Sound.**" in artifact("maintain-summary")


def test_without_linking_nothing_is_linked(root: Path) -> None:
    report = maintain(str(root), MaintainOptions(link=False, verify=False))
    assert report.entities == 0
    assert table(root, "entities")["entity_id"].isna().all()


def test_old_snapshots_are_dropped_and_young_ones_kept(root: Path) -> None:
    layout = existing(root)
    now = int((root / "current").resolve().name)
    shutil.copytree(layout.snapshot(now), layout.snapshot(now + 1))
    manifest = layout.snapshot(now + 1) / "snapshot.json"
    facts = json.loads(manifest.read_bytes())
    long_ago = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    manifest.write_text(json.dumps({**facts, "number": now + 1, "created_at": long_ago, "boot_id": "", "uptime": 0.0}))
    (root / "current").unlink()
    (root / "current").symlink_to(f"snapshots/{now + 1:08d}")
    report = maintain(str(root), MaintainOptions(link=False, compact=False, verify=False))
    assert report.snapshots_dropped == 1
    assert not layout.snapshot(now).exists()
    assert layout.snapshot(now + 1).exists()


def test_a_damaged_file_fails_the_run_and_is_named(root: Path) -> None:
    victim = sorted((root / "current" / "quotes").rglob("*.parquet"))[0]
    damaged = bytearray(victim.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    victim.write_bytes(damaged)
    with pytest.raises(UnsoundWarehouseError, match="violations"):
        maintain(str(root))
    rows = json.loads(artifact("violations"))
    assert any(victim.name in row["file"] for row in rows)
