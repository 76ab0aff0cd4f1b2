"""Archives: members are listed and read in memory; their names are only names.

An archive inside an archive is opened too, one level deep: its members are called ``inner.zip/name``. What is packed
deeper is one member, which its reader then refuses.
"""

import io
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from transforms.normalise.rules import load_rules
from transforms.read.containers import Container, Entry, MemberError
from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.read.packing import PACKINGS, Unpacked, packing_of
from transforms.read.streams import is_tar, peek
from transforms.read.tar_archive import TarContainer
from transforms.read.zip_archive import ZipContainer
from transforms.records import Reject, RejectReason

__all__ = ["ARCHIVE_SUFFIXES", "Member", "MemberError", "is_archive", "members", "open_member"]

ARCHIVE_SUFFIXES = (
    *(".zip", ".tar", ".tgz", ".tbz2", ".tbz", ".txz", ".tzst"),
    *(f".tar{packing.suffix}" for packing in PACKINGS),
)
_TAR_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside an archive.

    Attributes:
        name: in valid Unicode, and one of its kind in the archive.
        key: its position in the archive; for a member of an archive inside, that one's position and then its own.
        size: as declared, in bytes.
    """

    name: str
    key: tuple[int, ...]
    size: int


class _Opened:
    """An open archive with the one of its inner archives that was used last."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self._inner: tuple[int, Container] | None = None

    def inner(self, position: int, name: str, options: ReadOptions) -> Container | None:
        """The archive that is a member; None when it cannot be opened as one. Raises StreamError."""
        if self._inner is None or self._inner[0] != position:
            content = io.BytesIO(self.container.read(position))
            if not is_archive(content, name):
                return None
            self._inner = (position, _open(content, options))
        return self._inner[1]


class _Last(threading.local):
    """The archive that this thread read last: whoever reads one member reads the next one soon."""

    stream: BinaryIO | None = None
    opened: _Opened | None = None


_LAST = _Last()


def is_archive(stream: BinaryIO, name: str) -> bool:
    """Whether the first bytes, packed or not, say zip or tar, or else the name. The stream stays where it was."""
    head = peek(stream, _TAR_BLOCK)
    return _is_zip(head) or is_tar(head) or _is_packed_tar(stream, head) or name.lower().endswith(ARCHIVE_SUFFIXES)


def members(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[Member | Reject]:
    """The files of an archive in its own order; folders and links are left out.

    A Reject comes last where the archive cannot be listed, or not to its end. A name that comes up again is told
    apart by ``#2``, ``#3`` …, so that each member has one name.
    """
    del name
    stream.seek(0)
    if not peek(stream, 1):
        yield Reject(0, RejectReason.EMPTY, "no bytes")
        return
    seen: Counter[str] = Counter()
    files = 0
    try:
        opened = _opened(stream, options)
        for entry in opened.container.entries():
            files += 1
            for path, key, size in _with_inner(opened, entry, options):
                seen[path] += 1
                yield Member(path if seen[path] == 1 else f"{path}#{seen[path]}", key, size)
        if not files:
            yield Reject(0, RejectReason.EMPTY, "an archive without files")
    except StreamError as error:
        yield Reject(0, error.reason, error.detail)


def open_member(stream: BinaryIO, member: Member, options: ReadOptions) -> BinaryIO:
    """The member's bytes in memory. Raises MemberError when it is encrypted, damaged, or over a cap."""
    position, *inside = member.key
    try:
        opened = _opened(stream, options)
        if not inside:
            return io.BytesIO(opened.container.read(position))
        inner = opened.inner(position, member.name, options)
        if inner is None:
            raise MemberError(RejectReason.BAD_ARCHIVE, "the member is no archive")
        return io.BytesIO(inner.read(inside[0]))
    except MemberError:
        raise
    except StreamError as error:
        raise MemberError(error.reason, error.detail) from None


def _with_inner(opened: _Opened, entry: Entry, options: ReadOptions) -> Iterator[tuple[str, tuple[int, ...], int]]:
    """The member itself, or the members of the archive that it is: name, key and size."""
    if not entry.name.lower().endswith(ARCHIVE_SUFFIXES):
        yield entry.name, (entry.position,), entry.size
        return
    count = 0
    try:
        inner = opened.inner(entry.position, entry.name, options)
        for item in inner.entries() if inner is not None else ():
            count += 1
            yield f"{entry.name}/{item.name}", (entry.position, item.position), item.size
    except StreamError:
        # What cannot be listed is one more member, whose reader tells what is wrong with it.
        yield entry.name, (entry.position,), entry.size
        return
    if not count:
        yield entry.name, (entry.position,), entry.size


def _opened(stream: BinaryIO, options: ReadOptions) -> _Opened:
    if _LAST.opened is None or _LAST.stream is not stream:
        _LAST.stream, _LAST.opened = None, None  # let go of the last one before another takes memory
        opened = _Opened(_open(stream, options))
        _LAST.stream, _LAST.opened = stream, opened
    return _LAST.opened


def _open(stream: BinaryIO, options: ReadOptions) -> Container:
    head = peek(stream, _TAR_BLOCK)
    if is_tar(head) or _is_packed_tar(stream, head):
        return TarContainer(stream, options)
    if _is_zip(head) or (packing_of(head) is None and not _looks_like_tar(head)):
        return ZipContainer(stream, options)
    return TarContainer(stream, options)


def _looks_like_tar(head: bytes) -> bool:
    """Whether the checksum of a header is right: tar archives older than POSIX have no other mark."""
    field = head[148:156].split(b"\x00")[0].strip()
    if len(head) < _TAR_BLOCK or not field.isdigit() or any(digit not in b"01234567" for digit in field):
        return False
    return sum(head[:148]) + sum(head[156:_TAR_BLOCK]) + 8 * 32 == int(field, 8)


def _is_zip(head: bytes) -> bool:
    signatures = load_rules("read_signatures")["packed"]
    return head.startswith((bytes.fromhex(signatures["zip"]), bytes.fromhex(signatures["zip_empty"])))


def _is_packed_tar(stream: BinaryIO, head: bytes) -> bool:
    packing = packing_of(head)
    if packing is None:
        return False
    position = stream.tell()
    try:
        return is_tar(io.BufferedReader(Unpacked(stream, packing, ReadOptions()), _TAR_BLOCK).read(_TAR_BLOCK))
    except StreamError:
        return False  # whoever reads it will say what is wrong
    finally:
        stream.seek(position)
