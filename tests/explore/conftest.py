"""Warehouses to explore."""

import os
from pathlib import Path

import pytest

from tests.explore.world import World, mixed


def _committed(world: World, folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        return world.commit(folder / "data")


@pytest.fixture(scope="session", params=["linked", "unlinked"])
def mixed_root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With and without entities across documents. Read-only."""
    return _committed(mixed(linked=request.param == "linked"), tmp_path_factory.mktemp(request.param))
