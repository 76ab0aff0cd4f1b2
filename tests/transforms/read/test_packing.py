"""Packed files and archives of all kinds: the same text comes out, and damage, bombs and tricks are rejects."""

import bz2
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.articles import ARTICLE, BODY, build, document, gzipped, read_all, zipped
from transforms.normalise.identity import text_hash
from transforms.read import ReadOptions, count_records, is_readable_name, read_unit
from transforms.read.archives import Member, MemberError, is_archive, members, open_member
from transforms.records import Document, RawRecord, Reject, RejectReason

OPTIONS = ReadOptions()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzipped,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
packers = pytest.mark.parametrize(("suffix", "pack"), PACKERS.items())


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def contents(data: bytes, name: str, options: ReadOptions = OPTIONS) -> dict[str, bytes | RejectReason]:
    stream = io.BytesIO(data)
    found: dict[str, bytes | RejectReason] = {}
    for member in members(stream, name, options):
        if isinstance(member, Reject):
            found[""] = member.reason
            continue
        try:
            found[member.name] = open_member(stream, member, options).read()
        except MemberError as error:
            found[member.name] = error.reason
    return found


def the_document(data: bytes, name: str) -> Document:
    stream = io.BytesIO(data)
    if is_archive(stream, name):
        [member] = members(stream, name, OPTIONS)
        assert isinstance(member, Member)
        stream, name = open_member(stream, member, OPTIONS), member.name
    [record] = read_unit(stream, name)
    assert isinstance(record, RawRecord), record
    made = build(record)
    assert isinstance(made, Document)
    return made


PAGE = "".join(f"<p>{paragraph}</p>" for paragraph in BODY.split("\n\n"))
WAYS = {
    "a.txt": ARTICLE.encode(),
    "crlf.txt": ARTICLE.replace("\n", "\r\n").encode(),
    "cr.txt": ARTICLE.replace("\n", "\r").encode(),
    "bom.txt": ARTICLE.encode("utf-8-sig"),
    "utf16.txt": ARTICLE.encode("utf-16"),
    "utf16be.txt": ARTICLE.encode("utf-16-be"),
    "utf32.txt": ARTICLE.encode("utf-32"),
    "cp1252.txt": ARTICLE.encode("cp1252"),
    **{f"a.txt{suffix}": pack(ARTICLE.encode()) for suffix, pack in PACKERS.items()},
    "cp1252.txt.zst": zstandard.compress(ARTICLE.encode("cp1252")),
    "a.zip": zipped({"a.txt": ARTICLE.encode()}),
    "a.tar": tarred({"a.txt": ARTICLE.encode()}),
    "a.tar.gz": gzipped(tarred({"a.txt": ARTICLE.encode()})),
    "a.tgz": gzipped(tarred({"a.txt": ARTICLE.encode()})),
    "a.tar.zst": zstandard.compress(tarred({"a.txt.gz": gzipped(ARTICLE.encode())})),
    "b.zip": zipped({"in.zip": zipped({"a.txt": ARTICLE.encode()})}),
    "a.html": f"<!DOCTYPE html><html><head><title>x</title></head><body><main>{PAGE}</main></body></html>".encode(),
}


@pytest.mark.parametrize("name", WAYS)
def test_one_article_has_one_text_hash_however_it_is_kept(name):
    assert the_document(WAYS[name], name).text_hash == text_hash(BODY)


@packers
def test_packed_files_are_read_whatever_they_are_called(suffix, pack):
    for name in (f"a.txt{suffix}", "a.txt", "a.gz"):
        [record] = read_all(pack(ARTICLE.encode()), name)
        assert (record.published_raw, record.body.strip()) == ("2023-05-04", BODY)
    lines = b'{"text": "one"}\n{"text": "two"}\n'
    assert [item.body for item in read_all(pack(lines), f"A.JSONL{suffix.upper()}")] == ["one", "two"]


@packers
def test_streams_one_after_another_are_one_file(suffix, pack):
    data = pack(b'{"text": "one"}\n') + pack(b'{"text": "two"}\n')
    assert [item.body for item in read_all(data, f"a.jsonl{suffix}")] == ["one", "two"]


@packers
def test_what_follows_the_data_is_passed_over(suffix, pack):
    for garbage in (b"\n", bytes(7), b"some other file", bytes(5000)):
        assert read_all(pack(ARTICLE.encode()) + garbage, f"a.txt{suffix}")[0].body.strip() == BODY


