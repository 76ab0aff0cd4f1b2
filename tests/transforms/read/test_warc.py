import gzip
import io
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.articles import build, read_all
from tests.transforms.read.test_html import PARAGRAPHS, ld_script, page
from transforms.read import ReadOptions, count_records
from transforms.records import Document, RawRecord, Reject, RejectReason

URL = "https://g.example/crane"
TEXT = "\n\n".join(PARAGRAPHS)


def record(
    block: bytes, kind: str = "response", uri: str = URL, media: str = "application/http; msgtype=response", **more: str
) -> bytes:
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-0000-0000-000000000001>",
        "WARC-Date": "2024-04-25T16:24:44Z",
        "WARC-Target-URI": uri,
        "Content-Type": media,
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def response(
    body: bytes | str, status: str = "200 OK", media: str = "text/html; charset=utf-8", **headers: str
) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{lines}\r\n".encode() + data


INFO = record(b"software: none\r\n", "warcinfo", media="application/warc-fields")
REQUEST = record(b"GET /crane HTTP/1.1\r\n\r\n", "request", media="application/http; msgtype=request")
GOOD = record(response(page(ld_script())))
OTHER = record(response(page().replace("crane", "ferry")), uri="<https://g.example/ferry>")


def outcome(items):
    return [(item.source_record, item.url if isinstance(item, RawRecord) else item.reason) for item in items]


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, zstandard.compress, lambda d: gzip.compress(d[:700]) + gzip.compress(d[700:])]
)
@pytest.mark.parametrize("name", ["a.warc.gz", "a.txt"])
def test_pages_come_out_of_their_responses(pack, name):
    items = read_all(pack(INFO + REQUEST + GOOD + OTHER), name)
    assert outcome(items) == [(0, URL), (1, "https://g.example/ferry")]
    assert items[0].body == TEXT
    assert items[0].source_format == "warc"
    assert count_records(io.BytesIO(pack(INFO + REQUEST + GOOD + OTHER)), name) == 2
    made = build(items[1])
    assert isinstance(made, Document)
    assert (made.canonical_url, made.published_on) == ("https://g.example/ferry", None), (
        "WARC-Date is the day of the crawl"
    )


def test_a_window_is_a_slice():
    data = GOOD + OTHER + record(response("", "404 Not Found")) + GOOD
    assert outcome(read_all(data, "a.warc", start=1, stop=3)) == outcome(read_all(data, "a.warc"))[1:3]


@pytest.mark.parametrize(
    ("block", "detail"),
    [
        (response("<html>gone</html>", "404 Not Found"), "HTTP status 404"),
        (response("", "301 Moved", Location="/x"), "HTTP status 301"),
        (response(b"\x89PNG\r\n\x1a\n", media="image/png"), "media type 'image/png'"),
        (response("User-agent: *", media="text/plain"), "media type 'text/plain'"),
    ],
)
def test_responses_without_a_page_are_told(block, detail):
    items = read_all(record(block) + GOOD, "a.warc")
    assert outcome(items) == [(0, RejectReason.NOT_A_PAGE), (1, URL)]
    assert detail in items[0].detail
    assert URL in items[0].detail


def test_a_page_whose_server_names_no_type_or_another_charset():
    latin = page("", "<p>" + PARAGRAPHS[3] + "</p>").encode("iso8859_2", "replace")
    assert outcome(read_all(record(response(page(), media="")), "a.warc")) == [(0, URL)]
    [item] = read_all(record(response(latin, media="text/html; charset=ISO-8859-2")), "a.warc")
    assert "café" in item.body


