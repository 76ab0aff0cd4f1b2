"""Bytes to records. Formats are modules of this package: see :mod:`transforms.read.formats` for adding one.

Nothing here raises for bad content: it becomes a :class:`transforms.records.Reject`. An ``OSError`` of the stream
itself (a disk or network that fails) passes to the caller, who knows the file.
"""

from collections.abc import Iterator
from typing import BinaryIO

from transforms.read.archives import ARCHIVE_SUFFIXES
from transforms.read.errors import StreamError
from transforms.read.formats import choose_format, formats
from transforms.read.options import ReadOptions
from transforms.read.packing import PACKINGS
from transforms.read.streams import open_unit
from transforms.records import RawRecord, Reject

__all__ = ["ReadOptions", "count_records", "extensions", "is_readable_name", "read_unit"]

_PACKED = frozenset(packing.suffix for packing in PACKINGS)
_DEFAULT = ReadOptions()


def extensions() -> frozenset[str]:
    """All lower-case suffixes that some reader or unpacker takes, with their dot."""
    archives = (suffix for suffix in ARCHIVE_SUFFIXES if suffix.count(".") == 1)
    return _PACKED.union(archives, *(format_.extensions for format_ in formats()))


def is_readable_name(name: str) -> bool:
    """Whether a file or member of this name is an input: a known suffix (in any case), not hidden, not a backup."""
    base = name.rstrip("/").rsplit("/", 1)[-1].lower()
    suffix = "." + base.rpartition(".")[2] if "." in base else ""
    if suffix in _PACKED and "." in base.removesuffix(suffix):
        return is_readable_name(base.removesuffix(suffix))
    return suffix in extensions() and not base.startswith((".", "._")) and "__MACOSX/" not in name


def read_unit(
    stream: BinaryIO, name: str, options: ReadOptions = _DEFAULT, start: int = 0, stop: int | None = None
) -> Iterator[RawRecord | Reject]:
    """The records of one file or archive member, unpacked if it is packed, from ``start`` up to ``stop``.

    Args:
        stream: seekable, at its beginning; it is left open.
        name: chooses the format where the content does not.
        options: size caps.
        start: number of the first record wanted, from 0.
        stop: number of the first record not wanted; None for all.
    """
    for item in _read(stream, name, options, start):
        if stop is not None and item.source_record >= stop:
            return
        if item.source_record >= start:
            yield item


def _read(stream: BinaryIO, name: str, options: ReadOptions, start: int) -> Iterator[RawRecord | Reject]:
    try:
        unit = open_unit(stream, name, options)
        yield from choose_format(unit).read(unit, options, start)
    except StreamError as error:
        yield Reject(0, error.reason, error.detail)


def count_records(stream: BinaryIO, name: str, options: ReadOptions = _DEFAULT) -> int:
    """How many records :func:`read_unit` numbers (rejects included), so that a big file can be cut into batches."""
    try:
        unit = open_unit(stream, name, options)
        return choose_format(unit).count(unit, options)
    except StreamError:
        return 1
