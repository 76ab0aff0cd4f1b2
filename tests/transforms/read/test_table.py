import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.articles import document, read_all
from transforms.read import ReadOptions, count_records
from transforms.read.options import FieldMapError, parse_fields
from transforms.records import RawRecord, RejectReason

BODY = "The crane stays, the chair said.\n\n“We looked, out of the window,” she added; nobody laughed."


def table(rows: list[list[str]], **dialect: str) -> bytes:
    file = io.StringIO()
    csv.writer(file, **dialect).writerows(rows)
    return file.getvalue().encode()


def outcome(items):
    return [(item.source_record, item.title if isinstance(item, RawRecord) else item.reason) for item in items]


HEAD = ["title", "url", "date_publish", "text"]
ROWS = [HEAD, ["A", "https://g.example/a", "2023-05-04", BODY], ["B", "", "", "The ferry, too, stays."]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a"])
def test_delimiters_are_found_and_content_beats_extension(delimiter, name):
    items = read_all(table(ROWS, delimiter=delimiter), name)
    assert [item.source_format for item in items] == ["csv", "csv"]
    assert [item.body.replace("\r\n", "\n") for item in items] == [BODY, "The ferry, too, stays."]
    assert (items[0].url, items[0].published_raw) == ("https://g.example/a", "2023-05-04")
    assert count_records(io.BytesIO(table(ROWS, delimiter=delimiter)), name) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding):
    [first, _] = read_all(table(ROWS).decode().encode(encoding), "a.csv")
    assert (first.title, first.body) == ("A", BODY)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    data = table(ROWS, lineterminator="\n").decode().replace("\n", end).encode()
    assert [item.body.replace("\r", "") for item in read_all(data, "a.csv")] == [BODY, "The ferry, too, stays."]


def test_prose_with_commas_is_no_table():
    [record] = read_all(b"Text, context, and the law: a review, by title.\nIt rained.", "a.txt")
    assert record.source_format == "text"


def test_a_mapping_names_the_columns():
    rows = [["Überschrift", "when", "prose"], ["A", "2023-05-04", BODY]]
    options = ReadOptions(fields=parse_fields("title=Überschrift, date=when\ntext = 'prose'  # the article"))
    [record] = read_all(table(rows), "a.csv", options)
    assert (record.title, record.published_raw, record.body) == ("A", "2023-05-04", BODY)
    assert outcome(read_all(table(rows), "a.csv")) == [(0, RejectReason.NO_TEXT_FIELD)]


def test_a_mapping_goes_before_the_known_names_and_serves_json_too():
    options = ReadOptions(fields=parse_fields("text=lead"))
    for data, name in [
        (b'{"text": "long", "lead": "short"}', "a.json"),
        (b'{"text": "long", "lead": "short"}\n{"text": "only"}\n', "a.jsonl"),
        (b"text,lead\nlong,short\n", "a.csv"),
        (b'{"articles": [{"lead": "short"}]}', "a.json"),
    ]:
        assert read_all(data, name, options)[0].body == "short"


@pytest.mark.parametrize("text", ["title", "=x", "title=", "colour=red", "title=a,b"])
def test_a_mapping_that_says_nothing_is_refused(text):
    with pytest.raises(FieldMapError, match=r"Fields that can be mapped: .*body.*title"):
        parse_fields(text)


def test_rows_that_do_not_fit_are_refused_alone():
    data = b"title,text\nA,one\nB,two, three\nC\n\nD,four,\nE,five\n"
    assert outcome(read_all(data, "a.csv")) == [
        (0, "A"),
        (1, RejectReason.BAD_TABLE),
        (2, RejectReason.EMPTY_BODY),
        (3, "D"),
        (4, "E"),
    ]
    assert "line 3" in read_all(data, "a.csv")[1].detail


def test_a_quote_that_never_closes_costs_one_row():
    data = b'title,text\nA,one\nB,"two\nC,three\nD,four\n'
    items = read_all(data, "a.csv")
    assert outcome(items) == [(0, "A"), (1, "B"), (2, "C"), (3, "D")]
    assert items[1].body == '"two', "once its quote is only a character, the line is a row"
    broken = b'title,text\nA,one\nB,"two, and more\nC,three\n'
    assert outcome(read_all(broken, "a.csv")) == [(0, "A"), (1, RejectReason.BAD_TABLE), (2, "C")]


