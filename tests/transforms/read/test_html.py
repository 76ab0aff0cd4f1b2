import io
import json

import pytest

from tests.transforms.articles import build, document, read_all
from transforms.read import ReadOptions
from transforms.read.html import MIN_LETTERS, page_record
from transforms.read.html_charset import decode_page
from transforms.read.html_text import fragment_text, parse_page
from transforms.records import Document, RawRecord, Reject, RejectReason

PARAGRAPHS = [
    "The harbour council of Port Marrow voted “by a hair’s breadth” to keep the crane, its chair Ilse Thornbury said.",
    "The crane has stood at the quay since 1911, and the council had meant to sell it for scrap before winter.",
    "“We looked at the books and then out of the window,” Thornbury told a crowded room. “The window won.”",
    "Its café, a local favourite that closed last spring, will reopen under new tenants as soon as the roof is mended.",
]
LD = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "Organization", "name": "Gazette House"},
        {
            "@type": "NewsArticle",
            "headline": "Crane stays",
            "datePublished": "2023-05-04T10:30:00+02:00",
            "dateModified": "2023-05-05T08:00:00Z",
            "author": [{"@type": "Person", "name": "Odo Vance"}, {"@type": "Person", "name": "Petra Lund"}],
            "publisher": {"@type": "Organization", "name": "Marrow Gazette"},
            "articleSection": "Harbour",
            "inLanguage": "en-GB",
        },
    ],
}


def page(head: str = "", body: str | None = None, lang: str = "en") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS) if body is None else body
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Crane stays | Marrow Gazette</title>{head}</head><body>'
        f"<nav><ul><li><a href='/a'>Home</a></li><li><a href='/b'>Sport</a></li></ul></nav>"
        f"<article><h1>Crane stays</h1>{text}</article><footer>All rights reserved</footer></body></html>"
    )


def ld_script(value: object = LD) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def read_page(markup: str, url: str | None = None) -> RawRecord:
    record = page_record(markup.encode(), number=0, url=url)
    assert isinstance(record, RawRecord), record
    return record


def refused(markup: str) -> RejectReason:
    record = page_record(markup.encode(), number=0)
    assert isinstance(record, Reject), record.body
    return record.reason


def test_a_page_gives_its_article_and_what_it_says_about_it():
    made = document(page(ld_script()).encode(), "a.html")
    assert made.text == "\n\n".join(PARAGRAPHS)
    assert (made.title, made.publisher, made.section) == ("Crane stays", "Marrow Gazette", "Harbour")
    assert made.authors == ("Odo Vance", "Petra Lund")
    assert made.published_at.isoformat() == "2023-05-04T08:30:00+00:00"
    assert made.published_at_source == "json-ld datePublished"
    assert made.modified_at.isoformat() == "2023-05-05T08:00:00+00:00"
    assert (made.source_format, made.extraction_method, made.encoding) == ("html", "trafilatura", "utf-8")


@pytest.mark.parametrize(
    ("head", "date", "source"),
    [
        (
            '<meta property="article:published_time" content="2023-05-04T10:30:00Z">',
            "2023-05-04",
            "meta article:published_time",
        ),
        ('<meta name="DC.date.issued" content="2023-05-04">', "2023-05-04", "meta dc.date.issued"),
        (ld_script() + '<meta name="date" content="2020-01-01">', "2023-05-04", "json-ld datePublished"),
        (
            ld_script({"@type": "NewsArticle", "headline": "x", "datePublished": "Thu May 4 10:00 Marrow time"})
            + '<meta name="date" content="2023-05-04">',
            "2023-05-04",
            "meta date",
        ),
        ('<meta name="lastmod" content="2023-05-04">', None, None),
    ],
)
def test_dates_in_their_order(head, date, source):
    made = document(page(head).encode(), "a.html")
    assert (made.published_on.date().isoformat() if made.published_on else None) == date
    assert made.published_at_source == source


def test_a_date_in_the_text_is_not_taken_and_one_in_the_address_is():
    body = "".join(f"<p>{paragraph} It was signed on 4 May 2019.</p>" for paragraph in PARAGRAPHS)
    assert read_page(page(body=body)).published_raw is None
    dated = read_page(page(body=body), "https://gazette.example/2023/05/04/crane.html")
    assert (dated.published_raw, dated.published_raw_source) == ("2023-05-04", "htmldate")


def test_a_date_that_cannot_be_read_leaves_a_warning():
    made = document(page('<meta name="date" content="soon">').encode(), "a.html")
    assert (made.published_on, made.warnings) == (None, ("bad_date: soon",))


