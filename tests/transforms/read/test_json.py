import io
import json

import pytest

from tests.transforms.articles import build, document, gzipped, read_all
from transforms.read import ReadOptions, count_records, read_unit
from transforms.records import Document, RawRecord, Reject, RejectReason


def line(title: str, **more: object) -> bytes:
    return json.dumps({"title": title, "text": f"The crane of {title} stays.", **more}).encode()


def outcome(items):
    return [(item.source_record, item.title if isinstance(item, RawRecord) else item.reason) for item in items]


def test_news_please_fields():
    made = document(
        json.dumps(
            {
                "authors": ["Ilse Thornbury", "Odo Vance"],
                "date_download": "2024-01-09 09:00:00",
                "date_modify": "2023-05-05 10:00:00+02:00",
                "date_publish": "2023-05-04 23:30:00-02:00",
                "description": "A summary.",
                "language": "en",
                "maintext": "The harbour council kept the crane.\nIt will reopen.",
                "source_domain": "www.marrow-gazette.example",
                "title": "Crane stays",
                "url": "https://www.marrow-gazette.example/crane?utm_source=x#top",
            }
        ).encode(),
        "a.json",
    )
    assert made.authors == ("Ilse Thornbury", "Odo Vance")
    assert made.published_at.isoformat() == "2023-05-05T01:30:00+00:00"
    assert made.published_on.isoformat() == "2023-05-05T00:00:00"
    assert made.published_at_source == "date_publish"
    assert made.modified_at.isoformat() == "2023-05-05T08:00:00+00:00"
    assert made.text == "The harbour council kept the crane.\nIt will reopen."
    assert made.canonical_url == "https://www.marrow-gazette.example/crane"
    assert (made.title, made.publisher) == ("Crane stays", "www.marrow-gazette.example")


def test_schema_org_and_other_names():
    [record] = read_all(
        json.dumps(
            {
                "@type": "NewsArticle",
                "headline": "Crane stays",
                "articleBody": ["First paragraph.", "Second."],
                "datePublished": "2023-05-04",
                "author": {"@type": "Person", "name": "By Ilse Thornbury and Odo Vance"},
                "publisher": {"name": "Marrow Gazette"},
                "id": 17,
            }
        ).encode(),
        "a.json",
    )
    assert record.body == "First paragraph.\n\nSecond."
    assert record.authors == ("Ilse Thornbury", "Odo Vance")
    assert record.publisher == "Marrow Gazette"
    assert record.published_raw_source == "datePublished"
    assert record.guid is None, "a small number identifies nothing outside its dump"


def test_a_list_and_a_wrapped_list_are_many_records():
    items = [json.loads(line("A")), 5, {"title": "no text"}, json.loads(line("D"))]
    expected = [(0, "A"), (1, RejectReason.NO_TEXT_FIELD), (2, RejectReason.NO_TEXT_FIELD), (3, "D")]
    assert outcome(read_all(json.dumps(items).encode(), "a.json")) == expected
    wrapped = {"total": 2, "articles": [items[0], items[3]]}
    assert outcome(read_all(json.dumps(wrapped).encode(), "a.json")) == [(0, "A"), (1, "D")]
    assert count_records(io.BytesIO(json.dumps(items).encode()), "a.json") == 4


def test_an_item_is_identified_by_its_content_not_by_its_spelling():
    value = json.loads(line("A"))
    compact, pretty = json.dumps([value]).encode(), json.dumps([dict(reversed(value.items()))], indent=2).encode()
    assert read_all(compact, "a.json")[0].raw == read_all(pretty, "a.json")[0].raw


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"title": "a", ', RejectReason.BAD_JSON),
        (b"[" * 200_000, RejectReason.BAD_JSON),
        (b'{"a":' * 100_000, RejectReason.BAD_JSON),
        (b"", RejectReason.EMPTY),
        (b"[]", RejectReason.EMPTY),
        (b'"words"', RejectReason.NO_TEXT_FIELD),
        (b'{"text": "  "}', RejectReason.EMPTY_BODY),
        (b'{"body_html": "<p>words</p>"}', RejectReason.NO_TEXT_FIELD),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), RejectReason.BINARY),
    ],
)
def test_refused_json_says_why(data, reason):
    assert [item.reason for item in read_all(data, "a.json")] == [reason]


def test_what_the_strict_parser_refuses_is_read_all_the_same():
    assert read_all(b'[{"text": "NaN inside", "score": NaN}]', "a.json")[0].body == "NaN inside"
    assert read_all(b'\xef\xbb\xbf{"text": "BOM"}', "a.json")[0].body == "BOM"
    assert read_all(b'{"text": "huge", "n": %s}' % (b"9" * 5000), "a.json")[0].body == "huge"
    assert read_all('{"text": "caf\u00e9"}'.encode("cp1252"), "a.json")[0].encoding == "cp1252"
    [record] = read_all(b'{"text": "bad \\ud800 half"}', "a.json")
    assert (record.body, record.warnings) == ("bad \ufffd half", ("lone_surrogates",))


