"""Processes that end with the one that holds them, also those in sessions of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.onrecord import eventually

SLEEPER = "import pathlib, sys, time\npathlib.Path(sys.argv[1]).touch()\ntime.sleep(100)\n"
HOLDER = """
import subprocess, sys, time
from flows import guard
with guard.hold() as release:
    child = subprocess.Popen(
        [sys.executable, "-m", "flows.guard", "sleeper", sys.argv[1]], start_new_session=True, close_fds=True
    )
    print(child.pid, flush=True)
    sys.stdin.readline()
    release()
    child.wait(timeout=10)
    print("ended", flush=True)
"""


@pytest.fixture
def holder(tmp_path: Path) -> "subprocess.Popen[str]":
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "begun")],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_ends_when_its_holder_is_killed(holder: "subprocess.Popen[str]", tmp_path: Path) -> None:
    assert holder.stdout is not None
    child = int(holder.stdout.readline())
    assert eventually((tmp_path / "begun").exists, 20)
    assert alive(child)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert eventually(lambda: not alive(child), 10)


def test_a_child_ends_when_its_holder_lets_go(holder: "subprocess.Popen[str]", tmp_path: Path) -> None:
    assert holder.stdout is not None
    int(holder.stdout.readline())
    assert eventually((tmp_path / "begun").exists, 20)
    out, _ = holder.communicate("go\n", timeout=30)
    assert out.strip() == "ended"


def test_without_a_holder_a_module_just_runs(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("import sys\nprint('hello', sys.argv[1:])\n")
    environment = {name: value for name, value in os.environ.items() if name != "ONRECORD_HELD"}
    done = subprocess.run(
        [sys.executable, "-m", "flows.guard", "hello", "a", "b"],
        env={**environment, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "hello ['a', 'b']"
