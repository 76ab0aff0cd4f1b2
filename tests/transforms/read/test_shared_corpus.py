"""Real files, where they are at hand: the folder that ONRECORD_SHARED names (default ../shared)."""

import csv
import os
from itertools import islice
from pathlib import Path

import pytest

from tests.transforms.articles import build
from transforms.read import ReadOptions, read_unit
from transforms.read.archives import members, open_member
from transforms.records import Document, RawRecord

SHARED = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).parents[4] / "shared"))
CORPUS = SHARED / "corpus"
LIMITS = ReadOptions()

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"evaluation data not found at {SHARED} (set ONRECORD_SHARED)"),
]


def test_header_dates_equal_the_manifest():
    with (CORPUS / "articles_txt.manifest.csv").open(encoding="utf-8", newline="") as file:
        gold = {row["file"]: row["date"] if row["header_in_file"] == "1" else None for row in csv.DictReader(file)}
    found = {}
    with (CORPUS / "articles_txt.zip").open("rb") as stream:
        for member in islice(members(stream, "articles_txt.zip", LIMITS), 0, None, 7):
            [record] = read_unit(open_member(stream, member, LIMITS), member.name, LIMITS)
            made = build(record)
            assert isinstance(made, Document), member.name
            found[member.name] = made.published_on.date().isoformat() if made.published_on else None
    assert len(found) > 450
    assert found == {name: gold[name] for name in found}


def test_the_sample_of_news_please():
    with (CORPUS / "formats" / "newsplease_sample.json").open("rb") as stream:
        [record] = read_unit(stream, "newsplease_sample.json", LIMITS)
    assert isinstance(record, RawRecord)
    made = build(record)
    assert isinstance(made, Document)
    assert made.published_on is not None
    assert made.published_on.date().isoformat() == "2017-07-17"
    assert made.published_at_source == "date_publish"
    assert made.publisher == "www.rt.com"
    assert made.title is not None
