"""Normalising: encoding, repair, language, dates and marks, CPU seconds a 1,000 articles, step by step.

    python -m benchmarks.normalise [--articles N] [--rounds N]

Uses the articles of ONRECORD_SHARED (default ../shared). The peer of the same run is ftfy with its own defaults on the
same texts, so that a slow machine shows in both.
"""

import argparse
import gc
import json
import os
import statistics
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import ftfy

from transforms.normalise import NormaliseOptions, build_document, paragraphs
from transforms.normalise.dates import DateOptions, parse_date
from transforms.normalise.decode import decode
from transforms.normalise.language import identify_language
from transforms.normalise.marks import find_marks
from transforms.normalise.text import normalise_text
from transforms.read import ReadOptions, read_unit
from transforms.records import Document, Origin, Provenance, RawRecord

SHARED = Path(os.environ.get("ONRECORD_SHARED", "../shared"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def load(limit: int) -> list[bytes]:
    """The files of the corpus, as they lie."""
    archive = SHARED / "corpus" / "articles_txt.zip"
    if not archive.is_file():
        raise SystemExit(f"No articles at {archive}: set ONRECORD_SHARED.")
    with zipfile.ZipFile(archive) as files:
        return [files.read(name) for name in sorted(files.namelist())[:: max(1, len(files.namelist()) // limit)]]


def cpu(work: Callable[[], object], count: int, rounds: int) -> float:
    """Median CPU seconds a 1,000 articles."""
    taken = []
    for _ in range(rounds):
        gc.collect()
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1000 / count)
    return round(statistics.median(taken), 2)


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    files = load(arguments.articles)
    count, options, rounds = len(files), DateOptions(NOW), arguments.rounds
    provenance = Provenance("run", "none", "2", NOW)

    def read() -> list[RawRecord]:
        found = (record for data in files for record in read_unit(BytesIO(data), "a.txt", ReadOptions()))
        return [record for record in found if isinstance(record, RawRecord)]

    records = read()

    def build() -> list[Document]:
        made = (build_document(record, Origin("a", None, ""), provenance, NormaliseOptions()) for record in records)
        return [document for document in made if isinstance(document, Document)]

    documents = build()  # loads the language model
    texts = [document.text for document in documents]
    steps = {
        "decode": lambda: [decode(data) for data in files],
        "text": lambda: [normalise_text(record.body) for record in records],
        "language": lambda: [identify_language(text) for text in texts],
        "dates": lambda: [parse_date(record.published_raw, options) for record in records],
        "marks": lambda: [find_marks(text, paragraphs(text)) for text in texts],
        "whole document": build,
        "read and whole document": lambda: (read(), build()),
        "peer: ftfy by default": lambda: [ftfy.fix_text(record.body) for record in records],
    }
    figures = {name: cpu(work, count, rounds) for name, work in steps.items()}
    print(json.dumps({"articles": count, "cpu_seconds_per_1000": figures}, indent=2))


if __name__ == "__main__":
    main()