def test_the_canonical_address_counts_unless_it_is_a_front_page_or_another_site():
    own = "https://www.gazette.example/crane?ref=home"

    def identity(canonical: str) -> str | None:
        made = build(read_page(page(f'<link rel="canonical" href="{canonical}">'), own))
        assert isinstance(made, Document)
        return made.canonical_url

    assert identity("https://www.gazette.example/crane") == "https://www.gazette.example/crane"
    assert identity("/crane") == "https://www.gazette.example/crane"
    assert identity("https://www.gazette.example/") == own
    assert identity("https://syndicate.example/crane") == own


def test_of_several_described_articles_the_pages_own_counts():
    other = {
        "@type": "NewsArticle",
        "headline": "Other",
        "datePublished": "2001-01-01",
        "url": "https://g.example/other",
    }
    mine = {
        "@type": "Report",
        "headline": "Mine",
        "datePublished": "2023-05-04",
        "mainEntityOfPage": {"@id": "https://g.example/x"},
    }
    record = read_page(page(ld_script([other, mine])), "https://g.example/x")
    assert (record.title, record.published_raw) == ("Mine", "2023-05-04")


def test_broken_json_ld_is_passed_over():
    record = read_page(page('<script type="application/ld+json">{"@type": "NewsArticle", </script>'))
    assert record.title == "Crane stays"


def test_what_belongs_to_the_page_goes():
    body = (
        "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:2])
        + "<figure><img src='a.jpg'><figcaption>The crane at dusk, seen from the ferry.</figcaption></figure>"
        + "<p>Photo: Petra Lund</p><p>Read more</p><p>Advertisement</p>"
        + "<ul><li><a href='/1'>Ferry runs late for the third week in a row</a></li>"
        + "<li><a href='/2'>Mayor opens the new market hall on Saturday</a></li></ul>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[2:])
        + f"<p>{PARAGRAPHS[1]}</p>"
    )
    assert read_page(page(body=body)).body == "\n\n".join(PARAGRAPHS)


def test_a_page_that_scrolls_on_gives_its_first_article():
    more = "".join(f"<p>{paragraph.replace('crane', 'ferry')}</p>" for paragraph in PARAGRAPHS)
    markup = page().replace("<footer>", f"<article><h1>Ferry sold</h1>{more}</article><footer>")
    assert "ferry" not in read_page(markup).body


def test_a_standfirst_that_readers_see_belongs_to_the_text():
    lead = "One vote saved the last steam crane of the northern harbours from the scrapyard."
    head = f'<meta name="description" content="{lead}">'
    shown = page(head).replace("<h1>Crane stays</h1>", f"<h1>Crane stays</h1><h2>{lead}</h2>")
    assert read_page(shown).body.startswith(lead)
    assert lead not in read_page(page(head)).body


def test_an_article_that_only_scripts_show_is_taken_from_its_json_ld():
    described = {"@type": "NewsArticle", "headline": "Crane stays", "articleBody": "\n\n".join(PARAGRAPHS)}
    markup = f"<html><head>{ld_script(described)}</head><body><div id='app'></div></body></html>"
    assert read_page(markup).body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<html><body><script>document.write('x')</script></body></html>", RejectReason.NO_MAIN_TEXT),
        ("<html><head><title>Crane stays</title></head></html>", RejectReason.NO_MAIN_TEXT),
        ("<!DOCTYPE html><html>", RejectReason.NO_MAIN_TEXT),
        ("<html><body><div>Subscribe to continue reading</div></body></html>", RejectReason.TOO_SHORT),
        (page(body=f"<p>{PARAGRAPHS[0]}</p><p>Already a subscriber? Log in.</p>"), RejectReason.TOO_SHORT),
        (
            page(ld_script({"@type": "NewsArticle", "isAccessibleForFree": "False"}), f"<p>{PARAGRAPHS[0]}</p>"),
            RejectReason.TOO_SHORT,
        ),
        ("", RejectReason.EMPTY),
        ("\ufeff \n", RejectReason.EMPTY),
    ],
)
def test_pages_without_an_article_are_refused(markup, reason):
    assert refused(markup) == reason


def test_a_short_report_is_an_article():
    assert len(PARAGRAPHS[0]) > MIN_LETTERS
    assert read_page(page(body=f"<p>{PARAGRAPHS[0]}</p>")).body == PARAGRAPHS[0]


@pytest.mark.parametrize("name", ["a.txt", "a.html", "A.HTM", "a.json", "a", "a.csv"])
def test_a_page_is_a_page_whatever_it_is_called(name):
    [record] = read_all(page().encode(), name)
    assert (record.source_format, record.body) == ("html", "\n\n".join(PARAGRAPHS))
    [with_comment] = read_all(b"\n<!-- saved -->\n" + page().encode(), name)
    assert with_comment.source_format == "html"


