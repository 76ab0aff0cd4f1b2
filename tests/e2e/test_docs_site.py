"""The docs as a site: built with broken links as errors, opened in a real Chromium, fetching nothing from elsewhere."""

import functools
import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from flows.cli import cli
from tests.e2e.browser import LOOKS, PICTURES, Look, chromium, serious_faults, windows

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="no MkDocs found: pip install -e '.[docs]'"),
]
TRIES = 10
PAGES = ("index.html", "cookbook.html", "tables.html", "reference/warehouse.html", "reference/commands.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Strict: any link or anchor that leads nowhere ends the build."""
    built = tmp_path_factory.mktemp("site")
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(built)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return built


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def window() -> Iterator[Callable[[Look], Page]]:
    with windows() as opened:
        yield opened


def test_every_command_and_every_page_is_in_the_site(site: Path) -> None:
    told = (site / "reference" / "commands.html").read_text("utf-8")
    assert all(f"onrecord {name}" in told for name in cli.commands)
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    built = {path.relative_to(site) for path in site.rglob("*.html")}
    assert {page.with_name("index.html") if page.name == "README.html" else page for page in pages} <= built


def test_the_reference_comes_from_the_docstrings(site: Path) -> None:
    told = (site / "reference" / "warehouse.html").read_text("utf-8")
    for words in ("warehouse.open", "Pin a snapshot of a warehouse", "NotAWarehouseError", "iter_quotes"):
        assert words in told
    assert ":func:" not in told and ":class:" not in told


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium found: apt-get install chromium")
@pytest.mark.parametrize(
    "look",
    # Twenty seconds each, and seldom different: two of the four with the slow tests.
    [LOOKS[0], LOOKS[3], *(pytest.param(look, marks=pytest.mark.faults) for look in LOOKS[1:3])],
    ids=str,
)
def test_pages_can_be_read_by_all_and_ask_nobody_else(served: str, window: Callable[[Look], Page], look: Look) -> None:
    page = window(look)
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for name in PAGES:
        page.goto(served + name)
        expect(page.locator("article h1").first).to_be_visible()
        assert serious_faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width, name
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"site-{Path(name).stem}-{look}.png")
    assert hosts == {served.split("/")[2]}


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium found: apt-get install chromium")
def test_the_search_finds_and_links_lead_on(served: str, window: Callable[[Look], Page]) -> None:
    page = window(LOOKS[0])
    page.goto(served)
    page.get_by_role("link", name="Cookbook").first.click()
    expect(page.locator("h1")).to_contain_text("Cookbook")
    box, found = page.get_by_role("textbox", name="Search"), page.locator(".md-search-result__item").first
    for _ in range(TRIES):  # what is typed before the index is loaded is not noticed
        box.fill("")
        box.press_sequentially("take-downs")
        with suppress(PlaywrightTimeout):
            found.wait_for(timeout=3_000)
            break
    expect(found).to_be_visible()
    page.goto(served + "quality.html")
    for link in page.locator("article a[href]").all():
        target = link.evaluate("link => link.href")
        if target.startswith(served):
            assert page.request.get(target).ok, target
