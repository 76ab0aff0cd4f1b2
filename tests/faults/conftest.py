import os

import pytest


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL does not lose what the kernel holds: waiting for the disk would only make the tests slow."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
