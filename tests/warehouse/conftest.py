import os
from pathlib import Path

import pytest

from warehouse import compaction


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where a test's warehouse lies; nothing is there yet."""
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no durability; that everything is synced has a test of its own."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(autouse=True)
def room_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a warehouse of many files, where a few more do not make a commit merge: tests count files and snapshots."""
    monkeypatch.setattr(compaction, "EXTRA_FILES", 99)