@pytest.mark.parametrize(
    ("data", "source_format"),
    [
        (b" date 2023-05-04 The crane stays.", "text"),
        (b'{"title": "Crane", "text": "The crane stays."}', "json"),
        (b"title,text\nCrane,The crane stays.\n", "csv"),
    ],
)
def test_a_file_called_html_that_holds_something_else_is_read_as_that(data, source_format):
    [record] = read_all(data, "a.html")
    assert (record.source_format, record.body.strip()) == (source_format, "The crane stays.")


@pytest.mark.parametrize(
    ("encoding", "declared", "header", "expected"),
    [
        ("utf-8", "utf-8", None, "utf-8"),
        ("utf-8", "iso-8859-1", None, "utf-8"),  # a common lie
        ("utf-8", "utf-8", "windows-1252", "utf-8"),
        ("cp1252", "utf-8", None, "cp1252"),  # the other one
        ("cp1252", "", None, "cp1252"),
        ("cp1252", "ISO-8859-1", None, "cp1252"),
        ("utf-16", "utf-8", None, "utf-16-le"),
        ("utf-8-sig", "", None, "utf-8"),
    ],
)
def test_what_the_bytes_are_beats_what_is_declared(encoding, declared, header, expected):
    meta = f'<meta charset="{declared}">' if declared else ""
    decoded = decode_page(page(meta).encode(encoding), header)
    assert (decoded.encoding, "“by a hair’s breadth”" in decoded.text) == (expected, True)


@pytest.mark.parametrize(
    ("encoding", "label", "text"),
    [
        ("cp1251", "windows-1251", "Глава совета сообщила, что кран останется."),
        ("koi8_r", "KOI8-R", "Глава совета сообщила, что кран останется."),
        ("cp932", "Shift_JIS", "港の議会は古いクレーンを残すと決めた。"),
        ("euc_jp", "euc-jp", "港の議会は古いクレーンを残すと決めた。"),
        ("iso2022_jp", "iso-2022-jp", "港の議会は古いクレーンを残すと決めた。"),
        ("gb18030", "gb2312", "议会决定保留旧起重机。"),
        ("big5hkscs", "big5", "議會決定保留舊起重機。"),
        ("cp949", "euc-kr", "의회는 낡은 크레인을 남기기로 했다."),
        ("iso8859_2", "iso-8859-2", "Žeriav v prístave zostane, povedala predsedníčka."),
    ],
)
def test_a_declared_encoding_is_used_where_it_fits(encoding, label, text):
    for markup, header in [(page(f'<meta charset="{label}">', text), None), (page("", text), label)]:
        assert text in decode_page(markup.encode(encoding), header).text


def test_hostile_labels_are_not_used():
    for label in ("base64", "utf-7", "unicode_escape", "idna", "undefined", "x" * 40):
        assert "café" in decode_page(page(f'<meta charset="{label}">').encode("cp1252")).text


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 20_000 + PARAGRAPHS[0],
        "<html><body>" + "<p>" * 5_000,
        "<html><body>" + "<b><i>" * 50_000 + PARAGRAPHS[0],
        "<html>" + "&" * 100_000,
        "<!DOCTYPE html>" + "<!--" * 10_000,
        "<html><body>" + "<a href='x'>y</a>" * 5_000,
        "<html><head>" + ld_script([[[[[]]]]] * 10_000) + "</head></html>",
        '<html><head><script type="application/ld+json">' + "[" * 100_000 + "</script></head></html>",
        "<html><body><table>" + "<tr><td>" * 2_000,
        "<html\x00><body><p>" + PARAGRAPHS[0] + "\x00</p>",
    ],
)
def test_hostile_markup_neither_crashes_nor_hangs(markup):
    [item] = read_all(markup.encode(), "a.html")
    assert isinstance(item, RawRecord | Reject)


def test_an_overlong_page_is_refused():
    [reject] = read_all(page().encode() + b" " * 5000, "a.html", ReadOptions(max_record_bytes=3000))
    assert reject.reason == RejectReason.TOO_LARGE


def test_a_page_of_too_many_elements_is_refused_quickly():
    for markup in ("<b>" * 3_000_000, "<html><body>" + "<p>" * 100_000):
        assert refused(markup) == RejectReason.TOO_LARGE


def test_fragments_of_feeds_become_paragraphs():
    assert fragment_text("<p>One &amp; two.</p><p>Three<br>four.</p><script>x</script>") == "One & two.\n\nThree\nfour."
    assert fragment_text("no markup at all") == "no markup at all"
    assert fragment_text("") == ""
    assert parse_page("") is None


def test_the_stream_of_a_page_is_left_open():
    stream = io.BytesIO(page().encode())
    from transforms.read import read_unit

    assert len(list(read_unit(stream, "a.html"))) == 1
    assert not stream.closed
