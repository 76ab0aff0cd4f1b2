"""Every link of the documentation leads somewhere: to a file that is there, and to a heading that it has."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def links(page: Path) -> Iterator[str]:
    prose = _CODE.sub("", _FENCED.sub("", page.read_text("utf-8")))
    return (match[1] for match in _LINK.finditer(prose))


def anchors(page: Path) -> set[str]:
    """As GitHub and MkDocs make them: lower case, spaces to hyphens, other signs gone; doubles are numbered by neither
    in the same way, so that a link to one of them is refused.
    """
    headings = _HEADING.findall(_FENCED.sub("", page.read_text("utf-8")))
    slugs = [re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).lower()).replace(" ", "-") for title in headings]
    return {slug for slug in slugs if slugs.count(slug) == 1}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if (
            not target.exists()
            or not target.is_relative_to(ROOT)
            or (anchor and (target.suffix != ".md" or anchor not in anchors(target)))
        ):
            broken.append(link)
    assert broken == []


def test_there_are_links_to_check() -> None:
    assert sum(1 for page in PAGES for _ in links(page)) > 20


def test_pages_link_to_no_other_host_for_pictures() -> None:
    pictures = re.compile(r"!\[[^\]]*\]\((https?:[^)]*)\)|<img[^>]+src=[\"']?https?:")
    assert [page.name for page in PAGES if pictures.search(_FENCED.sub("", page.read_text("utf-8")))] == []
