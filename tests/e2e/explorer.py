"""A running ``onrecord explore``, and a browser that reaches nothing but this machine."""

import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.e2e.browser import FLAGS, PATIENCE_MS, PICTURES, chromium
from tests.e2e.onrecord import COMMAND

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
"""Not by Playwright's routes: these turn the browser's cache off, and each page would load all its scripts anew."""
WATCH = Path(__file__).parent.parent / "explore" / "watch"
READY = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
SIZES = [
    ("light", 1280),
    ("dark", 390),
    # Half a minute each, and seldom different: with the slow tests.
    pytest.param("dark", 1280, marks=pytest.mark.faults),
    pytest.param("light", 390, marks=pytest.mark.faults),
]


@dataclass(frozen=True)
class Explorer:
    """The process and its address.

    Attributes:
        calls: a file of whom it tried to reach beyond this machine.
    """

    process: "subprocess.Popen[str]"
    base: str
    calls: Path

    def called(self) -> str:
        """Whom it tried to reach."""
        return self.calls.read_text("utf-8") if self.calls.exists() else ""

    def ended(self) -> tuple[int, str]:
        """Ctrl-C, then the exit code and all that it said on the way out."""
        os.killpg(self.process.pid, signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out + err


@contextmanager
def exploring(root: Path, work: Path) -> Iterator[Explorer]:
    """Start it on a free port; it is ended at the end, if not before."""
    assert COMMAND, "the onrecord command is not installed beside this Python"
    calls = work / "calls.txt"
    process = subprocess.Popen(
        [COMMAND, "explore", "--data", root.name, "--port", "0", "--no-browser"],
        cwd=root.parent,  # a short name: it is in the pictures
        env={**os.environ, "PYTHONPATH": str(WATCH), "ONRECORD_CALLS": str(calls), "HOME": str(work)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + process.communicate(timeout=60)[1]
        yield Explorer(process, found[0], calls)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@dataclass
class Visitor:
    """A page, what it asked of other machines (which it does not get), and what the browser complained of."""

    page: Page
    base: str
    blocked: list[str]
    errors: list[str]

    def open(self, path: str) -> Page:
        """Go there and wait until all is drawn."""
        self.page.goto(f"{self.base}{path}")
        if not path.startswith("/article"):
            self.drawn()
        return self.page

    def drawn(self) -> None:
        """Wait until the script has run to its end, and its charts stand."""
        self.page.wait_for_function(READY)
        expect(self.page.locator("h1").first).to_be_visible()
        self.page.wait_for_timeout(500)

    def faults(self) -> list[str]:
        """What axe finds that is serious or critical."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{fault['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for fault in found
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]

    def fits(self) -> bool:
        """Whether nothing is wider than the window."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        return wide

    def picture(self, name: str) -> None:
        """Keep what is seen now, for the docs."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(1_500)
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png")


@contextmanager
def chrome() -> Iterator[Browser]:
    """A browser that finds no other machine than this one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=[*FLAGS, ALONE])
        try:
            yield browser
        finally:
            browser.close()


def visitor(browser: Browser, base: str, scheme: Any = "light", width: int = 1280) -> Visitor:
    """A new visitor; requests to other machines, which lead nowhere, are noted."""
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    blocked, errors = list[str](), list[str]()

    def note(request: Request) -> None:
        if not request.url.startswith((f"{base}/", "data:", "blob:")):
            blocked.append(request.url)

    page.on("request", note)
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return Visitor(page, base, blocked, errors)


def fetched(url: str, *, method: str = "GET", **headers: str) -> tuple[int, str]:
    """Status and body, asked without a browser."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
