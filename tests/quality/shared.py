"""The evaluation data outside this repository: quotations, pronouns, named entities.

Nothing of it is copied here. ``ONRECORD_SHARED`` names the folder (default ``../shared`` beside the checkout); whatever
is not there is left out, and whoever asked is told so.
"""

import gzip
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from transforms.evaluation.rows import row_of
from transforms.evaluation.scoring import Row

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_SEED = 2024
"""Fixes which documents a sample holds, so that figures of different days can be compared."""


@dataclass(frozen=True, slots=True)
class QuotedText:
    """One document with its annotated quotations; offsets into ``text`` exactly as given."""

    id: str
    text: str
    quotes: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PronounCase:
    """A quotation whose source is a pronoun, resolved by a reader; no last name where the text names nobody."""

    id: str
    start: int
    end: int
    last_name: str | None


def shared_folder() -> Path:
    """Where the data should lie."""
    return Path(os.environ.get("ONRECORD_SHARED", ROOT.parent / "shared")).expanduser()


def quotes_path(name: str) -> Path:
    """The file of a set of quotations."""
    return shared_folder() / "eval" / "quotes" / f"{name}.jsonl.gz"


def pronouns_path(name: str) -> Path:
    """The hand-resolved pronouns of a set of quotations: ids, offsets and names; those of polnear_train are ours."""
    if name == "polnear_train":
        return ROOT / "tests" / "quality" / "gold" / "pronouns_polnear_train.json"
    return shared_folder() / "eval" / "quotes" / f"pronoun_gold_{name}.json"


def conll_path() -> Path:
    """The development set of CoNLL++."""
    return shared_folder() / "eval" / "ner" / "conllpp_dev.txt.gz"


def read_quoted_texts(path: Path) -> Iterator[QuotedText]:
    """The documents of a file of annotated quotations, one JSON object a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield QuotedText(record["id"], record["text"], tuple(row_of(quote) for quote in record["quotes"]))


def sample(texts: list[QuotedText], size: int) -> list[QuotedText]:
    """A fixed random choice of ``size`` documents, in the order of the file."""
    if size >= len(texts):
        return texts
    chosen = set(random.Random(SAMPLE_SEED).sample(range(len(texts)), size))
    return [text for number, text in enumerate(texts) if number in chosen]


def read_pronouns(path: Path) -> list[PronounCase]:
    """Cases from a list of objects, or from an object that holds the list as ``cases``."""
    content = json.loads(path.read_text(encoding="utf-8"))
    cases = content["cases"] if isinstance(content, dict) else content
    return [PronounCase(case["id"], case["start"], case["end"], case["resolved_last_name"]) for case in cases]
