"""A real browser, where there is one: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZE = {"width": 1400, "height": 900}
PATIENCE_MS = 30_000
PICTURES = os.environ.get("ONRECORD_SCREENSHOTS")
"""Folder for pictures of the pages, for the docs (``make screenshots``); without it none are made."""


def chromium() -> str | None:
    """The browser's path, or nothing."""
    return os.environ.get("ONRECORD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """Pages of the UI, and every host that they asked for anything."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.hosts: set[str] = set()
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}{path}")
        return self.page

    def tab(self, name: str) -> None:
        """Open one of the tabs of a page."""
        self.page.get_by_role("listitem").filter(has_text=name).click()

    def picture(self, name: str, width: int = SIZE["width"]) -> None:
        """Keep what is seen now; narrower, so that its words can be read where a page makes it small."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.set_viewport_size({"width": width, "height": SIZE["height"]})
            self.page.wait_for_timeout(1500)  # fonts and fades
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png")
            self.page.set_viewport_size({"width": SIZE["width"], "height": SIZE["height"]})


@dataclass(frozen=True)
class Look:
    """How a page is looked at: on a desk or a telephone, by day or by night."""

    width: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


LOOKS = tuple(Look(width, scheme) for width in (1280, 390) for scheme in ("light", "dark"))


@contextmanager
def windows() -> Iterator[Callable[[Look], Page]]:
    """Opens windows of one browser; all of them are closed in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=list(FLAGS))
        try:
            yield lambda look: browser.new_page(
                viewport={"width": look.width, "height": 844}, color_scheme=look.scheme, reduced_motion="reduce"
            )
        finally:
            browser.close()


def serious_faults(page: Page) -> list[str]:
    """What axe-core finds on the page that keeps somebody from using it: serious and critical faults of any rule."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]} {node['failureSummary']}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@contextmanager
def browsing(base: str) -> Iterator[Browser]:
    """A browser with light colours, which print better."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=list(FLAGS))
        try:
            yield Browser(browser.new_page(viewport=SIZE, color_scheme="light"), base)  # type: ignore[arg-type]
        finally:
            browser.close()
