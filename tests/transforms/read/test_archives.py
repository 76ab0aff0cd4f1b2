import io
import zipfile

import pytest

from tests.transforms.articles import zipped
from transforms.read import ReadOptions, is_readable_name
from transforms.read.archives import Member, MemberError, is_archive, members, open_member
from transforms.records import Reject, RejectReason

LIMITS = ReadOptions()


def listed(data: bytes) -> list[Member | Reject]:
    return list(members(io.BytesIO(data), "a.zip", LIMITS))


def test_members_keep_their_names_and_are_never_written():
    data = zipped({"good.txt": b"one", "../../up.txt": b"two", "/root.txt": b"three", "folder/": b""})
    stream = io.BytesIO(data)
    found = list(members(stream, "a.zip", LIMITS))
    assert [(member.name, member.size) for member in found] == [("good.txt", 3), ("../../up.txt", 3), ("/root.txt", 5)]
    assert [open_member(stream, member, LIMITS).read() for member in found] == [b"one", b"two", b"three"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_told_apart():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "first")
        archive.writestr("a.txt", "second")
    found = list(members(packed, "a.zip", LIMITS))
    assert [member.name for member in found] == ["a.txt", "a.txt#2"]
    assert open_member(packed, found[1], LIMITS).read() == b"second"


def test_a_member_without_a_name_is_read():
    data = zipped({"a.txt": b"words"})
    at = data.index(b"PK\x01\x02") + 46
    nameless = data[:at] + b"\x00" + data[at + 1 :]
    [member] = listed(nameless)
    assert isinstance(member, Member)
    assert member.name == "unnamed"
    assert open_member(io.BytesIO(nameless), member, LIMITS).read() == b"words"


def test_utf8_names_without_their_flag_are_repaired():
    data = zipped({"é.txt": b"words"})
    flagless = data.replace((0x800).to_bytes(2, "little") + b"\x08\x00", b"\x00\x00\x08\x00")
    assert flagless != data
    assert [member.name for member in listed(flagless)] == ["é.txt"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_all_methods_of_packing(method):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.txt", "words " * 100)
    [member] = members(packed, "a.zip", LIMITS)
    assert open_member(packed, member, LIMITS).read() == b"words " * 100


def test_what_is_no_archive_is_one_reject():
    good = zipped({"a.txt": b"words" * 100})
    assert [item.reason for item in listed(b"")] == [RejectReason.EMPTY]
    assert [item.reason for item in listed(b"plain words")] == [RejectReason.BAD_ARCHIVE]
    assert [item.reason for item in listed(good[:-30])] == [RejectReason.BAD_ARCHIVE]


def reason_of(data: bytes, limits: ReadOptions = LIMITS) -> RejectReason:
    stream = io.BytesIO(data)
    [member] = members(stream, "a.zip", limits)
    assert isinstance(member, Member)
    with pytest.raises(MemberError) as raised:
        open_member(stream, member, limits)
    return raised.value.reason


def test_a_damaged_member_is_a_reject_of_its_own():
    data = bytearray(zipped({"a.txt": b"some words to pack " * 50}))
    data[45] ^= 0xFF
    assert reason_of(bytes(data)) == RejectReason.BAD_ARCHIVE


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_is_not_packed_as_it_declares_is_a_reject(method):
    data = bytearray(zipped({"a.txt": b"some words to pack " * 50}))
    data[36:45] = b"\xff" * 9
    data[data.index(b"PK\x01\x02") + 10] = method
    assert reason_of(bytes(data)) == RejectReason.BAD_ARCHIVE


def test_a_failing_disk_is_no_damaged_member():
    class Failing(io.BytesIO):
        fails = False

        def read(self, size=-1, /):
            if self.fails:
                raise OSError(5, "Input/output error")
            return super().read(size)

    stream = Failing(zipped({"a.txt": b"words"}))
    [member] = members(stream, "a.zip", LIMITS)
    stream.fails = True
    with pytest.raises(OSError, match="Input/output"):
        open_member(stream, member, LIMITS)


def test_an_encrypted_member_is_a_reject_of_its_own():
    data = bytearray(zipped({"a.txt": b"words"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert reason_of(bytes(data)) == RejectReason.BAD_ARCHIVE


def test_a_bomb_is_stopped_whatever_size_it_declares():
    bomb = zipped({"a.txt": bytes(300_000)})
    assert reason_of(bomb, ReadOptions(max_held_bytes=200_000)) == RejectReason.TOO_LARGE_UNCOMPRESSED
    assert reason_of(bomb, ReadOptions(max_record_bytes=1000, max_ratio=100)) == RejectReason.TOO_LARGE_UNCOMPRESSED


def test_first_bytes_or_name_tell_an_archive():
    data = zipped({"a.txt": b"words"})
    stream = io.BytesIO(data)
    assert is_archive(stream, "a.txt")
    assert stream.tell() == 0
    assert is_archive(io.BytesIO(b"words"), "A.ZIP")
    assert not is_archive(io.BytesIO(b"words"), "a.txt")


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("a.txt", True),
        ("UPPER.TXT", True),
        ("folder/a.jsonl.gz", True),
        ("dump.gz", True),
        ("a.xyz", False),
        ("a.xyz.gz", False),
        (".hidden.txt", False),
        ("a.txt~", False),
        ("__MACOSX/folder/a.txt", False),
        ("txt", False),
        ("", False),
    ],
)
def test_names_that_are_inputs(name, readable):
    assert is_readable_name(name) is readable
