import io

import pytest

from tests.transforms.articles import ARTICLE, BODY, document, gzipped, read_all, zipped
from transforms.read import ReadOptions
from transforms.read.archives import Member, members, open_member
from transforms.records import RawRecord, Reject, RejectReason

LIMITS = ReadOptions()


def from_zip(data: bytes) -> bytes:
    stream = io.BytesIO(zipped({"a.txt": data}))
    [member] = members(stream, "a.zip", LIMITS)
    assert isinstance(member, Member)
    return open_member(stream, member, LIMITS).read()


FORMS = {
    "lf": ARTICLE.encode(),
    "crlf": ARTICLE.replace("\n", "\r\n").encode(),
    "cr": ARTICLE.replace("\n", "\r").encode(),
    "bom": ARTICLE.encode("utf-8-sig"),
    "utf16 with mark": ARTICLE.encode("utf-16"),
    "utf16 big endian": b"\xfe\xff" + ARTICLE.encode("utf-16-be"),
    "utf16 without mark": ARTICLE.encode("utf-16-le"),
    "utf32": ARTICLE.encode("utf-32"),
    "cp1252": ARTICLE.encode("cp1252"),
    "gzip": gzipped(ARTICLE.encode()),
    "zip": from_zip(ARTICLE.encode()),
}


@pytest.mark.parametrize("form", list(FORMS))
def test_one_article_in_all_its_forms_is_one_text(form):
    made = document(FORMS[form], "a.txt.gz" if form == "gzip" else "a.txt")
    assert made.text == BODY
    assert made.text_hash == document(FORMS["lf"]).text_hash
    assert made.published_on.date().isoformat() == "2023-05-04"
    assert made.published_at is None
    assert made.published_at_source == "header"


def test_packed_bytes_are_the_same_document_as_the_plain_ones():
    assert document(FORMS["gzip"], "a.txt.gz").document_id == document(FORMS["lf"]).document_id
    assert document(FORMS["crlf"]).document_id != document(FORMS["lf"]).document_id


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", RejectReason.EMPTY),
        (b"\xef\xbb\xbf", RejectReason.EMPTY),
        (b"\xff\xfe", RejectReason.EMPTY),
        (b" \r\n\t ", RejectReason.EMPTY),
        ("\u00a0\u3000\u2028".encode(), RejectReason.EMPTY),
        ("\u200b\u00ad\ufeff\u200d".encode(), RejectReason.EMPTY),
        (rb"{\rtf1\ansi\pard The crane stays.\par}", RejectReason.BINARY),
        (b"%!PS-Adobe-3.0\n/Helvetica findfont\n", RejectReason.BINARY),
        (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", RejectReason.BINARY),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><text>Crane</text></svg>', RejectReason.NO_TEXT_FIELD),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), RejectReason.BINARY),
        (bytes(range(256)) * 8, RejectReason.BINARY),
        (gzipped(ARTICLE.encode())[:-20], RejectReason.TRUNCATED_ARCHIVE),
        (b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 50, RejectReason.BAD_ARCHIVE),
        (gzipped(gzipped(b"text")), RejectReason.BAD_ARCHIVE),
        (zipped({"a.txt": b"text"}), RejectReason.BAD_ARCHIVE),
    ],
)
def test_refused_bytes_say_why(data, reason):
    [reject] = read_all(data, "a.txt")
    assert isinstance(reject, Reject)
    assert reject.reason == reason
    assert reject.detail


def test_size_caps_hold_while_reading():
    small = ReadOptions(max_record_bytes=100)
    assert [item.reason for item in read_all(b"a" * 101, "a.txt", small)] == [RejectReason.TOO_LARGE]
    assert isinstance(read_all(b"a" * 100, "a.txt", small)[0], RawRecord)
    bomb = gzipped(b"a" * 200_000)
    assert [item.reason for item in read_all(bomb, "a.txt", small)] == [RejectReason.TOO_LARGE_UNCOMPRESSED]


def test_the_header_is_a_header_only_at_the_beginning_and_in_its_form():
    assert document(b"It was signed on 2019-05-04 in Paris.").published_on is None
    assert document(b"date 5 people remember").text == "date 5 people remember"
    assert document(b"dated 2019-05-04 it was").published_on is None


def test_two_headers_leave_the_first_date_and_a_warning():
    made = document(b" date 2023-05-04  date 2022-01-01 The crane stays.")
    assert made.text == "The crane stays."
    assert made.published_on.year == 2023
    assert made.warnings == ("two_dates: 2023-05-04, 2022-01-01",)


@pytest.mark.parametrize(
    ("header", "warning"),
    [
        ("2023-13-45", "bad_date: 2023-13-45"),
        ("03/04/2023", "ambiguous_date: 03/04/2023"),
        ("2199-01-01", "future_date: 2199-01-01"),
        ("0999-01-01", "absurd_date: 0999-01-01"),
    ],
)
def test_a_date_that_cannot_be_believed_leaves_text_and_warning(header, warning):
    made = document(f" date {header} The crane stays.".encode())
    assert made.text == "The crane stays."
    assert made.published_on is None
    assert made.published_at_source is None
    assert made.warnings == (warning,)


