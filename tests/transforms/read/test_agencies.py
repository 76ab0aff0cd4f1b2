"""Feeds and agency formats, on files as agencies send them (see samples.py)."""

import io
import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.articles import build, read_all
from tests.transforms.read import samples
from transforms.read import ReadOptions, count_records, read_unit
from transforms.read.formats import format_named
from transforms.read.streams import open_unit
from transforms.records import Document, MarkedKind, RawRecord, Reject, RejectReason


def one(data: bytes | str, name: str = "a.bin") -> tuple[RawRecord, Document]:
    """The only record of a file and its document."""
    [record] = read_all(data.encode() if isinstance(data, str) else data, name)
    assert isinstance(record, RawRecord), record
    made = build(record)
    assert isinstance(made, Document), made
    return record, made


@dataclass(frozen=True)
class Sample:
    """A file and the format that it must be found to be, whatever its name."""

    data: bytes
    format: str
    records: int


SAMPLES = [
    Sample(samples.RSS.encode(), "rss", 2),
    Sample(samples.RDF.encode(), "rss", 1),
    Sample(samples.ATOM.encode(), "rss", 1),
    Sample(samples.NITF, "nitf", 1),
    Sample(samples.newsml(samples.news_item(samples.XHTML), samples.news_item(samples.PICTURE, 2)), "newsml", 2),
    Sample(samples.news_item(samples.XHTML).encode(), "newsml", 1),
    Sample(samples.NINJS.encode(), "ninjs", 1),
    Sample(samples.NINJS_2.encode(), "ninjs", 3),
    Sample(samples.REUTERS.encode(), "reuters", 4),
    Sample(samples.LEXIS.encode(), "lexisnexis", 2),
    Sample(samples.LEXIS.replace("\n", "\r\n").encode("utf-16"), "lexisnexis", 2),
    Sample(samples.IPTC7901.encode(), "iptc7901", 2),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.format}-{sample.records}")
@pytest.mark.parametrize("name", ["a.txt", "a.xml", "a.json", "a"])
def test_content_beats_the_name_and_all_records_are_counted(sample: Sample, name: str):
    records = read_all(sample.data, name)
    assert [record.source_record for record in records] == list(range(sample.records))
    assert {record.source_format for record in records if isinstance(record, RawRecord)} <= {sample.format}
    assert count_records(io.BytesIO(sample.data), name) == sample.records
    assert read_all(sample.data, name, start=1) == records[1:]
    options = ReadOptions()
    assert format_named(sample.format).sniff(open_unit(io.BytesIO(sample.data), name, options).head) > 0


def test_an_item_of_rss_with_its_whole_text():
    record, teaser = read_all(samples.RSS.encode(), "a.xml")
    assert isinstance(record, RawRecord)
    assert record.body == (
        "The council voted “by a hair’s breadth”,\n\nits chair said.\n\nThe crane stays.\n\nThe café reopens."
    )
    assert record.title == "Crane stays, & the café reopens"
    assert record.publisher == "The Marrow Courier"
    assert record.authors == ("Ilse Thornbury", "Pavel Omand")
    assert record.section == "Harbour"
    assert record.guid == "https://courier.example/ courier-991"
    assert record.language_hint == "en-gb"
    made = build(record)
    assert isinstance(made, Document)
    assert made.canonical_url == "https://courier.example/2023/crane"
    assert made.published_at is not None
    assert made.published_at.isoformat() == "2023-05-04T07:30:00+00:00"
    assert made.published_at_source == "pubDate"
    assert isinstance(teaser, Reject)
    assert teaser.reason is RejectReason.TOO_SHORT


def test_a_summary_that_is_long_enough_is_an_article():
    record, made = one(samples.RDF)
    assert record.extraction_method == "summary"
    assert made.text.startswith("The ferry to Sankt Olm was late")
    assert made.publisher == "Courier by RDF"
    assert made.published_at_source == "date"


def test_an_entry_of_atom():
    record, made = one(samples.ATOM)
    assert made.text == "“I am tired,” Mayor Rook Ansel said.\n\nHe leaves in June."
    assert made.title == "Mayor resigns"
    assert record.guid == "tag:gazette.example,2023:77"
    assert record.url == "https://gazette.example/77"
    assert (str(made.published_at), str(made.modified_at)) == ("2023-05-07 09:00:00+00:00", "2023-05-08 10:00:00+00:00")
    assert made.authors == ("Nell Garrow",)
    assert made.language == "en"


