"""Small good files of each format, for the fuzzer to begin with: invented, and as odd as real ones."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable

import pyarrow as pa
import zstandard
from pyarrow import parquet

PAGE = (
    b'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Crane</title><link rel="canonical" href="/c">'
    b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"Crane","datePublished":"2023-05-04"}</script>'
    b"</head><body><article><h1>Crane</h1><p>The crane of Port Marrow stays, said its chair Ilse Thornbury on a rainy day."
    b"</p><ul><li>one</li></ul><table><tr><td>x</td></tr></table></article></body></html>"
)
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE
SEEDS: dict[str, list[bytes]] = {
    "text": [b" date 2023-05-04 The crane stays, she said.\n\nIt rained.\n", "“Où?” – ça".encode("utf-16"), b"caf\xe9"],
    "json": [b'{"title":"A","text":"The crane.","date":"2023-05-04"}', b'[{"text":"a","n":NaN,"s":"\\ud800"}]'],
    "jsonl": [b'{"text":"a"}\n{"text":"b","authors":["A","B"]}\n\n[1]\n'],
    "csv": [
        b'title,text,date\nA,"one\ntwo",2023-05-04\nB,"x\n',
        b"sep=;\ntitle;text\nA;b\n",
        b'headline\ttext\nA\t"b\n',
    ],
    "html": [PAGE, b"<p>The crane stays.<br>", b"<html><head><meta charset=shift_jis></head><body>\x83N"],
    "warc": [
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <https://g.example/c>\r\n"
        b"Content-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(HTTP), HTTP)
    ],
    "rss": [
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>G</title><item><title>A</title><link>https://g.example/a'
        b"</link><pubDate>Thu, 04 May 2023 10:00:00 GMT</pubDate><description>The crane.</description></item></channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><content type="html">&lt;p&gt;x</content></entry></feed>',
    ],
    "nitf": [
        b"<nitf><head><docdata><date.issue norm='20230504T100000Z'/></docdata></head><body><body.head><hedline><hl1>A</hl1>"
        b"</hedline></body.head><body.content><p>The crane.</p></body.content></body></nitf>"
    ],
    "newsml": [
        b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x" version="1"><contentMeta><headline>A</headline>'
        b'</contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
        b"<body><p>The crane.</p></body></html></inlineXML></contentSet></newsItem>"
    ],
    "ninjs": [
        b'{"uri":"urn:x","type":"text","versioncreated":"2023-05-04T10:00:00Z","headline":"A","body_html":"<p>x</p>"}'
    ],
    "reuters": [
        b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS NEWID="1"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT>&#2;<TITLE>A</TITLE>'
        b"<DATELINE>  LONDON, Feb 26 - </DATELINE><BODY>The crane.\n Reuter\n&#3;</BODY></TEXT></REUTERS>"
    ],
    "lexisnexis": [
        b"                  1 of 2 DOCUMENTS\n\n\n      The Gazette\n\n   May 4, 2023 Thursday\n\nCrane\n\nLENGTH: 2 words\n\nIt stays.\n"
    ],
    "iptc7901": [b"\x01abc0001 4 ec 20\nCrane\n\x02\nPort Marrow, 4 May - The crane.\n\x03\n041000 GMT may 23\n\x04"],
}


QUOTED = (
    "“The bridge is safe,” said Ada Quill, the mayor. “It was never closed.”",
    "Quill told reporters that the crane was “as good as new.” According to the port, it stays.",
    "“We begin in May.\n\n“We end in June,” she said.",
    'Osei called it "a 14" pipe" and said: "He told me, \'No.\'"',
    "``It rained,'' the clerk wrote. „Wirklich?“ »so« «là» ‘one’ '90s",
    "QUILL: Is it safe?\n\nOSEI (by phone): Yes.\n\nQUILL: “Good.”",
    "Harbour is “safe”, says Quill — “for now” — the Gazette reported, citing the mayor's statement that it was.",
)
DICTIONARIES: dict[str, tuple[str, ...]] = {
    "quotes": (
        *(
            "“",
            "”",
            "‘",
            "’",
            "„",
            "«",
            "»",
            "‹",
            "›",
            "``",
            "''",
            ",,",
            '"',
            "'",
            "—",
            "–",
            "…",
            "\n\n",
            "\n",
            ": ",
            ", ",
        ),
        *(
            " said",
            " says",
            " told",
            " asked",
            " added",
            " called",
            " wrote",
            "according to",
            " that ",
            " to ",
            " if ",
            " who ",
        ),
        *(
            "Quill",
            "Ada Quill",
            "the mayor",
            "Reuters",
            " he ",
            " she ",
            " they ",
            " I ",
            "’s ",
            " statement",
            "QUILL: ",
        ),
        *("\u200d", "\u0301", "\u2028", "\x85", "\u00a0", "İ", "ß", "😀", "\0"),
    ),
}


def archives() -> list[bytes]:
    """A zip, a tar, and a zip inside a tar."""
    packed, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "The crane stays. " * 5)
        archive.writestr("../b.json", '{"text": "x"}')
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        for name, data in (("a.txt", b"words"), ("in.zip", packed.getvalue())):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return [packed.getvalue(), tarred.getvalue()]


def packed_files() -> list[bytes]:
    """A text in each of the packings."""
    data = SEEDS["text"][0]
    return [gzip.compress(data), bz2.compress(data), lzma.compress(data), zstandard.compress(data)]


def parquet_files() -> list[bytes]:
    """A table of two rows."""
    file = io.BytesIO()
    parquet.write_table(pa.table({"title": ["A", "B"], "text": ["The crane.", "It stays."]}), file)
    return [file.getvalue()]


def quotations() -> list[bytes]:
    """Each alone, and under two parses that have nothing to do with it."""
    parses = (b"", bytes(range(1, 100)) + b"\0", bytes(range(200, 0, -7)) + b"\0")
    return [parse + text.encode() for text in QUOTED for parse in parses]


def dictionary_of(target: str) -> str:
    """Pieces to build inputs of, as libFuzzer reads them; empty where bytes alone will do."""
    pieces = (piece.encode() for piece in DICTIONARIES.get(target, ()))
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in piece) + '"\n' for piece in pieces)


def seeds_of(target: str) -> list[bytes]:
    """Small good files to begin with."""
    made: dict[str, Callable[[], list[bytes]]] = {
        "archive": archives,
        "packed": packed_files,
        "parquet": parquet_files,
        "quotes": quotations,
    }
    return made[target]() if target in made else SEEDS.get(target, [b""])