def test_lines_stream_and_a_bad_line_is_one_reject():
    data = b"\n".join([line("A"), b'{"title": "b", "text": "bro', b"", line("D"), b"[1]", b""])
    expected = [(0, "A"), (1, RejectReason.BAD_JSON), (3, "D"), (4, RejectReason.NO_TEXT_FIELD)]
    for packed, name in [(data, "a.jsonl"), (gzipped(data), "a.jsonl.gz"), (data, "a.ndjson"), (data, "A.JSONL")]:
        assert outcome(read_all(packed, name)) == expected
    assert "line 2" in read_all(data, "a.jsonl")[1].detail
    assert count_records(io.BytesIO(data), "a.jsonl") == 5
    assert outcome(read_all(data, "a.jsonl", start=1, stop=4)) == expected[1:3]


@pytest.mark.parametrize("name", ["a.json", "a.txt", "a.jsonl", "a"])
def test_content_beats_extension(name):
    lines = line("A") + b"\n" + line("B") + b"\n"
    assert [item.source_format for item in read_all(lines, name)] == ["jsonl", "jsonl"]
    pretty = json.dumps(json.loads(line("A")), indent=1).encode()
    assert [item.source_format for item in read_all(pretty, name)] == ["json"]


def test_a_first_bad_line_does_not_make_a_file_of_lines_something_else():
    data = b'{"title": "b", "text": "bro\n' + line("B") + b"\n"
    assert outcome(read_all(data, "a.jsonl")) == [(0, RejectReason.BAD_JSON), (1, "B")]


def test_lines_in_utf16_are_lines():
    text = (line("A") + b"\n" + line("B")).decode()
    assert outcome(read_all(text.encode("utf-16"), "a.jsonl")) == [(0, "A"), (1, "B")]
    assert count_records(io.BytesIO(text.encode("utf-16")), "a.jsonl") == 2


def test_an_overlong_line_is_refused_alone():
    data = line("A") + b"\n" + line("B", note="x" * 5000) + b"\n" + line("C")
    limits = ReadOptions(max_record_bytes=1000)
    assert outcome(read_all(data, "a.jsonl", limits)) == [(0, "A"), (1, RejectReason.TOO_LARGE), (2, "C")]
    assert count_records(io.BytesIO(data), "a.jsonl", limits) == 3


def test_lines_before_the_end_of_a_cut_gzip_are_kept():
    lines = b"\n".join(line(f"T{number}", note=str(hash(str(number)))) for number in range(3000))
    cut = gzipped(lines)[:-5000]
    items = read_all(cut, "a.jsonl.gz")
    assert items[0].title == "T0"
    assert isinstance(items[-1], Reject)
    assert items[-1].reason == RejectReason.TRUNCATED_ARCHIVE
    assert [item.source_record for item in items] == list(range(len(items)))
    assert count_records(io.BytesIO(cut), "a.jsonl.gz") == len(items)


class Endless(io.RawIOBase):
    """A file of lines without end that counts what is read of it."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        whole = line("A") + b"\n"
        at = self.taken % len(whole)
        self.taken += size
        return (whole * (size // len(whole) + 2))[at : at + size]

    def seek(self, offset: int, whence: int = 0) -> int:
        self.taken += offset
        return self.taken


def test_reading_stops_where_it_was_told_to():
    stream = Endless()
    assert len(list(read_unit(stream, "a.jsonl", stop=20))) == 20
    assert stream.taken < 1_000_000


def test_identity_prefers_url_then_guid_then_bytes():
    def made(**more: object) -> Document:
        [record] = read_all(line("A", **more), "a.jsonl")
        built = build(record)
        assert isinstance(built, Document)
        return built

    urls = [made(url=url).document_id for url in ("https://X.example:443/a?utm_medium=y", "https://x.example/a#z")]
    assert urls[0] == urls[1]
    assert made(url="https://x.example/a", note=1).document_id == urls[0]
    assert made(url="https://x.example/a?id=2").document_id != urls[0]
    assert made(guid="urn:crane:1", note=1).document_id == made(guid="urn:crane:1").document_id
    assert made(id=1, note=1).document_id != made(id=1).document_id
    assert made(url="https://x.example/", note=1).document_id != made(url="https://x.example/").document_id
    assert made(url="https://x.example/a", date="2023-01-01").record_hash != made(url="https://x.example/a").record_hash


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (
            "<p>The crane <b>stays</b>.</p><script>track()</script><p>It rains &amp; rains.</p>",
            "The crane stays.\n\nIt rains & rains.",
        ),
        ("<div class='x'>One line.<br/>Another.</div>", "One line.\n\nAnother."),
        ("The <b>bold</b> crane & co", "The <b>bold</b> crane & co"),
        ("<i>Gull</i> sank", "<i>Gull</i> sank"),
        ("a < b and </p> is no page", "a < b and </p> is no page"),
    ],
)
def test_a_text_that_is_a_piece_of_a_page_loses_its_tags(text, body):
    [record] = read_all(json.dumps({"title": "A", "text": text}).encode(), "a.json")
    assert record.body == body
