"""One run over the seeds, and one server, for all end-to-end tests."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.server import prefect_api
from tests.e2e.onrecord import Shell

SEEDS = Path(__file__).parent.parent.parent / "seeds"


@dataclass(frozen=True)
class Ingested:
    """A finished run."""

    root: Path
    report: dict[str, Any]
    left_over: list[psutil.Process]


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def seeds_run(prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """``onrecord ingest seeds/`` with nothing prepared: a fresh Prefect home, no server, no warehouse."""
    root = tmp_path_factory.mktemp("seeds") / "data"
    shell = Shell(prefect_home)
    report = shell.ingest(SEEDS, "--data", root)
    return Ingested(root, report, shell.processes())


@pytest.fixture(scope="session")
def used_home(seeds_run: Ingested, prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a Prefect home with its database made: a server starts on it in half the time."""
    copy = tmp_path_factory.mktemp("used") / "prefect"
    shutil.copytree(prefect_home, copy)
    return copy


@pytest.fixture(scope="package")
def api(used_home: Path, prefect_home: Path) -> Iterator[str]:
    """A running server on the Prefect home of the first run; this process talks to it too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL", raising=False)
        patch.setenv("PREFECT_HOME", str(prefect_home))
        with prefect_api() as url:
            yield url


@pytest.fixture(scope="package")
def shell(api: str, prefect_home: Path) -> Shell:
    """Commands that use the running server."""
    return Shell(prefect_home, api)
