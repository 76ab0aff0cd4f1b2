"""What the explorer costs on a warehouse of 100,000 documents, as a visitor feels it: in a real Chromium.

    python -m benchmarks.explore --keep /tmp/bench --rounds 5    # the generated warehouse stays there for the next time

Per round a new server process and a new browser, nothing remembered: seconds from the command to its first answer, from
the address to the first page drawn, and from the choice of a speaker to that speaker's page drawn; then the server's
memory. Each number stands beside the seconds that a fixed piece of pure Python took in the same round, which tell a
busy machine from a slow explorer.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks import generated
from tests.e2e.browser import FLAGS, chromium

PAGE = Path(__file__).parent.parent / "docs" / "explore.md"
BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"
COMMAND = Path(sys.executable).parent / "onrecord"
SWITCHES = 5
YARDSTICK_LOOPS = 2_000_000
DRAWN = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && document.querySelectorAll('[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg').length"""


@dataclass
class Round:
    """One round's seconds, and bytes.

    Attributes:
        start: from the command to the server's first answer.
        first_view: from there, in a new browser, to the first page with its chart and table.
        switches: from a click on a speaker to the last quote of that speaker's page.
        article: from a click on a quote to the marked article.
        memory: the server's resident set afterwards.
        yardstick: seconds of a fixed loop of Python, before and after.
    """

    start: float
    first_view: float
    switches: list[float]
    article: float
    memory: int
    yardstick: float


def yardstick() -> float:
    began = time.perf_counter()
    total = 0
    for number in range(YARDSTICK_LOOPS):
        total += number
    return time.perf_counter() - began


@contextmanager
def serving(root: Path) -> Iterator[tuple[str, "subprocess.Popen[str]", float]]:
    """The server, and the seconds until it answers."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "explore", "--data", root, "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it says that it was stopped
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        base = process.stdout.readline().split(" at ")[1].split()[0]
        with sync_playwright() as playwright:  # the socket listens before the server does: it answers when it is there
            request = playwright.request.new_context()
            request.get(base)
        yield base, process, time.perf_counter() - began
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def choose(page: Page, place: int) -> float:
    """Choose the speaker at a place of the menu; seconds until the page is drawn."""
    page.get_by_role("combobox", name="Speaker, most quoted first").click()
    option = page.get_by_role("option").nth(place)
    name = option.inner_text().rpartition(" · ")[0]
    began = time.perf_counter()
    option.click()
    page.wait_for_function(
        "name => document.querySelector('.onrecord.quotes li b')?.innerText === name", arg=name, polling="raf"
    )
    page.wait_for_function(DRAWN, polling="raf")
    return time.perf_counter() - began


def measured(root: Path) -> Round:
    before = yardstick()
    with serving(root) as (base, process, start), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        began = time.perf_counter()
        page.goto(base)
        page.get_by_role("table", name="Most quoted").wait_for()
        page.wait_for_function(DRAWN, polling="raf")
        first_view = time.perf_counter() - began
        switches = [choose(page, place) for place in range(SWITCHES)]
        began = time.perf_counter()
        page.locator(".onrecord.quotes li").first.get_by_role("link").last.click()
        page.locator("article mark").first.wait_for()
        article = time.perf_counter() - began
        memory = psutil.Process(process.pid).memory_info().rss
        browser.close()
    return Round(start, first_view, switches, article, memory, (before + yardstick()) / 2)


def told(rounds: list[Round], documents: int) -> str:
    """A table of medians and worst values."""
    seconds = {
        "from the command to the server's first answer": ([one.start for one in rounds], ""),
        "first view, in a new browser": ([one.first_view for one in rounds], "≤ 3"),
        "speaker switch (the five most quoted)": ([value for one in rounds for value in one.switches], "≤ 1"),
        "from a quote to the marked article": ([one.article for one in rounds], ""),
    }
    stick = statistics.median(one.yardstick for one in rounds)
    lines = []
    for what, (values, bound) in seconds.items():
        middle = statistics.median(values)
        lines.append(f"| {what} | {middle:.2f} s | {max(values):.2f} s | {middle / stick:.1f} | {bound} |")
    peak = max(one.memory for one in rounds) / 2**20
    load = os.getloadavg()[0]
    return (
        f"{documents:,} generated documents, {len(rounds)} rounds, {os.cpu_count()} cores, load {load:.1f} at the end; "
        f"the yardstick, {YARDSTICK_LOOPS:,} additions in Python, took {stick:.3f} s.\n\n"
        "| what | median | worst | ÷ yardstick | bound |\n|---|---|---|---|---|\n"
        + "\n".join(lines)
        + f"\n| memory of the server afterwards | {peak:.0f} MB | | | < 1,024 MB |\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder for the generated warehouse; used again when it is there")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into docs/explore.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onrecord-bench-") as folder:
        root = (options.keep or Path(folder)) / str(options.documents)
        if not (root / "current").exists():
            generated.fill(root, options.documents)
        rounds = []
        for number in range(options.rounds):
            rounds.append(measured(root))
            print(number + 1, rounds[-1], flush=True)
    table = told(rounds, options.documents)
    print(table)
    if options.write:
        text = PAGE.read_text("utf-8")
        head, _, rest = text.partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{table}{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
