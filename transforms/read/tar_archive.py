"""Tar archives, packed or not: read from front to back, so that reading the members in their order is one pass."""

import tarfile
from collections.abc import Iterator
from typing import BinaryIO

from transforms.read.containers import Entry, MemberError, read_capped, safe_name
from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.read.packing import Unpacked, packing_of
from transforms.read.streams import peek
from transforms.records import RejectReason

# The standard library holds these headers in memory whole, whatever size they declare.
_MAX_HEADER = 1 << 20
_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_DAMAGE = (tarfile.TarError, ValueError, OverflowError, IndexError, UnicodeError, RecursionError)


class _Info(tarfile.TarInfo):
    """A header that refuses extensions of a size that no name or attribute has."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADERS and self.size > _MAX_HEADER:
            raise tarfile.ReadError("an extended header of more than 1 MiB")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]


class TarContainer:
    """A tar archive. Going back to an earlier member starts again at the front."""

    def __init__(self, stream: BinaryIO, options: ReadOptions) -> None:
        self._stream = stream
        self._options = options
        self._archive: tarfile.TarFile | None = None
        self._info: tarfile.TarInfo | None = None
        self._position = -1
        self._read = False

    def entries(self) -> Iterator[Entry]:
        """All regular files: no folders, links or devices. Raises StreamError where the archive is damaged or cut."""
        position = 0
        while (info := self._go_to(position)) is not None:
            if position >= self._options.max_members:
                raise StreamError(RejectReason.TOO_LARGE, f"more than {self._options.max_members} members")
            if info.isreg():
                yield Entry(safe_name(info.name), position, info.size)
            position += 1

    def read(self, position: int) -> bytes:
        """One file. Raises MemberError when it is damaged, cut, or over a cap."""
        try:
            info = self._go_to(position)
            content = self._archive.extractfile(info) if info is not None and self._archive else None
            if info is None or content is None:
                raise MemberError(RejectReason.BAD_ARCHIVE, "the archive has no such member")
            self._read = True
            # A member is no denser packed than its archive; the stream below watches the ratio of the whole.
            data = read_capped(content, info.size, self._options)
        except MemberError:
            raise
        except StreamError as error:
            raise MemberError(error.reason, error.detail) from None
        except (*_DAMAGE, EOFError, OSError) as error:
            raise MemberError(RejectReason.TRUNCATED_ARCHIVE, f"the member ends too early: {error}") from None
        if len(data) < info.size:
            raise MemberError(RejectReason.TRUNCATED_ARCHIVE, "the member ends too early")
        return data

    def _go_to(self, position: int) -> tarfile.TarInfo | None:
        """The header at a position, with its content still ahead; None behind the last one."""
        if self._archive is None or position < self._position or (position == self._position and self._read):
            self._restart()
        info = self._info
        while self._position < position:
            try:
                info = self._archive.next() if self._archive else None
            except _DAMAGE as error:
                self._archive = None
                reason = RejectReason.TRUNCATED_ARCHIVE if "end of data" in str(error) else RejectReason.BAD_ARCHIVE
                raise StreamError(reason, f"damaged tar archive: {error}") from None
            if info is None:
                self._archive = None
                return None
            if self._archive:
                self._archive.members = []  # type: ignore[attr-defined]  # else it remembers all of them
            self._position += 1
            self._read = False
        self._info = info
        return info

    def _restart(self) -> None:
        self._stream.seek(0)
        packing = packing_of(peek(self._stream))
        # Without a buffer, which would keep back what comes before an error.
        raw = Unpacked(self._stream, packing, self._options) if packing else self._stream
        self._position, self._read, self._info = -1, False, None
        try:
            self._archive = tarfile.open(  # noqa: SIM115  read on from call to call; closing it would close nothing
                fileobj=raw, mode="r|", tarinfo=_Info, errors="surrogateescape"
            )
        except _DAMAGE as error:
            raise StreamError(RejectReason.BAD_ARCHIVE, f"not a tar archive: {error}") from None
