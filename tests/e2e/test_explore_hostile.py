"""An article that attacks whoever looks at it, and pages of the web that would like to look, too."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import chromium
from tests.explore.world import EVIL_HOST, HOSTILE, hostile
from transforms.display.visible import visible

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(chromium() is None, reason="no Chromium found: apt-get install chromium"),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("streamlit", "axe_playwright_python")),
        reason="the extra explore is not installed: pip install -e '.[explore,dev]'",
    ),
]

if importlib.util.find_spec("axe_playwright_python"):
    from tests.e2e.explorer import Explorer, chrome, exploring, fetched, visitor

KNOWN_INLINE = "THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="
"""Streamlit's own inline script, one assignment that it can do without: the policy stops it like any other."""


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Explorer]":
    work = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        root = hostile().commit(work / "data")
    with exploring(root, work) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chrome() as opened:
        yield opened


@pytest.mark.parametrize("width", [1280, 390])
def test_no_script_of_an_article_runs_and_nothing_breaks_out(
    explorer: "Explorer", browser: Browser, width: int
) -> None:
    guest = visitor(browser, explorer.base, "light", width)
    page = guest.open("/")
    page.get_by_role("combobox", name="Speaker, most quoted first").click()
    option = page.get_by_role("option").first
    expect(option).to_contain_text("<script>")
    expect(option).to_contain_text("⟨U+202E⟩")
    option.click()
    expect(page.get_by_role("heading", name="2 quotes")).to_be_visible()
    expect(page.locator(".onrecord.quotes li").first).to_contain_text(HOSTILE)
    speaker = page.url.partition("?")[2]
    name = speaker.removeprefix("who=")
    paths = ["/", f"/?{speaker}", "/topics?word=script", "/outlets", f"/together?name={name}", "/health"]
    for path in (*paths, "/article/hostile", "/article/%3Cscript%3Ewindow.hacked=1%3C%2Fscript%3E"):
        guest.open(path)
        assert page.evaluate("window.hacked") is None, path
        assert page.locator(f"img[src='x'], [src*='{EVIL_HOST}'], [href^='javascript']").count() == 0, path
        assert guest.fits(), path
        if width == 390:  # at the other width test_explore.py looks, and there is less to go wrong
            assert guest.faults() == [], path
    assert guest.blocked == []
    refused = [error for error in guest.errors if "Content Security Policy" in error and KNOWN_INLINE not in error]
    assert refused == [], "escaping must hold by itself, not only the policy behind it"
    page.context.close()


def test_the_article_is_shown_whole_with_its_controls_named(explorer: "Explorer", browser: Browser) -> None:
    guest = visitor(browser, explorer.base)
    page = guest.open("/article/hostile")
    stored = str(hostile().rows["documents"][0]["text"])
    # The buttons with the quotes' numbers are no part of the text; paragraphs are elements of their own.
    read = """article => { const copy = article.cloneNode(true);
        copy.querySelectorAll("button").forEach(button => button.remove()); return copy.textContent }"""
    assert "".join(page.locator("article").evaluate(read).split()) == "".join(visible(stored).split())
    assert page.locator("article :is(script, img, style, a)").count() == 0
    assert "\u202e" not in page.content()
    page.context.close()


def test_a_page_of_the_web_can_neither_ask_nor_listen(explorer: "Explorer", browser: Browser) -> None:
    address = explorer.base.removeprefix("http://")
    assert fetched(explorer.base)[0] == 200
    assert fetched(f"{explorer.base}/article/hostile", Host="evil.example")[0] == 403
    assert fetched(f"{explorer.base}/article/hostile", Origin="http://evil.example")[0] == 403
    assert fetched(f"{explorer.base}/_stcore/upload_file/a/b", method="PUT")[0] == 405
    page = browser.new_page()
    page.route(
        "http://evil.example/", lambda route: route.fulfill(body="<h1>a page of the web</h1>", content_type="text/html")
    )
    page.goto("http://evil.example/")
    opened = page.evaluate(
        """address => new Promise(done => {
            const socket = new WebSocket(`ws://${address}/_stcore/stream`);
            socket.onopen = () => done(true); socket.onerror = () => done(false)})""",
        address,
    )
    read = page.evaluate("address => fetch(`http://${address}/article/hostile`).then(() => true, () => false)", address)
    assert (opened, read) == (False, False)
    assert explorer.called() == "", "not even to find out whether that origin is this machine"
    page.close()


def test_it_listens_on_loopback_only(explorer: "Explorer") -> None:
    listening = [
        item for item in psutil.Process(explorer.process.pid).net_connections("inet") if item.status == "LISTEN"
    ]
    assert [item.laddr.ip for item in listening] == ["127.0.0.1"]


def test_ctrl_c_ends_it_with_a_page_open(tmp_path: Path, browser: Browser) -> None:
    with exploring(hostile().commit(tmp_path / "data"), tmp_path) as running:
        guest = visitor(browser, running.base)
        guest.open("/")
        assert running.ended() == (130, "Stopped.\n")
        guest.page.context.close()