def test_surrogates_and_stray_bytes_become_replacement_characters():
    surrogates = document(b"Bad \xed\xa0\x80 here, she said.")
    assert surrogates.text == "Bad \ufffd here, she said."
    assert surrogates.warnings == ("lone_surrogates",)
    cut = document("The crane’s café".encode()[:-1])
    assert cut.text == "The crane’s caf\ufffd"
    assert cut.encoding == "utf-8"
    assert cut.warnings == ("invalid_bytes: 1 places",)


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("\ufeff\ufeff date 2023-05-04 ", "2023-05-04"),
        ("\u200bdate 2023-05-04 ", "2023-05-04"),
        ("\u00a0date\u00a02023-05-04\u00a0", "2023-05-04"),
        (" date 2023-05-04 13:45:00 ", "2023-05-04 13:45:00"),
        (" date 2023-05-04 13:45:00+02:00 ", "2023-05-04 13:45:00+02:00"),
        (" date 2023-05-04T13:45:00Z ", "2023-05-04T13:45:00Z"),
        ("\n\n date 2023-05-04\n", "2023-05-04"),
    ],
)
def test_a_header_is_known_whatever_spaces_are_around_it(header, date):
    [record] = read_all(f"{header}The crane stays.".encode(), "a.txt")
    assert record.published_raw == date
    made = document(f"{header}The crane stays.".encode())
    assert (made.text, made.published_on.date().isoformat()) == ("The crane stays.", "2023-05-04")


@pytest.mark.parametrize(
    "text",
    ["date 5 people remember", "date None The crane stays.", "date 2023-05-04.The crane", "dates 2023-05-04 were late"],
)
def test_other_beginnings_are_no_header(text):
    assert document(text.encode()).text == text


def test_a_time_without_seconds_may_begin_the_text():
    assert document(b"date 2023-05-04 10:30 was when the ferry left.").text.startswith("10:30 was")


def test_much_space_before_a_header_costs_no_more_than_its_length():
    assert document(b" " * 100_000 + b"date 2023-05-04 The crane stays.").text == "The crane stays."
    assert document(b"\n " * 100_000 + b"data The crane stays.").text == "data The crane stays."


RUSSIAN = "Кран порта остаётся на месте, сказала председатель правления гавани. Совет голосовал во вторник."
JAPANESE = "港のクレーンはそのまま残ると、港湾委員会の委員長は述べた。委員会は火曜日に会合を開き、投票した。"
CHINESE = "港口的起重机将保留在原地，港务委员会主席说。委员会在下了一周雨后于星期二开会并投票。"
TAIWANESE = "港口的起重機將保留在原地，港務委員會主席說。委員會在下了一週雨後於星期二開會並投票。"
KOREAN = "항구의 크레인은 제자리에 남는다고 항만 위원회 의장이 말했다. 위원회는 화요일에 모여 투표했다."
GREEK = "Ο γερανός του λιμανιού μένει στη θέση του, είπε η πρόεδρος του συμβουλίου την Τρίτη."
ARABIC = "قالت رئيسة مجلس إدارة الميناء إن الرافعة ستبقى في مكانها. اجتمع المجلس يوم الثلاثاء."
HEBREW = "העגורן של הנמל נשאר במקומו, אמרה יושבת ראש מועצת הנמל. המועצה התכנסה ביום שלישי."
THAI = "เครนของท่าเรือยังคงอยู่ที่เดิม ประธานคณะกรรมการท่าเรือกล่าว คณะกรรมการประชุมเมื่อวันอังคาร"


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [
        *((RUSSIAN, encoding, "ru") for encoding in ("cp1251", "koi8-r", "iso8859-5", "cp866")),
        *((JAPANESE, encoding, "ja") for encoding in ("cp932", "euc-jp")),
        (CHINESE, "gb18030", "zh"),
        (TAIWANESE, "big5", "zh"),
        (KOREAN, "cp949", "ko"),
        (GREEK, "cp1253", "el"),
        (ARABIC, "cp1256", "ar"),
        (HEBREW, "cp1255", "he"),
        (THAI, "cp874", "th"),
    ],
)
def test_other_scripts_in_their_old_encodings(text, encoding, language):
    made = document(f" date 2023-05-04 {text}".encode(encoding))
    assert (made.text, made.language) == (text, language)
    assert made.published_on.date().isoformat() == "2023-05-04"


def test_accents_are_windows_1252_as_before():
    french = "Où êtes-vous allé, a-t-elle demandé à l’élève « déjà » élu ? Été, forêt, château, où ça."
    assert document(french.encode("cp1252")).text == french
    assert document(french.encode("cp1252")).encoding == "cp1252"