@packers
def test_data_that_end_too_early_are_told_after_what_is_there(suffix, pack):
    lines = b"".join(
        b'{"text": "%d %s"}\n' % (number, bytes([65 + number % 26]) * (number % 50)) for number in range(30_000)
    )
    cut = pack(lines)[:-50]
    items = read_all(cut, f"a.jsonl{suffix}")
    assert items[-1].reason == RejectReason.TRUNCATED_ARCHIVE
    if suffix != ".bz2":  # its blocks hold nearly a megabyte
        assert len(items) > 1000
    assert [item.reason for item in read_all(pack(ARTICLE.encode())[:-3], f"a.txt{suffix}")] == [
        RejectReason.TRUNCATED_ARCHIVE
    ]


@packers
def test_damage_is_told(suffix, pack):
    data = bytearray(pack(ARTICLE.encode() * 50))
    data[len(data) // 2] ^= 0xFF
    data[len(data) // 2 + 1] ^= 0xFF
    assert read_all(bytes(data), f"a.txt{suffix}")[0].reason in (
        RejectReason.BAD_ARCHIVE,
        RejectReason.TRUNCATED_ARCHIVE,
    )


@packers
def test_bombs_are_stopped_by_size_and_by_ratio(suffix, pack):
    bomb = pack(bytes(3_000_000))
    by_size = ReadOptions(max_record_bytes=10_000_000, max_unpacked_bytes=1_000_000)
    by_ratio = ReadOptions(max_record_bytes=500_000, max_ratio=100)
    for options in (by_size, by_ratio):
        assert [item.reason for item in read_all(bomb, f"a.txt{suffix}", options)] == [
            RejectReason.TOO_LARGE_UNCOMPRESSED
        ]
        assert count_records(io.BytesIO(bomb), f"a.jsonl{suffix}", options) == 1
    assert list(contents(pack(tarred({"a.txt": bytes(3_000_000)})), f"a.tar{suffix}", by_ratio).values())[-1] == (
        RejectReason.TOO_LARGE_UNCOMPRESSED
    )


def test_zstandard_without_a_size_and_with_a_dictionary():
    streamed = zstandard.ZstdCompressor(write_content_size=False).compress(ARTICLE.encode())
    assert read_all(streamed, "a.txt.zst")[0].body.strip() == BODY
    dictionary = zstandard.ZstdCompressionDict(b"The harbour council of Port Marrow " * 20)
    needs_it = zstandard.ZstdCompressor(dict_data=dictionary).compress(ARTICLE.encode())
    assert [item.reason for item in read_all(needs_it, "a.txt.zst")] == [RejectReason.BAD_ARCHIVE]


def test_packed_twice_is_refused():
    for suffix, pack in PACKERS.items():
        assert [item.reason for item in read_all(pack(gzipped(b"x")), f"a{suffix}")] == [RejectReason.BAD_ARCHIVE]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, *PACKERS.values()])
def test_tar_archives_of_all_kinds(form, pack):
    files = {"a.txt": b"one", "in/b.txt": b"two" * 1000, "../../up.txt": b"three", "/root.txt": b"four", "e.txt": b""}
    stream = io.BytesIO(pack(tarred(files, form)))
    assert is_archive(stream, "whatever")
    found = [member for member in members(stream, "a", OPTIONS) if isinstance(member, Member)]
    assert {member.name: open_member(stream, member, OPTIONS).read() for member in found} == files
    assert open_member(stream, found[1], OPTIONS).read() == b"two" * 1000, "back to an earlier member"
    assert contents(pack(tarred(files, form)), "a") == files


def test_links_folders_and_devices_in_a_tar_are_no_files():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, kind in [
            ("s.txt", tarfile.SYMTYPE),
            ("h.txt", tarfile.LNKTYPE),
            ("d", tarfile.DIRTYPE),
            ("c.txt", tarfile.CHRTYPE),
        ]:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("good.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"good"))
    assert contents(packed.getvalue(), "a.tar") == {"good.txt": b"good"}


def test_a_tar_that_is_cut_keeps_its_first_members():
    data = tarred({"a.txt": b"one", "b.txt": b"two" * 2000, "c.txt": b"three"})
    for cut in (data[:3000], gzipped(data)[:-30]):
        found = contents(cut, "a.tar.gz")
        assert found["a.txt"] == b"one"
        assert RejectReason.TRUNCATED_ARCHIVE in found.values() or RejectReason.BAD_ARCHIVE in found.values()


def test_a_header_of_a_tar_that_asks_for_much_memory_is_refused():
    info = tarfile.TarInfo("a.txt")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    found = contents(info.tobuf() + bytes(10_000), "a.tar")
    assert found == {"": RejectReason.BAD_ARCHIVE}


def test_names_that_are_no_unicode_are_made_safe():
    name = b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=form, errors="surrogateescape") as archive:
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"one"))
        assert contents(packed.getvalue(), "a.tar") == {"caf\\xe9.txt": b"one"}


