"""The landing zone: which files a run is given, each under one stored path however it was named.

A stored path is absolute; its folder is free of symbolic links, its last part is the name as found. So the same file
given by its folder, by itself or by a pattern is one source. Names need not be UTF-8: :func:`safe_text` makes them
storable and keeps different names different.
"""

import glob
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from warehouse.errors import SourceNotFoundError

HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class LandingFile:
    """A file to read.

    Attributes:
        path: its stored path, valid UTF-8.
        os_path: its path as the operating system knows it.
        size: bytes.
        mtime_ns: last modification, nanoseconds since 1970.
    """

    path: str
    os_path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not read, with the reason in words."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or folder that the operating system refuses to show.

    Attributes:
        denied: whether for want of permission.
    """

    path: str
    detail: str
    denied: bool


Found = LandingFile | Skipped | Unreadable


def safe_text(name: str) -> str:
    r"""A file name that Arrow can hold, and from which the true one could be told.

    Names in UTF-8 stay as they are, unless they contain ``\x``. In all others each backslash is doubled and each byte
    that is not UTF-8 is written as ``\xNN``. No two names give the same text.
    """
    text = os.fsencode(name).decode("utf-8", "surrogateescape")
    foreign = any("\udc80" <= char <= "\udcff" for char in text)
    if not foreign and "\\x" not in text:
        return text
    doubled = text.replace("\\", "\\\\")
    return doubled.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def discover(sources: Sequence[str], extensions: frozenset[str]) -> Iterator[Found]:
    """All files that folders (with all below), files and patterns name, each once, sorted within each folder.

    Memory is bounded by the largest folder and the number of folders. Symbolic links to folders are followed, but no
    folder is entered twice. Hidden files, backups (``~``), names without one of the ``extensions`` (lower case) and
    what is no regular file are reported as skipped.

    Raises:
        SourceNotFoundError: when one of the sources matches nothing. All are looked at before the first is read.
    """
    expanded = [_expand(source) for source in sources]
    return _walk([path for paths in expanded for path in paths], extensions)


def _expand(source: str) -> list[Path]:
    if os.path.lexists(source):
        return [Path(source)]
    # glob.glob and not Path.glob: the latter takes no absolute pattern.
    matches = sorted(glob.iglob(source, recursive=True), key=os.fsencode) if glob.has_magic(source) else []  # noqa: PTH207
    if not matches:
        raise SourceNotFoundError(safe_text(source))
    return [Path(match) for match in matches]


def _walk(paths: list[Path], extensions: frozenset[str]) -> Iterator[Found]:
    entered: set[str] = set()
    named: set[str] = set()
    for path in paths:
        if path.is_dir():
            yield from _walk_folder(path, extensions, entered, named)
            continue
        folder = os.path.realpath(path.parent)
        whole = str(Path(folder, path.name))
        if whole not in named and folder not in entered:
            named.add(whole)
            yield _look(whole, path.name, extensions)


def _walk_folder(top: Path, extensions: frozenset[str], entered: set[str], named: set[str]) -> Iterator[Found]:
    """One folder after another, from a stack: landing zones can be deeper than Python's recursion."""
    waiting = [str(top)]
    while waiting:
        folder = os.path.realpath(waiting.pop())
        if folder in entered:
            continue
        entered.add(folder)
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield _unreadable(folder, error)
            continue
        below = []
        for entry in entries:
            if entry.name.startswith("."):
                yield Skipped(safe_text(entry.path), HIDDEN)
            elif _is_folder(entry):
                below.append(entry.path)
            elif entry.path not in named:
                yield _look(entry.path, entry.name, extensions)
        waiting.extend(reversed(below))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _look(path: str, name: str, extensions: frozenset[str]) -> Found:
    why = _reason_to_skip(name, extensions)
    if why:
        return Skipped(safe_text(path), why)
    try:
        status = Path(path).stat()
    except OSError as error:
        return _unreadable(path, error)
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        return Skipped(safe_text(path), "not a regular file")
    return LandingFile(safe_text(path), path, status.st_size, status.st_mtime_ns)


def _reason_to_skip(name: str, extensions: frozenset[str]) -> str | None:
    if name.startswith("."):
        return HIDDEN
    if name.endswith("~"):
        return "backup"
    suffix = Path(name).suffix.lower()
    if suffix not in extensions:
        return f"no reader for {safe_text(suffix)!r}" if suffix else "no suffix"
    return None


def _unreadable(path: str, error: OSError) -> Unreadable:
    return Unreadable(safe_text(path), error.strerror or str(error), isinstance(error, PermissionError))


def open_binary(file: LandingFile) -> BufferedReader:
    """Open a landing file for reading.

    Raises:
        OSError: as ``open`` does.
    """
    return Path(file.os_path).open("rb")


def sha256_of(file: LandingFile) -> str:
    """SHA-256 of the file's bytes, in hexadecimal, read block by block.

    Raises:
        OSError: as reading does.
    """
    with open_binary(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
