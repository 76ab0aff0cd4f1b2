"""Article text, date and title out of web pages, against gold and beside peers, all in one run.

``python -m benchmarks.html``; the pages and their gold come from ONRECORD_SHARED, the peers from the extra ``bench``.

The scorer is that of the article-extraction-benchmark (aeb): tokens are runs of ``\\w``; a page's text is the multiset
of its shingles of 4 tokens (of all tokens where there are fewer); precision and recall of a page are the shares of
shingles found right, both 1 where gold and found are empty, and 0 where nothing was found; F1 is that of the means
over the pages. Seconds are CPU seconds for 100 pages, imports not counted.

Dates: the day as the page states it, which is what the gold holds; ``in UTC`` is the day that ``published_on`` stores,
which for an early morning in the east is the day before. Titles: equal, or one the beginning of the other, without
regard to case.
"""

import argparse
import csv
import logging
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import environ
from pathlib import Path

from transforms.normalise.dates import DateOptions, parse_date
from transforms.normalise.text import normalise_line
from transforms.read.html import page_record
from transforms.records import RawRecord

SHARED = Path(environ.get("ONRECORD_SHARED", Path(__file__).parents[2] / "shared"))
SHINGLE = 4
logging.getLogger("readability").setLevel(logging.CRITICAL + 1)  # it reports pages that it cannot read with tracebacks
DATES = DateOptions(now=datetime.now(UTC))
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Page:
    """One page with what is known about it; ``date`` is ISO 8601, empty where unknown."""

    name: str
    set: str
    url: str
    data: bytes
    text: str
    date: str
    title: str


@dataclass(slots=True)
class Found:
    """What a system makes of a page."""

    text: str
    dates: tuple[str, ...] = ()  # as stated, and in UTC
    title: str = ""


@dataclass(slots=True)
class Result:
    """The scores of a system: F1 by set of pages, shares of dates and titles, CPU seconds for 100 pages."""

    f1: dict[str, float] = field(default_factory=dict)
    dates: tuple[float, float] | None = None
    titles: float | None = None
    seconds: float = 0.0


def load_pages(folder: Path = SHARED / "corpus") -> list[Page]:
    """All pages of the corpus. Raises FileNotFoundError where it is missing."""
    with (folder / "pages_html.manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with zipfile.ZipFile(folder / "pages_html.zip") as archive:
        return [
            Page(
                row["file"],
                row["set"],
                row["url"],
                archive.read(row["file"]),
                archive.read(row["gold"]).decode(),
                row["date"][:10],
                row["title"],
            )
            for row in rows
        ]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    starts = range(max(1, len(tokens) - SHINGLE + 1))
    return Counter(tuple(tokens[start : start + SHINGLE]) for start in starts) if tokens else Counter()


def precision_recall(gold: str, found: str) -> tuple[float, float]:
    wanted, given = shingles(gold), shingles(found)
    right = (wanted & given).total()
    if not wanted and not given:
        return 1.0, 1.0
    return (right / given.total() if right else 0.0, right / wanted.total() if right else 0.0)


def f1(pairs: list[tuple[float, float]]) -> float:
    precision = sum(one for one, _ in pairs) / len(pairs)
    recall = sum(two for _, two in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def onrecord(page: Page) -> Found:
    record = page_record(page.data, number=0, url=page.url or None)
    if not isinstance(record, RawRecord):
        return Found("")
    stated = (record.published_raw or "")[:10]
    parsed = parse_date(record.published_raw, DATES).on
    in_utc = parsed.date().isoformat() if parsed else ""
    written = parse_date(stated, DATES).on
    return Found(
        record.body, (written.date().isoformat() if written else in_utc, in_utc), normalise_line(record.title) or ""
    )


def readability(page: Page) -> Found:
    from lxml import html
    from readability import Document
    from readability.readability import Unparseable

    document = Document(page.data.decode("utf-8", "replace"))
    try:
        return Found(html.fromstring(document.summary()).text_content(), (), document.title())
    except Unparseable:  # control characters; counted as a page without text
        return Found("")


def resiliparse(page: Page) -> Found:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse_from_bytes(page.data)
    return Found(extract_plain_text(tree, main_content=True, preserve_formatting=False), (), tree.title or "")


def trafilatura(page: Page) -> Found:
    from trafilatura import bare_extraction

    found = bare_extraction(page.data, url=page.url or None, include_comments=False, with_metadata=True)
    date = (found.date if found else None) or ""
    return Found((found.text if found else "") or "", (date, date), (found.title if found else "") or "")


SYSTEMS: dict[str, Callable[[Page], Found]] = {
    "onrecord": onrecord,
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def run(system: Callable[[Page], Found], pages: list[Page]) -> Result:
    """The scores of one system; its first page is done twice, so that no import is counted."""
    system(pages[0])
    begin = time.process_time()
    found = [system(page) for page in pages]
    result = Result(seconds=(time.process_time() - begin) / len(pages) * 100)
    both = list(zip(pages, found, strict=True))
    for name in sorted({page.set for page in pages}):
        result.f1[name] = f1([precision_recall(page.text, item.text) for page, item in both if page.set == name])
    dated = [(page, item) for page, item in both if page.date]
    if dated and any(item.dates for _, item in dated):
        stated, in_utc = (share(dated, lambda page, item, n=n: item.dates[n : n + 1] == (page.date,)) for n in (0, 1))
        result.dates = (stated, in_utc)
    result.titles = share([(page, item) for page, item in both if page.title], same_title)
    return result


def share(both: list[tuple[Page, Found]], right: Callable[..., bool]) -> float:
    return sum(right(page, item) for page, item in both) / len(both)


def same_title(page: Page, item: Found) -> bool:
    gold, found = (" ".join(title.split()).casefold() for title in (page.title, item.title))
    return bool(found) and (gold.startswith(found) or found.startswith(gold))


def report(results: dict[str, Result], sets: list[str]) -> Iterator[str]:
    columns = [*(f"F1 {name}" for name in sets), "date", "in UTC", "title", "s/100 pages"]
    yield f"{'':18}" + "".join(f"{column:>13}" for column in columns)
    for name, result in results.items():
        dates = [f"{value:.3f}" for value in result.dates] if result.dates else ["–", "–"]
        values = [*(f"{result.f1[one]:.3f}" for one in sets), *dates, f"{result.titles:.3f}", f"{result.seconds:.1f}"]
        yield f"{name:18}" + "".join(f"{value:>13}" for value in values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=list(SYSTEMS), nargs="*", default=list(SYSTEMS))
    chosen = parser.parse_args().only
    try:
        pages = load_pages()
    except FileNotFoundError as error:
        sys.exit(f"No pages: {error}. Set ONRECORD_SHARED.")
    sets = sorted({page.set for page in pages})
    counts = ", ".join(f"{sum(page.set == name for page in pages)} {name}" for name in sets)
    dated, titled = sum(bool(page.date) for page in pages), sum(bool(page.title) for page in pages)
    print(f"{len(pages)} pages ({counts}); {dated} with a date, {titled} with a title\n")
    results: dict[str, Result] = {}
    for name in chosen:
        try:
            results[name] = run(SYSTEMS[name], pages)
        except ImportError as error:
            print(f"{name}: left out ({error}); pip install -e '.[bench]'")
    print("\n".join(report(results, sets)))


if __name__ == "__main__":
    main()
