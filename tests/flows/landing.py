"""Landing files of invented articles, and what it takes to read them without Prefect."""

import gzip
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from flows.spec import BatchSpec, batch_id
from flows.unit import Unit
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.normalise import NormaliseOptions
from transforms.read import ReadOptions

PEOPLE = ("Orla Fennimore", "Tobias Wrenfield", "Ines Calloway", "Bram Oosterlin", "Petra Halvard", "Caspian Doyle")
PLACES = ("Port Ellery", "Stanmoor", "Upper Wickley", "Cold Haven", "Marrowby")
SENTENCES = (
    "The council of {place} met on Tuesday to discuss the new bridge over the river.",
    "“We have waited twenty years for number {number},” {person} told reporters after the meeting.",
    "{person} said that the work in {place} would begin before the summer.",
    "Residents had asked for a second hearing, but none was held.",
    "“It is a good day for {place},” said {person}.",
    "The bill comes to {number} million, according to {person}.",
)
MOMENT = datetime(2025, 3, 1, 12, tzinfo=UTC)
LONG_AGO_NS = 1_600_000_000 * 10**9
"""A time stamp that no ledger mistrusts as too young."""


def article(number: int, sentences: int = 6) -> str:
    """A short report; each number gives another text."""
    return " ".join(
        SENTENCES[turn % len(SENTENCES)].format(
            person=PEOPLE[(number + turn) % len(PEOPLE)], place=PLACES[number % len(PLACES)], number=number * 10 + turn
        )
        for turn in range(sentences)
    )


def dated(number: int, day: str = "2025-02-03", sentences: int = 6) -> str:
    """The same with the date header of a seed-like file."""
    return f"date {day} {article(number, sentences)}"


def write_text(path: Path, text: str) -> Path:
    """A file that looks as if it had lain there for years."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode()
    path.write_bytes(packed)
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return path


def write_lines(path: Path, numbers: Iterable[int], sentences: int = 6) -> Path:
    """A JSONL file, one article a number."""
    rows = (
        {
            "url": f"https://ellery-post.example/{number}",
            "title": f"Bridge report {number}",
            "date_publish": "2025-02-03 08:00:00",
            "maintext": article(number, sentences),
        }
        for number in numbers
    )
    return write_text(path, "".join(json.dumps(row) + "\n" for row in rows))


def write_zip(path: Path, members: Iterable[tuple[str, str]]) -> Path:
    """A zip archive of texts."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members:
            archive.writestr(name, text)
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return path


def spec_of(root: Path, units: Iterable[Unit], recipe: str = "test", run_id: str = "run") -> BatchSpec:
    """A batch with the default options."""
    chosen = tuple(units)
    return BatchSpec(
        batch_id=batch_id(chosen, recipe),
        units=chosen,
        root=str(root),
        model=DEFAULT_MODEL,
        run_id=run_id,
        ingested_at=MOMENT,
        recipe=recipe,
        limits=ReadOptions(),
        normalise=NormaliseOptions(),
    )


def names(paths: Iterable[str]) -> Iterator[str]:
    """The last parts of stored paths."""
    return (path.rsplit("/", 1)[-1] for path in paths)
