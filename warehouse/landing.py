"""The landing zone: which files a run is given, each under one stored path however it was named.

A stored path is absolute; its folder is free of symbolic links, its last part is the name as found. So the same file
given by its folder, by itself or by a pattern is one source. Names need not be UTF-8: :func:`safe_text` makes them
storable and keeps different names different. Files in a store are named by their URL: see :mod:`warehouse.remote`.
"""

import glob
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from warehouse import remote
from warehouse.errors import SourceNotFoundError
from warehouse.found import Found, LandingFile, Skipped, Unreadable
from warehouse.sorting import SortedNames

__all__ = [
    "Found",
    "LandingFile",
    "Skipped",
    "Unreadable",
    "discover",
    "open_binary",
    "safe_text",
    "sha256_of",
    "sha256_of_stream",
]

HIDDEN = "hidden"


def safe_text(name: str) -> str:
    r"""A file name that Arrow can hold, and from which the true one could be told.

    Names in UTF-8 stay as they are, unless they contain ``\x``. In all others each backslash is doubled and each byte
    that is not UTF-8 is written as ``\xNN``. No two names give the same text.
    """
    if name.isascii() and "\\x" not in name:
        return name
    text = os.fsencode(name).decode("utf-8", "surrogateescape")
    foreign = any("\udc80" <= char <= "\udcff" for char in text)
    if not foreign and "\\x" not in text:
        return text
    doubled = text.replace("\\", "\\\\")
    return doubled.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def discover(sources: Sequence[str], extensions: frozenset[str]) -> Iterator[Found]:
    """All files that folders (with all below), files, patterns and URLs name, each once; first the folders, in order.

    Memory is bounded by the names in the largest folder (held as bytes) and the number of folders. Symbolic links to
    folders are followed, but no folder is entered twice. Hidden files, backups (``~``), names without one of the
    ``extensions`` (lower case) and what is no regular file are reported as skipped.

    Raises:
        SourceNotFoundError: when one of the sources matches nothing. All are looked at before the first is read.
        SourceUnavailableError: when a store cannot be asked.
    """
    urls = [source for source in sources if remote.is_url(source)]
    away = remote.discover(urls, lambda name: _reason_to_skip(name, extensions))
    named = [_expand(local_path(source)) for source in sources if source not in urls]
    return chain(_walk(named, extensions), away)


def check(sources: Sequence[str]) -> None:
    """Whether each source names something, without listing what.

    Raises:
        SourceNotFoundError, SourceUnavailableError: as :func:`discover` does.
    """
    for source in sources:
        if remote.is_url(source):
            remote.check(source)
            continue
        path = local_path(source)
        found = glob.iglob(path, recursive=True) if glob.has_magic(path) else iter(())  # noqa: PTH207
        if not os.path.lexists(path) and next(found, None) is None:
            raise SourceNotFoundError(safe_text(source))


def local_path(source: str) -> str:
    """The path of a source on this machine, which may be written as a ``file://`` URL."""
    return unquote(urlsplit(source).path) if source.startswith("file://") else source


def _expand(source: str) -> SortedNames:
    if os.path.lexists(source):
        return SortedNames([os.fsencode(source)])
    # glob.iglob and not Path.glob: the latter takes no absolute pattern.
    matches = glob.iglob(source, recursive=True) if glob.has_magic(source) else ()  # noqa: PTH207
    found = SortedNames(os.fsencode(match) for match in matches)
    if not len(found):
        raise SourceNotFoundError(safe_text(source))
    return found


def _walk(named: list[SortedNames], extensions: frozenset[str]) -> Iterator[Found]:
    """The folders first, so that a file which is named besides its folder is known to be one of it."""
    entered: set[str] = set()
    folder_of = lru_cache(maxsize=1024)(os.path.realpath)
    for name in chain.from_iterable(named):
        if os.path.isdir(name):  # noqa: PTH112  millions of them
            yield from _walk_folder(os.fsdecode(name), extensions, entered)
    files = (os.path.split(name) for name in chain.from_iterable(named) if not os.path.isdir(name))  # noqa: PTH112
    for whole in SortedNames(os.path.join(folder_of(folder), base) for folder, base in files).unique():  # noqa: PTH118
        folder, base = os.path.split(os.fsdecode(whole))
        if folder not in entered:
            yield _look(os.fsdecode(whole), base, extensions)


def _walk_folder(top: str, extensions: frozenset[str], entered: set[str]) -> Iterator[Found]:
    """One folder after another, from a stack: landing zones can be deeper than Python's recursion."""
    waiting = [top]
    while waiting:
        folder = os.path.realpath(waiting.pop())
        if folder in entered:
            continue
        entered.add(folder)
        below: list[str] = []
        try:
            with os.scandir(folder) as scan:
                names = SortedNames(_files_of(scan, below))
        except OSError as error:
            yield _unreadable(folder, error)
            continue
        for name in names:
            base = os.fsdecode(name)
            yield _look(f"{folder.rstrip('/')}/{base}", base, extensions)
        waiting.extend(sorted(below, key=os.fsencode, reverse=True))


def _files_of(scan: Iterator[os.DirEntry[str]], below: list[str]) -> Iterator[bytes]:
    """Names of what is no folder, or hidden; the paths of the other folders go to ``below``."""
    for entry in scan:
        if not entry.name.startswith(".") and _is_folder(entry):
            below.append(entry.path)
        else:
            yield os.fsencode(entry.name)


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
        status = os.stat(path)  # noqa: PTH116  pathlib takes three times as long, and there can be millions
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
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122  as above
    if suffix not in extensions:
        return f"no reader for {safe_text(suffix)!r}" if suffix else "no suffix"
    return None


def _unreadable(path: str, error: OSError) -> Unreadable:
    return Unreadable(safe_text(path), error.strerror or str(error), isinstance(error, PermissionError))


def open_binary(file: LandingFile) -> BinaryIO:
    """Open a landing file for reading; the stream can be sought.

    Raises:
        OSError: as ``open`` does; also for whatever a remote store answers.
    """
    return remote.open_binary(file.os_path, file.size) if remote.is_url(file.os_path) else Path(file.os_path).open("rb")


def sha256_of(file: LandingFile) -> str:
    """SHA-256 of the file's bytes, in hexadecimal, read block by block.

    Raises:
        OSError: as reading does.
    """
    with open_binary(file) as stream:
        return sha256_of_stream(stream)


def sha256_of_stream(stream: BinaryIO) -> str:
    """SHA-256 of what is left of a stream, in hexadecimal."""
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