def test_archives_inside_archives_one_level_deep():
    files = {"a.txt": b"one", "b.txt": b"two"}
    for inner_name, inner in [("in.zip", zipped(files)), ("in.tar", tarred(files)), ("in.tgz", gzipped(tarred(files)))]:
        for outer_name, outer in [("o.zip", zipped), ("o.tar", tarred)]:
            data = outer({"x/" + inner_name: inner, "c.txt": b"three"})
            wanted = {f"x/{inner_name}/a.txt": b"one", f"x/{inner_name}/b.txt": b"two", "c.txt": b"three"}
            assert contents(data, outer_name) == wanted
    deep = zipped({"in.zip": zipped({"deep.zip": zipped(files)})})
    [member] = members(io.BytesIO(deep), "o.zip", OPTIONS)
    assert isinstance(member, Member)
    assert member.name == "in.zip/deep.zip"
    content = open_member(io.BytesIO(deep), member, OPTIONS).read()
    assert [item.reason for item in read_all(content, member.name)] == [RejectReason.BAD_ARCHIVE]


def test_an_inner_archive_that_is_damaged_is_one_member_that_is_refused():
    data = zipped({"in.zip": zipped({"a.txt": b"one"})[:-20], "empty.zip": zipped({}), "c.txt": b"three"})
    found = contents(data, "o.zip")
    assert list(found) == ["in.zip", "empty.zip", "c.txt"]
    assert [item.reason for item in read_all(found["in.zip"], "in.zip")] == [RejectReason.BAD_ARCHIVE]


def test_too_many_members_are_refused():
    few = ReadOptions(max_members=50)
    files = {f"{number}.txt": b"" for number in range(60)}
    assert contents(zipped(files), "a.zip", few) == {"": RejectReason.TOO_LARGE}
    assert contents(tarred(files), "a.tar", few)[""] == RejectReason.TOO_LARGE
    assert len(contents(zipped(dict(list(files.items())[:50])), "a.zip", few)) == 50


def test_a_million_members_are_refused_before_memory_is_spent():
    entry = zipped({"a": b""})
    start, end = entry.index(b"PK\x01\x02"), entry.index(b"PK\x05\x06")
    forged = bytearray(entry[:start] + entry[start:end] * 1_000_000 + entry[end:])
    forged[-10:-6] = ((end - start) * 1_000_000).to_bytes(4, "little")
    assert contents(bytes(forged), "a.zip") == {"": RejectReason.TOO_LARGE}


def test_an_encrypted_zip_is_told_for_each_member():
    data = bytearray(zipped({"a.txt": b"one"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert contents(bytes(data), "a.zip") == {"a.txt": RejectReason.BAD_ARCHIVE}


def test_overlapping_members_are_under_the_cap_one_by_one():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kernel.txt", bytes(2_000_000))
    found = contents(packed.getvalue(), "a.zip", ReadOptions(max_record_bytes=100_000))
    assert found == {"kernel.txt": RejectReason.TOO_LARGE_UNCOMPRESSED}


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("a.tar.bz2", True),
        ("a.TGZ", True),
        ("a.csv.xz", True),
        ("a.warc.gz", True),
        ("a.html.zst", True),
        ("a.exe.xz", False),
    ],
)
def test_names_that_are_inputs(name, readable):
    assert is_readable_name(name) is readable


@settings(deadline=None)
@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255))
def test_no_damage_makes_unpacking_raise(suffix, content, position, byte):
    data = bytearray(PACKERS[suffix](content))
    data[position % len(data)] = byte
    for item in read_all(bytes(data), f"a.txt{suffix}"):
        assert isinstance(item, RawRecord | Reject)


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(0, 255), st.booleans())
def test_no_damage_makes_a_tar_raise_anything_else(position, byte, cut):
    data = bytearray(tarred({"a.txt": b"one", "b/c.txt": b"two" * 300}))
    data[position % len(data)] = byte
    for content in contents(bytes(data[: position if cut else len(data)]), "a.tar").values():
        assert isinstance(content, bytes | RejectReason)


def test_a_date_is_still_a_date_after_unpacking():
    assert document(bz2.compress(ARTICLE.encode()), "a.txt.bz2").published_on.year == 2023


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_of_a_bomb_of_short_lines_no_line_is_read(name, pack):
    line = {"a.csv": b"a,b\n", "a.jsonl": b'{"text":"b"}\n'}[name]
    data = pack(b"title,text\n" + line * (12 * 1024 * 1024 // len(line)))
    [reject] = read_unit(io.BytesIO(data), f"{name}.packed")
    assert reject.reason == RejectReason.TOO_LARGE_UNCOMPRESSED
