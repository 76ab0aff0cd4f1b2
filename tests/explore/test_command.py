"""``onrecord explore`` says what is in its way."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.errors import ExplorerPortTakenError, MissingExtraError
from flows.explore import server
from warehouse.errors import NotAWarehouseError


def failed(*arguments: object) -> BaseException | None:
    return CliRunner().invoke(cli, ["explore", "--no-browser", *map(str, arguments)]).exception


def test_without_the_extra_it_tells_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(server, "PACKAGES", ("streamlit", "a_package_that_nobody_has"))
    error = failed("--data", tmp_path)
    assert isinstance(error, MissingExtraError)
    assert "pip install 'onrecord[explore]'" in str(error)


def test_a_folder_without_a_warehouse_is_told_before_anything_starts(tmp_path: Path) -> None:
    pytest.importorskip("streamlit", reason="the extra explore is not installed")
    assert isinstance(failed("--data", tmp_path), NotAWarehouseError)


def test_a_taken_port_is_told(mixed_root: Path) -> None:
    pytest.importorskip("streamlit", reason="the extra explore is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        error = failed("--data", mixed_root, "--port", taken.getsockname()[1])
    assert isinstance(error, ExplorerPortTakenError)
    assert "--port" in error.remedy


def test_the_command_line_loads_neither_streamlit_nor_duckdb() -> None:
    program = "import sys, flows.cli; print(sorted({'streamlit', 'duckdb', 'prefect'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
