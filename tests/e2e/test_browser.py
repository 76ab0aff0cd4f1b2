"""The UI as a person sees it: a real Chromium against the server of ``onrecord up``."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from prefect.client.schemas.objects import FlowRun

from tests.e2e.browser import Browser, browsing, chromium
from tests.e2e.conftest import SEEDS
from tests.e2e.onrecord import Shell
from tests.e2e.up import Up, started
from tests.flows.landing import write_text
from warehouse.runs import LanguageCount, RunRow, write_run

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.timeout(900),  # on a busy machine the server, the worker and the run take minutes to start
    pytest.mark.skipif(chromium() is None, reason="no Chromium found: apt-get install chromium"),
]

SAMPLES = sorted(SEEDS.glob("*.txt"))[:12]
FILES = len(SAMPLES) + 1
RUNS_BEFORE = 6
"""So that the comparison has something to draw."""


@pytest.fixture(scope="module")
def up(used_home: Path) -> Iterator[Up]:
    # A short path: it is in the pictures.
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        home, work = Path(folder) / "prefect", Path(folder) / "work"
        shutil.copytree(used_home, home)
        with started(Shell(home), work, "--interval", "1h") as running:
            yield running


@pytest.fixture(scope="module")
def run(up: Up) -> FlowRun:
    """A run with a comparison, a bad file and the samples."""
    for days_ago in range(1, RUNS_BEFORE + 1):
        write_run(up.data, earlier_run(days_ago))
    today = up.landing / "today"
    for sample in SAMPLES:
        write_text(today / sample.name, sample.read_text("utf-8"))
    write_text(today / "bad.json", '{"headline": "No body"')
    done = up.run("ingest/ingest", sources=[str(today)], data=str(up.data))
    assert done.state_name == "Completed", up.said()
    return done


def earlier_run(days_ago: int) -> RunRow:
    """What a run that day might have written."""
    begun = datetime.now(UTC) - timedelta(days=days_ago)
    return RunRow(
        run_id=f"run-{days_ago}",
        started_at=begun,
        finished_at=begun,
        state="completed",
        records_read=41,
        documents_read=40,
        documents_annotated=40,
        entities_found=700 + 10 * days_ago,
        quotes_found=200 + 5 * days_ago,
        quotes_unresolved=30 + days_ago,
        rejects_found=1,
        languages=(LanguageCount("en", 40),),
        words=12_000 + 100 * days_ago,
        model="a model",
        pipeline_version="1",
    )


@pytest.fixture(scope="module")
def browser(up: Up, run: FlowRun) -> Iterator[Browser]:
    with browsing(up.page) as opened:
        yield opened


def deployment_id(up: Up, name: str) -> str:
    with up.client() as client:
        return str(client.read_deployment_by_name(name).id)


def artifact_id(up: Up, run: FlowRun, key: str) -> str:
    with up.client() as client:
        return next(str(item.id) for item in client.read_artifacts() if (item.key, item.flow_run_id) == (key, run.id))


def test_the_dashboard_counts_the_runs_and_shows_the_pool(browser: Browser) -> None:
    page = browser.open("/dashboard")
    expect(page.get_by_text("Flow Runs", exact=True)).to_be_visible()
    expect(page.get_by_text("onrecord", exact=True).first).to_be_visible()
    expect(page.get_by_text("Active Work Pools")).to_be_visible()
    expect(page.locator("body")).to_contain_text(re.compile(r"1\s*total"))
    page.get_by_role("button", name="Not now").click()
    browser.picture("ui-dashboard")


def test_the_page_of_a_run_tells_its_story(browser: Browser, run: FlowRun) -> None:
    page = browser.open(f"/runs/flow-run/{run.id}")
    expect(page.get_by_text(f"ingest today · {FILES} files").first).to_be_visible()
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    expect(page.get_by_text("3 Task runs")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    expect(page.get_by_text(f"{FILES} files found; {FILES} records to read.")).to_be_visible()
    expect(page.get_by_text("refused: 1 bad_json")).to_be_visible()
    page.mouse.wheel(0, 0)
    browser.picture("ui-run", width=1080)
    browser.tab("Artifacts")
    for key in ("run-summary", "quality", "rejects", "progress"):
        expect(page.get_by_text(key, exact=True).first).to_be_visible()
    browser.tab("Task Runs")
    for name in ("discover today", f"batch 1 of 1: {FILES} files from", "commit to data"):
        expect(page.get_by_text(name).first).to_be_visible()


def test_the_summary_shows_counts_and_its_charts_without_any_other_host(up: Up, browser: Browser, run: FlowRun) -> None:
    page = browser.open(f"/artifacts/artifact/{artifact_id(up, run, 'run-summary')}")
    for words in ("ingest today", "words/s while annotating", "Top speakers", "bad_json", "import pandas as pd"):
        expect(page.get_by_text(words).first).to_be_visible()
    charts = page.locator("img[src^='data:image/svg']")
    expect(charts).to_have_count(2)
    for chart in charts.all():
        assert chart.evaluate("image => image.complete && image.naturalWidth") == 640
    page.get_by_text("Top speakers").scroll_into_view_if_needed()
    browser.picture("ui-artifact")
    assert browser.hosts <= {up.page.split("/")[2], "data:"} | {host for host in browser.hosts if "image/svg" in host}


def test_the_comparison_draws_the_last_runs(up: Up, browser: Browser, run: FlowRun) -> None:
    page = browser.open(f"/artifacts/artifact/{artifact_id(up, run, 'quality')}")
    expect(page.get_by_text(f"Compared with the last {RUNS_BEFORE} runs")).to_be_visible()
    expect(page.get_by_text("Quotes an article").first).to_be_visible()
    charts = page.locator("img[src^='data:image/svg']")
    expect(charts.first).to_be_visible()
    assert charts.first.evaluate("image => image.naturalHeight") == 120
    browser.picture("ui-quality")


def test_the_rejects_are_listed_by_reason(up: Up, browser: Browser, run: FlowRun) -> None:
    page = browser.open(f"/artifacts/artifact/{artifact_id(up, run, 'rejects')}")
    expect(page.get_by_text("bad_json").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"today/bad\.json$")).first).to_be_visible()


def test_a_deployment_shows_its_schedule_and_what_it_does(up: Up, browser: Browser) -> None:
    page = browser.open(f"/deployments/deployment/{deployment_id(up, 'ingest/ingest')}")
    expect(page.get_by_text("Hourly").first).to_be_visible()
    expect(page.get_by_text("flows.ingest.ingest")).to_be_visible()
    expect(page.get_by_text("Next Run")).to_be_visible()
    browser.picture("ui-deployment")
    browser.tab("Description")
    expect(page.get_by_text("Unchanged files are not read twice").first).to_be_visible()


def test_the_form_has_titles_help_and_checks(up: Up, browser: Browser) -> None:
    page = browser.open(f"/deployments/deployment/{deployment_id(up, 'ingest/ingest')}/run")
    expect(page.get_by_text("Folders, files, glob patterns or URLs").first).to_be_visible()
    expect(page.get_by_text("Worker processes").first).to_be_visible()
    expect(page.get_by_text("0 takes one for each core").first).to_be_visible()
    browser.picture("ui-parameters")
    page.get_by_role("spinbutton").first.fill("-3")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("-3 is less than the minimum of 0").first).to_be_visible()
    assert page.url.endswith("/run"), "the form was not sent"
    with up.client() as client:
        assert len([run for run in client.read_flow_runs() if run.deployment_id and not run.auto_scheduled]) == 1