def test_many_quotes_that_never_close_end_the_reading():
    rows = b"".join(b'T%d,"%s\n' % (number, b'a"b' * number) for number in range(200))
    items = read_all(b"title,text\n" + rows, "a.csv")
    assert items
    assert all(item.source_record == number for number, item in enumerate(items))


def test_tabs_without_quoting_keep_their_rows():
    data = b'title\ttext\nA\t"We stay" was all she said\nB\t"I am off,\nC\tno, you are not" he said\n'
    assert outcome(read_all(data, "a.tsv")) == [(0, "A"), (1, "B"), (2, "C")]


def test_a_row_over_the_cap_is_refused_alone():
    options = ReadOptions(max_record_bytes=1000)
    rows = [
        HEAD,
        ["A", "", "", "x" * 3000],
        ["B", "", "", "short"],
        ["C", "", "", "line\n" * 900],
        ["D", "", "", "short"],
    ]
    items = read_all(table(rows, lineterminator="\n"), "a.csv", options)
    assert outcome(items)[0][1] in (RejectReason.TOO_LARGE, RejectReason.BAD_TABLE)
    assert [title for _, title in outcome(items)].count("B") == 1
    assert outcome(items)[-1][1] == "D"


def test_lines_that_are_no_text_are_refused_one_by_one():
    lines = b"\n".join(b"A,one" if number % 2 else b"\x80\x81\x01\x02\x05\x06\x07\x08" * 5 for number in range(4000))
    items = read_all(b"title,text\n" + lines, "a.csv")
    reasons = {item.reason for item in items if not isinstance(item, RawRecord)}
    assert reasons == {RejectReason.BINARY}
    assert sum(isinstance(item, RawRecord) for item in items) == 2000


def test_nothing_but_a_header_or_nothing_at_all():
    assert outcome(read_all(b"title,text\n", "a.csv")) == [(0, RejectReason.EMPTY)]
    assert outcome(read_all(b"", "a.csv")) == [(0, RejectReason.EMPTY)]
    assert outcome(read_all(b"\n\n", "a.csv")) == [(0, RejectReason.EMPTY)]


def test_nul_bytes_and_excels_first_line():
    [record] = read_all(b"sep=;\ntitle;text\nA;one\x00 two\n", "a.csv")
    assert (record.title, record.body) == ("A", "one\x00 two")
    assert document(b"title,text\nA,one\x00 two\n", "a.csv").text == "one two"


def test_a_carriage_return_within_a_line_is_a_line_end_of_its_text():
    data = b'title,text\nA,one\rtwo\nB,"three\rfour"\n'
    assert [document(part, "a.csv").text for part in (data[:20], data[:11] + data[21:])] == ["one\ntwo", "three\nfour"]
    assert read_all(b"title\rx,text\nA,one\n", "a.csv")[0].body == "one", "in the header too (found by fuzzing)"


def test_a_row_is_identified_by_its_content():
    quoted = read_all(b'title,text\n"A","one"\n', "a.csv")[0]
    plain = read_all(b"text,title\none,A\n", "a.csv")[0]
    assert quoted.raw == plain.raw


def test_fakenewscorpus_fields():
    rows = [
        ["", "id", "domain", "type", "url", "content", "scraped_at", "title", "authors"],
        [
            "0",
            "12",
            "g.example",
            "reliable",
            "http://g.example/a",
            BODY,
            "2018-01-25 16:17:44",
            "A",
            "Odo Vance, Petra Lund",
        ],
    ]
    made = document(table(rows), "a.csv")
    assert (made.title, made.publisher, made.authors) == ("A", "g.example", ("Odo Vance", "Petra Lund"))
    assert made.published_on is None, "the day of scraping is not that of publication"


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(exclude_characters="\r\x00\ufeff", exclude_categories=["Cs"]), min_size=1, max_size=20
            ),
            st.text(st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"]), min_size=1, max_size=60),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_a_writer_wrote_comes_back(rows):
    data = table([["title", "text"], *map(list, rows)], lineterminator="\n", quoting=csv.QUOTE_ALL)
    items = read_all(data, "a.csv")
    wanted = [(title, body) for title, body in rows if title.strip() or body.strip()]
    assert len(items) == max(1, len(wanted))
    for item, (_, body) in zip(items, wanted, strict=False):
        if isinstance(item, RawRecord):
            assert item.body.strip() == body.strip() or item.published_raw