def test_places_of_one_page_are_different_articles():
    items = "".join(
        f"<item><link>https://c.example/day#{n}</link><guid>n{n}</guid>"
        f"<description>{'Words of item. ' * 40}{n}</description></item>"
        for n in range(2)
    )
    feed = f"<rss><channel><link>https://c.example/</link>{items}</channel></rss>"
    ids = {build(record).document_id for record in read_all(feed.encode(), "a")}  # type: ignore[union-attr, arg-type]
    assert len(ids) == 2


def test_a_feed_cut_short_loses_only_its_last_item():
    items = [f"<item><title>T{n}</title><description>{'Some words here. ' * 40}</description></item>" for n in range(3)]
    data = ("<rss><channel><title>C</title>" + "".join(items))[:-60].encode()
    first, second, last = read_all(data, "a.xml")
    assert isinstance(first, RawRecord)
    assert isinstance(second, RawRecord)
    assert first.warnings[0].startswith("markup_repaired")
    assert isinstance(last, Reject)
    assert last.reason is RejectReason.BAD_XML


def test_nitf():
    record, made = one(samples.NITF)
    assert made.text == (
        "SANKT OLM (OPA) - The ferry company was fined 5,000 crowns, café owners said.\n\nFines 3\n\nIt will appeal."
        "\n\nPavel Omand contributed."
    )
    assert made.title == "Ferry company fined"
    assert made.authors == ("Jonna Wick",)
    assert (made.publisher, made.section, made.language) == ("Olm Press Agency", "Politics", "en")
    assert (str(made.published_at), made.published_at_source) == ("2023-05-09 10:15:00+00:00", "date.issue")
    assert made.dateline_place == "SANKT OLM"
    assert made.encoding == "iso-8859-1"
    assert record.guid == "nitf:OPA:7781"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (samples.XHTML, "At odds\n\nThe council split over the crane, three members said."),
        (samples.INLINE_NITF, "The council split over the crane."),
        (
            samples.INLINE_DATA,
            "The council split over the crane, and in the evening hardly anybody knew any longer who had voted for the "
            "motion and who had voted for the other one.\n\nIt will meet again.",
        ),
        (samples.INLINE_NITF + samples.XHTML, "At odds\n\nThe council split over the crane, three members said."),
    ],
)
def test_newsml_in_its_renditions(content: str, text: str):
    record, made = one(samples.newsml(samples.news_item(content)))
    assert made.text == text
    assert made.title == "Council splits"
    assert (made.publisher, made.section, made.authors) == ("Olm Press Agency", "politics", ("Nell Garrow",))
    assert (str(made.published_at), made.published_at_source) == ("2023-05-11 07:00:00+00:00", "contentCreated")
    assert str(made.modified_at) == "2023-05-11 10:00:00+00:00"
    assert made.dateline_place == "Port Marrow"
    assert record.guid == "urn:newsml:opa.example:2023:1"


def test_pictures_and_packages_of_a_message_are_rejects():
    package = '<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="p"><groupSet/></packageItem>'
    message = samples.newsml(
        samples.news_item(samples.XHTML), samples.news_item(samples.PICTURE, 2, "ninat:picture"), package
    )
    article, picture, packed = read_all(message, "a.xml")
    assert isinstance(article, RawRecord)
    assert isinstance(picture, Reject)
    assert (picture.reason, "ninat:picture" in picture.detail) == (RejectReason.NO_TEXT_FIELD, True)
    assert isinstance(packed, Reject)
    assert "packageItem" in packed.detail


def test_a_cancelled_story_is_kept_and_told():
    _, made = one(samples.newsml(samples.news_item(samples.XHTML, status="canceled")))
    assert "withdrawn" in made.warnings


def test_ninjs():
    record, made = one(samples.NINJS)
    assert made.text == "The crane stays, she said.\n\nIt is red."
    assert (made.title, made.publisher, made.section) == ("Crane & co", "OPA", "Home")
    assert (made.authors, made.dateline_place) == (("Nell Garrow",), "Port Marrow")
    assert (str(made.published_at), str(made.modified_at)) == ("2023-05-12 08:00:00+00:00", "2023-05-12 10:00:00+00:00")
    assert record.guid == "urn:newsml:opa.example:9"


