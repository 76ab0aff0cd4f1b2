"""Real files, where they are at hand: the folder that ONRECORD_SHARED names (default ../shared)."""

import csv
import os
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.html import SYSTEMS, load_pages, run
from tests.transforms.articles import build
from transforms.read import ReadOptions, read_unit
from transforms.read.archives import members, open_member
from transforms.records import Document, RawRecord, Reject

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


def read_sample(name: str) -> list[RawRecord | Reject]:
    with (CORPUS / "formats" / name).open("rb") as stream:
        return list(read_unit(stream, name))


def test_pages_reach_their_floors():
    """F1 as the article-extraction-benchmark scores it; `make bench-html` shows the peers beside it."""
    result = run(SYSTEMS["onrecord"], load_pages())
    assert result.f1["aeb"] >= 0.955
    assert result.f1["fundus"] >= 0.942
    assert result.dates is not None
    assert result.dates[0] >= 0.96
    assert result.titles is not None
    assert result.titles >= 0.88


@pytest.mark.parametrize(
    ("name", "records", "source_format"),
    [
        ("fakenewscorpus_news_sample.csv", 250, "csv"),
        ("fnc1_test_bodies.csv", 904, "csv"),
        ("masakhane_eng_test.tsv", 948, "csv"),
        ("dolma_sample-0000.warc.gz", 22, "warc"),
        ("made_ccnews.warc.gz", 150, "warc"),
    ],
)
def test_every_record_of_the_samples_is_a_document(name, records, source_format):
    items = read_sample(name)
    assert len(items) == records
    rejects = Counter(item.reason for item in items if isinstance(item, Reject))
    assert not rejects
    assert {item.source_format for item in items if isinstance(item, RawRecord)} == {source_format}
    assert all(item.body.strip() for item in items if isinstance(item, RawRecord))


def test_tables_hold_what_a_csv_parser_finds_in_them():
    for name, column, delimiter in [
        ("fakenewscorpus_news_sample.csv", "content", ","),
        ("fnc1_test_bodies.csv", "articleBody", ","),
        ("masakhane_eng_test.tsv", "text", "\t"),
    ]:
        csv.field_size_limit(1 << 24)
        with (CORPUS / "formats" / name).open(encoding="utf-8-sig", newline="") as file:
            gold = [row[column] for row in csv.DictReader(file, delimiter=delimiter)]
        bodies = [item.body for item in read_sample(name) if isinstance(item, RawRecord)]
        assert ["".join(text.split()) for text in gold] == ["".join(text.split()) for text in bodies]


def test_pages_of_the_web_archive_have_date_title_and_address():
    """As many as the pages state; read through by eye."""
    records = [item for item in read_sample("made_ccnews.warc.gz") if isinstance(item, RawRecord)]
    assert all(item.url and item.url.startswith("http") for item in records)
    assert sum(item.title is not None for item in records) == len(records)
    assert sum(item.published_raw is not None for item in records) > 0.9 * len(records)
    assert sum(bool(item.authors) for item in records) > 0.6 * len(records)
    assert not any((item.published_raw or "").startswith("2024-12-26T00:00:00") for item in records), "the crawl's day"


# Read by eye against the files: format, articles, rejects, first day, articles with a place in their dateline.
AGENCY_FILES = [
    ("feedparser_rss20dc.xml", "rss", 1, 0, "2002-09-04", 0),
    ("newsmlg2_L2.xml", "newsml", 1, 0, "2016-11-21", 1),
    ("newsmlg2_L25_nitf.xml", "newsml", 1, 0, None, 0),
    ("superdesk_ansa-newsmlg2-text.xml", "newsml", 1, 0, "2017-10-11", 1),
    ("superdesk_stt_newsml_test.xml", "newsml", 1, 0, "2017-12-19", 1),
    ("superdesk_ap-nitf.xml", "nitf", 1, 0, "2015-12-10", 1),
    ("superdesk_ap_media_text_nitf.xml", "nitf", 1, 0, "2019-07-03", 0),
    ("superdesk_efe_nitf.xml", "nitf", 1, 0, "2017-01-02", 1),
    ("superdesk_nitf-fishing.xml", "nitf", 1, 0, "2002-02-25", 1),
    ("superdesk_nitf-ntb.xml", "nitf", 1, 0, "2020-09-07", 1),
    ("superdesk_ninjs1.json", "ninjs", 1, 0, "2017-08-24", 1),
    ("superdesk_bbc-ninjs-text-test.json", "ninjs", 1, 0, "2018-05-28", 0),
    ("superdesk_IPTC7901.txt", "iptc7901", 1, 0, "2013-11-13", 1),
    ("lexisnexis_sample.TXT", "lexisnexis", 10, 0, "2010-01-11", 0),
    ("reut2-000.sgm", "reuters", 940, 60, "1987-02-26", 926),
]


@pytest.mark.parametrize(("name", "format_", "articles", "rejects", "day", "places"), AGENCY_FILES, ids=str)
def test_agency_files(name: str, format_: str, articles: int, rejects: int, day: str | None, places: int):
    with (CORPUS / "formats" / name).open("rb") as stream:
        records = list(read_unit(stream, "unnamed"))
    made = [
        built for record in records if isinstance(record, RawRecord) and isinstance(built := build(record), Document)
    ]
    assert {document.source_format for document in made} == {format_}
    assert (len(made), len(records) - len(made)) == (articles, rejects)
    assert (made[0].published_on.date().isoformat() if made[0].published_on else None) == day
    assert sum(document.dateline_place is not None for document in made) == places
    assert all(document.title for document in made) or format_ == "reuters"
