"""The explorer as a person uses it, over the seeds."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import chromium
from tests.e2e.conftest import Ingested
from tests.warehouse.factory import Article, File, stage
from warehouse.commit import commit

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
    from tests.e2e.explorer import SIZES, Explorer, Visitor, chrome, exploring, visitor

SPEAKER = "Sergey Lavrov"
PAGES = (
    "/",
    "/?who=Sergey+Lavrov",
    "/topics?word=the",
    "/outlets",
    "/outlets?outlet=Cape+Watch",
    "/together?name=Moscow&other=Washington",
    "/health",
)


@pytest.fixture(scope="module")
def root(seeds_run: Ingested) -> Path:
    return seeds_run.root


@pytest.fixture(scope="module")
def explorer(root: Path, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Explorer]":
    with exploring(root, tmp_path_factory.mktemp("explorer")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chrome() as opened:
        yield opened


@pytest.fixture
def guest(explorer: "Explorer", browser: Browser) -> "Iterator[Visitor]":
    """A visitor who, whatever the test does, must not be made to reach another machine."""
    came = visitor(browser, explorer.base)
    yield came
    assert came.blocked == []
    assert explorer.called() == ""
    came.page.context.close()


@pytest.fixture(scope="module")
def quotes(root: Path) -> pd.DataFrame:
    return pd.read_parquet(root / "quotes")


def test_the_first_page_names_the_snapshot_and_the_most_quoted(guest: "Visitor", quotes: pd.DataFrame) -> None:
    page = guest.open("/")
    expect(page.get_by_text("Snapshot 1 of")).to_be_visible()
    counts = quotes["speaker_canonical"].value_counts()
    first = page.get_by_role("table", name="Most quoted").get_by_role("row").nth(1)
    assert first.get_by_role("cell").inner_text() == f"{counts.iloc[0]:,}"
    assert counts[first.get_by_role("rowheader").inner_text()] == counts.iloc[0]


def test_a_speaker_is_found_and_each_quote_leads_to_its_place_in_the_article(
    guest: "Visitor", quotes: pd.DataFrame
) -> None:
    page = guest.open("/")
    page.get_by_label("Find a speaker").fill("lavr")
    page.get_by_label("Find a speaker").press("Enter")
    guest.drawn()
    page.get_by_role("combobox", name="Speaker, most quoted first").click()
    page.get_by_role("option").filter(has_text=SPEAKER).click()
    theirs = quotes[quotes["speaker_canonical"] == SPEAKER]
    expect(page.get_by_role("heading", name=f"{len(theirs)} quotes")).to_be_visible()
    assert "who=Sergey+Lavrov" in page.url
    expect(page.get_by_role("table", name="Who and what they talk about").get_by_text("Moscow")).to_be_visible()
    guest.picture("explore-speaker")
    wanted = theirs[theirs["content"].str.contains("truce")].iloc[0]
    item = page.get_by_role("listitem").filter(has_text=wanted["content"])
    item.get_by_role("link").last.click()
    mark = page.locator(f"article mark[data-quote='{wanted['quote_index']}']").first
    expect(mark).to_be_in_viewport()
    expect(mark).to_contain_text(wanted["content"])
    expect(page.locator("#about")).to_contain_text(wanted["attribution_method"])
    guest.picture("explore-article")
    page.locator(f"#said-{wanted['quote_index']}").get_by_role("link", name=SPEAKER).click()
    expect(page.get_by_role("heading", name=f"{len(theirs)} quotes")).to_be_visible()


def test_quotes_are_narrowed_by_month_and_by_what_they_are_about(guest: "Visitor") -> None:
    page = guest.open("/?who=Sergey+Lavrov&month=2024-12&about=Washington")
    expect(page.get_by_role("heading", name="2 quotes")).to_be_visible()
    for text in page.locator(".onrecord.quotes .content").all_inner_texts():
        assert "Washington" in text
    page.get_by_text("week", exact=True).click()
    guest.drawn()
    expect(page.get_by_role("heading", name="2 quotes")).to_be_visible()


def test_a_word_is_marked_in_each_quote_and_pages_turn(guest: "Visitor", quotes: pd.DataFrame) -> None:
    page = guest.open("/topics")
    page.get_by_label("Word or words in the quotes").fill("the")
    page.get_by_label("Word or words in the quotes").press("Enter")
    found = quotes[quotes["content"].str.contains(r"\bthe\b", case=False)]
    expect(page.get_by_role("heading", name=f"{len(found)} quotes")).to_be_visible()
    items = page.locator(".onrecord.quotes li")
    expect(items).to_have_count(20)
    assert all("the" in item.locator("mark").first.inner_text().lower() for item in items.all())
    before = items.first.inner_text()
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    expect(items.first).not_to_have_text(before)
    page.get_by_text("These quotes in pandas").click()
    expect(page.get_by_text("answer = quotes.set_index")).to_be_visible()


def test_outlets_names_mentioned_together_and_health_have_their_numbers(guest: "Visitor", root: Path) -> None:
    page = guest.open("/outlets")
    expect(page.get_by_role("table", name="Articles and quotes by outlet").get_by_text("Cape Watch")).to_be_visible()
    page.get_by_role("link", name="Cape Watch").first.click()
    expect(page.get_by_role("table", name="Who is quoted most there")).to_be_visible()
    page = guest.open("/together?name=Moscow")
    beside = page.get_by_role("table", name="Mentioned with it")
    expect(beside.get_by_role("row").filter(has_text=SPEAKER)).to_contain_text("1")
    beside.get_by_role("link", name=SPEAKER).click()
    expect(page.get_by_role("table", name="The newest articles with both")).to_contain_text("2024-12-26")
    page = guest.open("/health")
    rejects = pd.read_parquet(root / "rejects")["reason"].value_counts()
    if rejects.empty:
        expect(page.get_by_text("No record was refused.")).to_be_visible()
    nobody = pd.read_parquet(root / "quotes")["speaker_canonical"].isna()
    expect(page.get_by_text(f"{nobody.sum():,} of {len(nobody):,} quotes")).to_be_visible()
    expect(page.get_by_role("table", name="Latest runs")).to_contain_text("completed")
    guest.picture("explore-health")


@pytest.mark.parametrize(("scheme", "width"), SIZES if importlib.util.find_spec("axe_playwright_python") else [])
def test_all_pages_are_accessible_and_fit(
    explorer: "Explorer", browser: Browser, root: Path, scheme: str, width: int
) -> None:
    article = pd.read_parquet(root / "quotes")["document_id"].iloc[0]
    guest = visitor(browser, explorer.base, scheme, width)
    for path in (*PAGES, f"/article/{article}", "/article/none"):
        guest.open(path)
        assert guest.faults() == [], path
        assert guest.fits(), path
    assert guest.blocked == []
    guest.page.context.close()


def test_the_menu_is_there_on_a_phone(explorer: "Explorer", browser: Browser) -> None:
    guest = visitor(browser, explorer.base, "dark", 390)
    page = guest.open("/")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Health").click()
    expect(page.get_by_role("heading", name="Health")).to_be_visible()
    guest.page.context.close()


def test_a_newer_snapshot_is_offered_and_the_old_one_stays_until_then(
    root: Path, browser: Browser, tmp_path: Path
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(root, copy, symlinks=True)
    with exploring(copy, tmp_path) as running:
        guest = visitor(browser, running.base)
        page = guest.open("/")
        commit(copy, [stage(copy, File("/new.txt", (Article("new"),)))], "test")
        page.get_by_label("Find a speaker").fill("Marsh")
        page.get_by_label("Find a speaker").press("Enter")
        expect(page.get_by_text("Snapshot 1 of")).to_be_visible()
        page.get_by_role("button", name="Newer snapshot 2: reload").click()
        expect(page.get_by_text("Snapshot 2 of")).to_be_visible()
        guest.page.context.close()
        assert running.ended() == (130, "Stopped.\n")