def test_ninjs_2_has_lists_of_headlines_and_bodies():
    article, picture, number = read_all(samples.NINJS_2.encode(), "a.json")
    assert isinstance(article, RawRecord)
    assert (article.body, article.title, article.publisher) == ("Long text here.", "The main one", "Olm Press Agency")
    assert article.url == "https://opa.example/10"
    assert "withdrawn" in article.warnings
    assert isinstance(picture, Reject)
    assert isinstance(number, Reject)


def test_a_line_or_an_item_of_any_list_may_be_ninjs():
    item = json.loads(samples.NINJS)
    second = {
        "uri": "https://opa.example/11",
        "standard": {"name": "ninjs", "version": "2.1"},
        "contentcreated": "2023-05-13T08:00:00Z",
        "by": "Odo Vance",
        "bodies": [{"contenttype": "text/html", "value": "<p>The ferry leaves.</p>"}],
    }
    plain = {"title": "A plain one", "text": "It rains."}
    lines = "\n\n".join(map(json.dumps, (item, second, plain)))
    for data, name, formats in (
        (lines, "a.jsonl", "jsonl"),
        (lines, "a.txt", "jsonl"),
        (json.dumps([plain, item, second]), "a.json", "json"),
        (json.dumps({"response": {"results": [plain, item, second]}}), "a.json", "json"),
        (json.dumps({"data": {"items": [item, second]}}), "a.json", "ninjs"),
    ):
        found = {record.title: record for record in read_all(data.encode(), name)}
        one, two = found["Crane & co"], found[None]
        assert {one.source_format, two.source_format} <= {formats, "ninjs"}
        assert (one.body, one.authors) == ("The crane stays, she said.\n\nIt is red.", ("Nell Garrow",))
        assert (one.guid, one.published_raw) == ("urn:newsml:opa.example:9", "2023-05-12T08:00:00Z")
        assert (two.body, two.authors, two.url) == ("The ferry leaves.", ("Odo Vance",), "https://opa.example/11")
        assert (two.published_raw_source, two.published_raw) == ("contentcreated", "2023-05-13T08:00:00Z")


def test_a_bad_line_after_one_of_ninjs_costs_one_line():
    item = json.dumps(json.loads(samples.NINJS))
    record, bad = read_all(f"{item}\nno JSON\n".encode(), "a.jsonl")
    assert isinstance(record, RawRecord)
    assert bad.reason == RejectReason.BAD_JSON


def test_a_line_of_ninjs_longer_than_what_is_looked_at_is_a_line():
    item = json.loads(samples.NINJS)
    item["body_html"] = f"<p>{'The crane stays. ' * 5000}</p>"
    line = json.dumps(item)
    assert len(read_all(f"{line}\n{line}\n".encode(), "a.jsonl")) == 2
    assert [record.title for record in read_all(line.encode(), "a.json")] == ["Crane & co"]


def test_mapped_names_count_before_those_of_ninjs():
    line = json.dumps(json.loads(samples.NINJS))
    options = ReadOptions(fields=(("body", "body_text"),))
    first, _ = read_unit(io.BytesIO(f"{line}\n{line}\n".encode()), "a.jsonl", options)
    assert isinstance(first, RawRecord)
    assert first.body == "One line."


def test_reuters():
    story, brief, unprocessed, cut = read_all(samples.REUTERS.encode(), "reut.sgm")
    assert isinstance(story, RawRecord)
    made = build(story)
    assert isinstance(made, Document)
    assert made.text == (
        "SANKT OLM, Feb 26 - The ferry company was fined after the harbour council had found that none of its boats "
        "had been on time for a whole year, officials said.\n\nIt will appeal."
    )
    assert made.title == "FERRY <FRY> FINED"
    assert (made.authors, made.section, made.dateline_place) == (("Jonna Wick",), "ferry", "SANKT OLM")
    assert (str(made.published_on), made.published_at_source) == ("1987-02-26 00:00:00", "DATE")
    kinds = [(span.kind, made.text[span.start : span.end]) for span in made.marked_spans]
    assert kinds == [(MarkedKind.DATELINE, "SANKT OLM, Feb 26 -")]
    assert isinstance(brief, Reject)
    assert (brief.reason, "FERRY COMPANY TO APPEAL" in brief.detail) == (RejectReason.EMPTY_BODY, True)
    assert isinstance(unprocessed, RawRecord)
    assert "Boats.......12 vs.......14" in unprocessed.body
    assert isinstance(cut, Reject)
    assert cut.reason is RejectReason.BAD_XML


