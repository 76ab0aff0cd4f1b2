"""The page of ``onrecord show --html`` in a real Chromium: looked at, clicked, printed; and with a hostile article."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import LOOKS, PICTURES, Look, chromium, serious_faults, windows
from tests.e2e.conftest import Ingested
from tests.e2e.onrecord import Shell
from tests.transforms.display.articles import HOSTILE_WORDS, ORIGIN, annotated, hostile
from transforms.display.page import page as written
from transforms.display.visible import visible

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium found: apt-get install chromium"),
]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def window() -> Iterator[Callable[[Look], Page]]:
    with windows() as opened:
        yield opened


@pytest.fixture
def open_page(window: Callable[[Look], Page], tmp_path: Path) -> Open:
    """Opens a page; whatever it asks for beside itself, says or breaks is in its ``said``."""

    def open_(html: str, look: Look = LOOKS[0]) -> Page:
        target = tmp_path / "article.html"
        target.write_text(html, encoding="utf-8")
        page = window(look)
        said: list[str] = []
        page.on("request", lambda request: said.append(request.url) if request.url != target.as_uri() else None)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.said = said  # type: ignore[attr-defined]
        page.goto(target.as_uri())
        return page

    return open_


def facts(page: Page) -> dict[str, str]:
    names, values = page.locator("#about dt").all_inner_texts(), page.locator("#about dd").all_inner_texts()
    return dict(zip(names, values, strict=True))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_click_on_a_quote_tells_who_said_it(open_page: Open, look: Look) -> None:
    page = open_page(written(*annotated(), ORIGIN), look)
    assert serious_faults(page) == []
    page.locator("article mark", has_text="asked").click()
    about = page.locator("#about")
    expect(about).to_be_in_viewport()
    told = facts(page)
    assert told["Canonical name"] == "Ilse Thornbury"
    assert told["Speaker as written"] == "She"
    assert (told["Cue"], told["Found by"], told["Confidence"]) == ("added", "cue_after", "0.74")
    for part in (".speaker", ".cue"):
        expect(page.locator(f'article {part}[data-of="1"]')).to_have_class(re.compile(r"\bon\b"))
        expect(page.locator(f'article {part}[data-of="0"]')).not_to_have_class(re.compile(r"\bon\b"))
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width, "nothing to scroll sideways"
    assert serious_faults(page) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"show-page-{look}.png")
    about.get_by_role("button", name="Close").click()
    expect(page.locator("#about dl")).to_have_count(0)
    assert page.said == []  # type: ignore[attr-defined]


def test_the_sample_article_tells_who_its_speaker_is(seeds_run: Ingested, prefect_home: Path, open_page: Open) -> None:
    target = prefect_home / "sample.html"
    with Shell(prefect_home).start("show", "479a", "--html", "-o", target, "--data", seeds_run.root) as shown:
        _, err = shown.communicate(timeout=60)
    assert shown.returncode == 0, err
    page = open_page(target.read_text("utf-8"))
    page.locator("article mark", has_text="If the signals").first.click()
    told = facts(page)
    assert (told["Canonical name"], told["Speaker as written"], told["Cue"]) == ("Sergey Lavrov", "Lavrov", "told")
    assert (told["To whom"], told["Reported by"]) == ("reporters", "Reuters")
    if PICTURES:
        page.set_viewport_size({"width": 1080, "height": 800})
        page.locator(".key").evaluate("key => window.scrollTo(0, key.offsetTop - 8)")
        page.screenshot(path=Path(PICTURES) / "show.png")


def test_the_keyboard_is_enough(open_page: Open) -> None:
    page = open_page(written(*annotated(), ORIGIN))
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "ref-0":
            break
    page.keyboard.press("Enter")
    assert facts(page)["Canonical name"] == "Ilse Thornbury of the Port Board"
    assert page.locator("#ref-0").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert facts(page)["Canonical name"] == "Ilse Thornbury"
    page.keyboard.press("Escape")
    expect(page.locator("#about dl")).to_have_count(0)


def test_entities_can_be_left_unmarked(open_page: Open) -> None:
    page = open_page(written(*annotated(), ORIGIN))
    person = page.locator("article .entity.place")
    before = person.evaluate("part => getComputedStyle(part).fontStyle")
    page.get_by_label("Mark people").uncheck()
    assert (before, person.evaluate("part => getComputedStyle(part).fontStyle")) == ("italic", "normal")


def test_colours_follow_the_wish_for_dark(open_page: Open) -> None:
    html = written(*annotated(), ORIGIN)
    grounds = [open_page(html, look).evaluate("getComputedStyle(document.body).backgroundColor") for look in LOOKS[:2]]
    assert grounds[0] == "rgb(255, 255, 255)"
    assert grounds[1] != grounds[0]


def test_paper_has_the_text_and_the_list_and_no_controls(open_page: Open) -> None:
    page = open_page(written(*annotated(), ORIGIN), LOOKS[1])
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#about")).to_be_hidden()
    expect(page.get_by_text("show quote 1 in the text")).to_be_hidden()
    expect(page.locator("article")).to_be_visible()
    expect(page.locator(".list")).to_contain_text("Ilse Thornbury")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")


def test_the_panel_does_not_lie_over_the_quote(open_page: Open) -> None:
    page = open_page(written(*hostile(), ORIGIN), LOOKS[2])
    last = len(HOSTILE_WORDS) - 1
    page.locator(f"#ref-{last}").click()
    below = page.locator("article mark.on").first.bounding_box()
    panel = page.locator("#about").bounding_box()
    assert below and panel
    assert below["y"] >= 0 and below["y"] + below["height"] <= panel["y"]


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=str)
def test_a_hostile_article_is_shown_and_does_nothing(open_page: Open, look: Look) -> None:
    document, entities, quotes = hostile()
    page = open_page(written(document, entities, quotes, ORIGIN), look)
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE_WORDS["script"])
    for number, words in enumerate(HOSTILE_WORDS.values()):
        page.locator(f"#ref-{number}").click()
        shown = page.locator(f'article mark[data-quote="{number}"]')
        expect(shown.first).to_be_visible()
        assert visible(words).split()[0] in " ".join(shown.all_inner_texts())
        assert facts(page)["Found by"] == HOSTILE_WORDS["script"]
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width
    assert page.evaluate("typeof window.owned") == "undefined"
    assert page.locator("article img, article svg, article script, article a").count() == 0
    assert page.said == []  # type: ignore[attr-defined]
    assert serious_faults(page) == []


def test_a_script_that_got_in_all_the_same_would_not_run(open_page: Open) -> None:
    """The last wall: what escaping keeps out, the policy of the page would not run either."""
    html = written(*annotated(), ORIGIN).replace(
        "</article>", '<script>window.owned = 1</script><img src="x" onerror="window.owned = 2"></article>'
    )
    page = open_page(html)
    page.locator("#ref-0").click()
    assert facts(page)["Canonical name"].startswith("Ilse")
    assert page.evaluate("typeof window.owned") == "undefined"
    assert any("Content Security Policy" in line for line in page.said)  # type: ignore[attr-defined]