def chunked(data: bytes, size: int = 100) -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(page().encode()), {"Transfer_Encoding": "chunked"}),
        (page().encode(), {"Transfer_Encoding": "chunked"}),  # undone by the archive, and the header kept
        (gzip.compress(page().encode()), {"Content_Encoding": "gzip"}),
        (page().encode(), {"Content_Encoding": "gzip"}),
        (page().encode(), {"Content_Encoding": "br"}),
        (brotli.compress(page().encode()), {"Content_Encoding": "br"}),
        (zstandard.compress(page().encode()), {"Content_Encoding": "zstd"}),
        (zlib.compress(page().encode()), {"Content_Encoding": "deflate"}),
        (zlib.compress(page().encode())[2:-4], {"Content_Encoding": "deflate"}),
        (chunked(gzip.compress(page().encode())), {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}),
    ],
)
def test_codings_are_undone(body, headers):
    [item] = read_all(record(response(body, **headers)), "a.warc")
    assert isinstance(item, RawRecord), item
    assert (item.body, item.warnings) == (TEXT, ())


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_a_bomb_inside_a_response_is_refused(coding):
    pack = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding]
    block = response(pack(b"<html>" + b" " * 3_000_000), Content_Encoding=coding)
    items = read_all(record(block) + GOOD, "a.warc", ReadOptions(max_record_bytes=1_000_000))
    assert outcome(items) == [(0, RejectReason.TOO_LARGE_UNCOMPRESSED), (1, URL)]


def test_a_record_that_is_cut_is_told():
    cut = (GOOD + OTHER)[:-300]
    items = read_all(cut, "a.warc")
    assert outcome(items) == [(0, URL), (1, "https://g.example/ferry")]
    assert items[0].warnings == ()
    assert items[1].warnings[0].startswith("truncated_record: ")
    assert "bytes are missing" in items[1].warnings[0]
    assert count_records(io.BytesIO(cut), "a.warc") == 2


def test_other_signs_that_a_page_is_cut():
    for data in (record(response(page()), WARC_Truncated="length"), record(response(page(), Content_Length="99999"))):
        assert read_all(data, "a.warc")[0].warnings == ("truncated_record",)


@pytest.mark.parametrize("keep", [40, 150, 330, 345])
def test_a_record_cut_before_its_page_is_refused(keep):
    items = read_all(GOOD + OTHER[:keep], "a.warc")
    assert outcome(items) == [(0, URL), (1, RejectReason.TRUNCATED_RECORD)]


def test_a_cut_gzip_keeps_what_it_holds():
    data = gzip.compress(GOOD) + gzip.compress(OTHER)[:-400]
    items = read_all(data, "a.warc.gz")
    assert outcome(items)[0] == (0, URL)
    assert outcome(items)[-1][1] == RejectReason.TRUNCATED_ARCHIVE


def test_bytes_between_records_are_told_and_passed_over():
    items = read_all(GOOD + b"garbage\nmore of it\n" + OTHER, "a.warc")
    assert outcome(items) == [(0, URL), (1, RejectReason.TRUNCATED_RECORD), (2, "https://g.example/ferry")]
    assert "19 bytes" in items[1].detail


@pytest.mark.parametrize("length", ["", "-5", "many", "9" * 30, "١٢"])
def test_a_length_that_is_none_costs_that_record(length):
    damaged = GOOD.replace(
        GOOD[GOOD.index(b"Content-Length") : GOOD.index(b"\r\n\r\n")], f"Content-Length: {length}".encode()
    )
    items = read_all(damaged + OTHER, "a.warc")
    assert outcome(items)[0] == (0, RejectReason.TRUNCATED_RECORD)
    assert outcome(items)[-1][1] == "https://g.example/ferry"


def test_a_record_over_the_cap_is_refused_alone():
    big = record(response(page() + " " * 9000))
    assert outcome(read_all(big + GOOD, "a.warc", ReadOptions(max_record_bytes=8000))) == [
        (0, RejectReason.TOO_LARGE),
        (1, URL),
    ]


def test_texts_that_others_took_out_of_pages():
    wet = record(TEXT.encode(), "conversion", media="text/plain")
    [item] = read_all(INFO + wet, "a.warc.wet.gz")
    assert (item.url, item.body, item.extraction_method) == (URL, TEXT, "conversion")


def test_an_archive_without_pages():
    assert outcome(read_all(INFO + REQUEST, "a.warc")) == [(0, RejectReason.NOT_A_PAGE)]
    assert outcome(read_all(b"", "a.warc")) == [(0, RejectReason.EMPTY)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(GOOD) * 2), st.integers(0, 255))
def test_no_damage_makes_the_reader_raise(position, byte):
    data = bytearray(GOOD + OTHER)
    data[position % len(data)] = byte
    for item in read_all(bytes(data[: max(1, position)]), "a.warc"):
        assert isinstance(item, RawRecord | Reject)
