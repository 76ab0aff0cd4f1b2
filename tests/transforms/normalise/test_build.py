from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.articles import ARTICLE, build, document, read_all
from transforms.normalise import NormaliseOptions, build_article
from transforms.normalise.build import UnknownZoneError
from transforms.normalise.identity import canonical_url, hash_parts, host_of
from transforms.normalise.warnings import DocumentWarning
from transforms.records import MarkedKind, RawRecord, Reject, RejectReason

DOCS = Path(__file__).parents[3] / "docs" / "rejects.md"


def marked(text: str) -> list[tuple[MarkedKind, str]]:
    made = document(text.encode())
    return [(span.kind, made.text[span.start : span.end]) for span in made.marked_spans]


def test_a_document_is_complete():
    made = document(ARTICLE.encode())
    assert made.char_count == len(made.text)
    assert made.word_count == len(made.text.split())
    assert made.language == "en"
    assert 0.5 < made.language_score <= 1
    assert (made.entity_count, made.quote_count, made.model) == (0, 0, None)
    assert len(made.document_id) == len(made.text_hash) == len(made.record_hash) == 32


def test_boilerplate_is_learned_from_what_the_document_will_have():
    (record,) = read_all(ARTICLE.encode(), "a.txt")
    assert isinstance(record, RawRecord)
    made = document(ARTICLE.encode())
    assert build_article(record) == (made.publisher, made.text_hash, made.text)


def test_a_header_without_text_is_refused_with_its_date():
    [record] = read_all(b" date 2023-05-04 \n", "a.txt")
    made = build(record)
    assert isinstance(made, Reject)
    assert made.reason == RejectReason.EMPTY_BODY
    assert "2023-05-04" in made.detail


def test_no_letters_no_language():
    made = document(b"12 34 56")
    assert (made.language, made.language_score) == (None, 0.0)


def test_other_languages_are_told():
    german = " date 2023-05-04 „Wir behalten den Kran“, sagte die Vorsitzende am Montag. Die Gegner sind enttäuscht."
    assert document(german.encode()).language == "de"


def test_the_options_reach_the_dates():
    raw = b" date 03/04/2023 The crane stays."
    assert document(raw, options=NormaliseOptions(day_first=True)).published_on.month == 4
    with pytest.raises(UnknownZoneError, match="IANA"):
        NormaliseOptions(default_zone="Marrow/Harbour")


def test_agency_style_is_marked():
    text = (
        "By Ilse Thornbury and Odo Vance\n\nPORT MARROW, N.J., May 4 (Reuters) - The crane stays, the chair said.\n\n"
        "It will reopen. (Reporting by Odo Vance in Port Marrow; Editing by Ilse Thornbury)"
    )
    assert marked(text) == [
        (MarkedKind.BYLINE, "By Ilse Thornbury and Odo Vance"),
        (MarkedKind.DATELINE, "PORT MARROW, N.J., May 4 (Reuters) -"),
        (MarkedKind.WIRE_CREDIT, "(Reporting by Odo Vance in Port Marrow; Editing by Ilse Thornbury)"),
    ]
    assert document(text.encode()).dateline_place == "PORT MARROW, N.J."


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("MARROW (AP) — The crane stays.", "MARROW"),
        ("New Marrow (AFP) - The crane stays.", "New Marrow"),
        ("Crane stays after all\n\nMARROW, Ohio (AP) -- The crane stays.", "MARROW, Ohio"),
        ("(Reuters) - The crane stays.", None),
        ("May 4 (Reuters) - The crane stays.", None),
        ("PORT MARROW, May 4 (Harbour Wire) - The crane stays.", "PORT MARROW"),
        ("MARROW, England - The crane stays.", "MARROW, England"),
        ("MARROW — The crane stays.", "MARROW"),
    ],
)
def test_datelines(text, place):
    assert document(text.encode()).dateline_place == place
    assert [kind for kind, _ in marked(text)] == [MarkedKind.DATELINE]


@pytest.mark.parametrize(
    "text",
    [
        "WATCH — The crane stays.",
        "FACT CHECK — The crane stays.",
        "MARROW - The crane stays.",
        "NATO (the alliance) - it said - stays.",
        "The agency (Reuters) - it said - was wrong.",
        "By Christmas Eve\n\nThe crane stays.",
        "By the time it fell, Odo Vance had left.",
        "By Monday Odo Vance\n\nThe crane stays.",
        "The bank, she said (reporting by mail is allowed), stays.",
    ],
)
def test_prose_is_not_marked(text):
    assert marked(text) == []


@settings(deadline=None)  # the first text loads the language model
@given(st.text(alphabet="AB ab.,()-—'\nReutersByEditing;0", max_size=200))
def test_marks_are_ordered_and_inside(text):
    made = build_any(text)
    if made is not None:
        ends = [0]
        for span in made.marked_spans:
            assert ends[-1] <= span.start < span.end <= len(made.text)
            ends.append(span.end)


def build_any(text):
    records = [item for item in read_all(text.encode(), "a.txt") if not isinstance(item, Reject)]
    built = build(records[0]) if records else None
    return None if isinstance(built, Reject) else built


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://WWW.X.example:443/A?b=1&utm_source=z&fbclid=9#top", "https://www.x.example/A?b=1"),
        ("http://x.example:8080", "http://x.example:8080/"),
        ("http://x.example/a?id=1&id=2", "http://x.example/a?id=1&id=2"),
        ("ftp://x.example/a", None),
        ("http://[broken", None),
        ("http://x.example:port/", None),
        ("just words", None),
        (None, None),
    ],
)
def test_canonical_url(url, expected):
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


def test_host():
    assert host_of("https://www.x.example/a") == "x.example"
    assert host_of("words") is None


def test_hashes_of_parts_are_prefix_free():
    parts = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["abc", None], ["2:ab", "c"]]
    assert len({hash_parts(part) for part in parts}) == len(parts)


def test_the_docs_name_every_reason_and_warning_and_no_other():
    reasons, _, warnings = DOCS.read_text(encoding="utf-8").partition("## Warnings")
    assert named(reasons) == sorted(RejectReason)
    assert named(warnings) == sorted(DocumentWarning)


def named(section: str) -> list[str]:
    return sorted(line.split("`")[1] for line in section.splitlines() if line.startswith("| `"))
