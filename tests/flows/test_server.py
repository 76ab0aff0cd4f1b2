"""Which Prefect API a run talks to. The embedded server itself is met in ``tests/e2e``."""

import os
import socket
import subprocess
import sys
import time

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import server
from flows.errors import ServerStartError
from flows.server import QUIET_SETTINGS, prefect_api, quieten

ELSEWHERE = "http://127.0.0.1:9/api"


def test_a_configured_api_is_used_and_no_server_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "start_server", lambda *_: pytest.fail("a server was started"))
    with temporary_settings({PREFECT_API_URL: ELSEWHERE}):
        with prefect_api() as url:
            assert url == ELSEWHERE
        assert PREFECT_API_URL.value() == ELSEWHERE


def test_the_environment_configures_the_api() -> None:
    program = "from flows.server import prefect_api\nwith prefect_api() as url: print(url)"
    environment = {**os.environ, "PREFECT_API_URL": ELSEWHERE}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ELSEWHERE


def test_analytics_are_off_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = QUIET_SETTINGS
    monkeypatch.delenv(first, raising=False)
    monkeypatch.setenv(second, "0")
    quieten()
    assert os.environ[first] == QUIET_SETTINGS[first]
    assert os.environ[second] == "0"
    monkeypatch.delenv(first)  # what quieten() set


def test_a_server_that_does_not_start_is_told_with_its_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/ls")  # it complains of the arguments, and ends
    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(ServerStartError, match="ended with 2 instead of answering") as caught,
        prefect_api(),
    ):
        pytest.fail("it cannot have started")
    assert "embedded_server" in str(caught.value)
    assert "\n" not in str(caught.value), "messages are shown without line breaks"
    assert caught.value.retryable
    assert "PREFECT_API_URL" not in os.environ


def test_the_server_ends_when_the_pipe_to_its_parent_closes() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.embedded_server", str(listener.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
    assert process.stdin is not None
    time.sleep(0.3)
    process.stdin.close()
    assert process.wait(timeout=30) == 0
