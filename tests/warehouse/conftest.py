import os
from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where a test's warehouse lies; nothing is there yet."""
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no durability; that everything is synced has a test of its own."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