def test_lexisnexis():
    article, empty = read_all(samples.LEXIS.encode(), "a.txt")
    assert isinstance(article, RawRecord)
    made = build(article)
    assert isinstance(made, Document)
    assert made.text == (
        "The harbour council voted to keep the old crane, its chair said on Monday, by a single vote, and that after a "
        'debate which had gone on for no less than nine hours.\n\n"It is ours," she said.'
    )
    assert made.title == "Council keeps the crane by one vote; the cafe stays too"
    assert (made.publisher, made.section) == ("The Marrow Courier", "NEWS")
    assert made.authors == ("Nell Garrow", "Jonna Wick")
    assert str(made.published_on) == "2010-01-11 00:00:00"
    assert (made.dateline_place, made.language) == ("PORT MARROW", "en")
    assert isinstance(empty, Reject)
    assert empty.reason is RejectReason.EMPTY_BODY


def test_iptc_7901():
    message, empty = read_all(samples.IPTC7901.encode(), "a.txt")
    assert isinstance(message, RawRecord)
    made = build(message)
    assert isinstance(made, Document)
    assert made.title == "Council keeps the crane by one vote"
    assert made.text.startswith(
        "Port Marrow (OPA) - The harbour council voted to keep the crane by a single vote, its chair said on Monday "
        "after a debate that had gone on for no less than nine hours.\n\nIt is red."
    )
    assert str(made.published_at) == "2013-11-13 11:37:00+00:00"
    assert (made.publisher, made.section, made.authors) == ("opa", "Harbour-crane", ("Nell Garrow",))
    assert isinstance(empty, Reject)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sample with stretches cut out, doubled or replaced."""
    data = bytearray(draw(st.sampled_from(SAMPLES)).data)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.sampled_from([1, 5, 40, 300])))
        piece = draw(
            st.sampled_from([b"", b"<", b"&x;", b"]]>", b"<![CDATA[", b"\x00", b"\xff", b"}", b"<p>", b"\x02\x03"])
        )
        data[start:stop] = draw(st.sampled_from([piece, bytes(data[start:stop]) * 2]))
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(damaged())
def test_no_damage_makes_reading_raise(data: bytes):
    for record in read_unit(io.BytesIO(data), "a.xml"):
        assert isinstance(record, Reject) or isinstance(build(record), (Document, Reject))


def test_names_that_xml_does_not_allow_are_read_as_far_as_they_go():
    data = samples.RSS.replace("<item>", '<item xmlns:x=":not a name:">').replace("</channel>", "")
    article, teaser = read_all(data.encode(), "a.xml")
    assert isinstance(article, RawRecord)
    assert article.warnings[0].startswith("markup_repaired")
    assert isinstance(teaser, Reject)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><nitf><body><body.content><p>&j;</p></body.content></body></nitf>"
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    "<rss><channel><item><description>&x;</description></item></channel></rss>"
)
DEEP = "<nitf><body><body.content>" + "<p>" * 5000 + "x" + "</p>" * 5000 + "</body.content></body></nitf>"


@pytest.mark.parametrize("data", [BOMB, EXTERNAL, DEEP, "<nitf>", "<rss", '<?xml version="1.0"?><rss>\x00</rss>'])
def test_hostile_xml_is_a_reject(data: str):
    [reject] = list(read_unit(io.BytesIO(data.encode()), "a.xml"))
    assert isinstance(reject, Reject)
    assert reject.reason in {RejectReason.BAD_XML, RejectReason.EMPTY}


def test_a_document_type_without_entities_is_read():
    _, made = one('<!DOCTYPE nitf SYSTEM "nitf.dtd">' + samples.NITF.decode("iso-8859-1").partition("?>")[2].strip())
    assert made.title == "Ferry company fined"


def test_unknown_xml_is_refused_by_name():
    [reject] = read_all(b'<?xml version="1.0"?><svg><text>The council met.</text></svg>', "a.xml")
    assert isinstance(reject, Reject)
    assert (reject.reason, "<svg>" in reject.detail) == (RejectReason.NO_TEXT_FIELD, True)
