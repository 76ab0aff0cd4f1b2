"""Sources in a store or on a web server, named by URL: whatever fsspec can open (s3://, https://, gs://, memory:// …).

A file is known by its URL without user name and password; credentials come from where the store's own tools look for
them (environment, profiles). Each store raises errors of its own kinds: all come out as our errors or ``OSError``.
"""

import io
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any, BinaryIO, TypeVar, cast

import fsspec

from warehouse.errors import SourceNotFoundError, SourceUnavailableError
from warehouse.found import Found, LandingFile, Skipped

_Value = TypeVar("_Value")

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_SECRET = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@")
_WEB = ("http", "https")
_EXTRAS = {"s3": "s3", "s3a": "s3"}
"""Extras of ours that bring the package for a scheme."""

FETCHED_AT_ONCE = 8 * 1024 * 1024
"""Bytes up to which a file is fetched whole, by one request."""

HELD_IN_MEMORY = 64 * 1024 * 1024
WAITS = (0.5, 2.0, 8.0)
"""Seconds before another attempt at what may be a passing trouble."""

_MODIFIED = ("LastModified", "Last-Modified", "last_modified", "mtime", "updated", "modified", "created")


class Trouble(Enum):
    """What an error of a store amounts to."""

    MISSING = auto()
    DENIED = auto()
    PASSING = auto()  # the network, a busy server: another attempt may succeed
    OTHER = auto()


def is_url(source: str) -> bool:
    """Whether a source is a URL; ``file://`` is none, it names a file of this machine."""
    return bool(_URL.match(source)) and not source.startswith("file://")


def stored_name(url: str) -> str:
    """The URL without user name and password."""
    return _SECRET.sub(r"\1", url)


@dataclass(frozen=True, slots=True)
class _Place:
    """A URL that has been looked up: the files that it matches, or the folder."""

    store: Any
    url: str
    folder: str | None
    files: Mapping[str, Mapping[str, Any]]


def discover(urls: Sequence[str], why_not: Callable[[str], str | None]) -> Iterator[Found]:
    """All files that the URLs name: a file, a folder with all below, or a pattern. On a web server: a file.

    Args:
        urls: each is looked up before the first is listed.
        why_not: the reason to skip a file of this name. A file on a web server that is named by itself is not asked
            for its suffix: the content tells.

    Raises:
        SourceNotFoundError: there is nothing.
        SourceUnavailableError: the store cannot be asked.
    """
    places = [_look_up(url) for url in urls]
    return _list(places, why_not)


def check(url: str) -> None:
    """Whether there is such a file or folder; a pattern is taken on trust. Raises as :func:`discover` does."""
    store, path = _store_of(url)
    if not _has_magic(url):
        _ask(url, lambda: store.info(path))


def _store_of(url: str) -> tuple[Any, str]:
    store, path = _ask(url, lambda: fsspec.core.url_to_fs(url))
    return store, path


def _look_up(url: str) -> _Place:
    store, path = _store_of(url)
    if _has_magic(url):
        found = _ask(url, lambda: store.glob(path, detail=True))
    else:
        info = _ask(url, lambda: store.info(path))
        if info["type"] == "directory" and not _is_web(url):
            return _Place(store, url, path, {})
        found = {path: info}
    if not found:
        raise SourceNotFoundError(stored_name(url))
    return _Place(store, url, None, found)


def _is_web(url: str) -> bool:
    return url.startswith(_WEB)


def _has_magic(url: str) -> bool:
    # In the address of a page "?" begins the query, and brackets occur.
    return "*" in url if _is_web(url) else any(sign in url for sign in "*?[")


def _list(places: Sequence[_Place], why_not: Callable[[str], str | None]) -> Iterator[Found]:
    once: set[str] | None = set() if len(places) > 1 else None
    for place in places:
        for path, info in _files(place):
            url = path if _is_web(path) else str(place.store.unstrip_protocol(path))
            if once is not None:
                if url in once:
                    continue
                once.add(url)
            yield _found(url, info, why_not)


def _files(place: _Place) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if place.folder is None:
        yield from sorted(place.files.items())
        return
    waiting = [place.folder]
    while waiting:
        listed = _ask(place.url, lambda: place.store.ls(waiting.pop(), detail=True))
        below = []
        for info in sorted(listed, key=lambda item: str(item["name"])):
            if info["type"] == "directory" and not _base(info["name"]).startswith("."):
                below.append(info["name"])
            else:
                yield info["name"], info
        waiting.extend(reversed(below))
        place.store.invalidate_cache()  # it would hold every name of every folder


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _found(url: str, info: Mapping[str, Any], why_not: Callable[[str], str | None]) -> Found:
    stored = stored_name(url)
    hidden = _base(url).startswith(".")
    if (not _is_web(url) or hidden) and (why := why_not(_base(url))):
        return Skipped(stored, why)
    if info["type"] == "directory":  # a pattern matched it
        return Skipped(stored, "a folder")
    size = info.get("size")
    return LandingFile(stored, url, -1 if size is None else int(size), _modified_ns(info))


def _modified_ns(info: Mapping[str, Any]) -> int:
    """When the file was changed, as far as the store tells in any of the usual ways; 0 where it does not."""
    value = next((info[name] for name in _MODIFIED if info.get(name)), None)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if value[:4].isdigit() else parsedate_to_datetime(value)
        except ValueError:
            return 0
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1_000_000) * 1000
    return int(value * 1e9) if isinstance(value, int | float) else 0


def open_binary(url: str, size: int) -> BinaryIO:
    """Open a remote file for reading; the stream can be sought. A passing trouble is waited for.

    Args:
        url: of the file.
        size: its bytes; -1 when not known.

    Raises:
        OSError: FileNotFoundError, PermissionError, or any other whose text says what the store answered.
    """
    for wait in (*WAITS, None):
        try:
            store, path = fsspec.core.url_to_fs(url)
            return _open(store, path, size)
        except Exception as error:  # each store has errors of its own kinds
            trouble = judge(error)
            if trouble is Trouble.PASSING and wait is not None:
                time.sleep(wait)
                continue
            raise _as_os_error(error, trouble) from error
    raise AssertionError("the last attempt returns or raises")


def _open(store: Any, path: str, size: int) -> BinaryIO:
    if 0 <= size <= FETCHED_AT_ONCE:
        return io.BytesIO(store.cat_file(path))
    if size > 0:
        opened = store.open(path, "rb")
        if opened.seekable():
            return cast(BinaryIO, opened)
        opened.close()
    kept = tempfile.SpooledTemporaryFile(HELD_IN_MEMORY)  # noqa: SIM115  the caller closes it
    with store.open(path, "rb", **({} if size > 0 else {"block_size": 0})) as stream:
        shutil.copyfileobj(stream, kept, 1 << 20)
    kept.seek(0)
    return cast(BinaryIO, kept)


def _ask(url: str, question: Callable[[], _Value]) -> _Value:
    """The store's answer about a source; its errors become ours."""
    name = stored_name(url)
    try:
        return question()
    except ImportError as error:
        raise SourceUnavailableError(name, str(error), _how_to_install(url), retryable=False) from error
    except ValueError as error:
        if "Protocol not known" not in str(error):
            raise
        raise SourceUnavailableError(
            name, str(error), "Give a path, or a URL that fsspec can open, such as s3:// or https://.", retryable=False
        ) from error
    except Exception as error:  # each store has errors of its own kinds
        match judge(error):
            case Trouble.MISSING:
                raise SourceNotFoundError(name) from error
            case Trouble.DENIED:
                remedy = "Give this process credentials that may list and read there (for S3: AWS_ACCESS_KEY_ID and "
                remedy += "AWS_SECRET_ACCESS_KEY, a profile, or a role)."
                raise SourceUnavailableError(name, _words(error), remedy, retryable=False) from error
            case trouble:
                remedy = "Check the address and the network, then run again."
                passing = trouble is Trouble.PASSING
                raise SourceUnavailableError(name, _words(error), remedy, retryable=passing) from error


def _how_to_install(url: str) -> str:
    scheme = url.partition("://")[0].lower()
    if scheme in _EXTRAS:
        return f"Install onrecord with the extra for it: pip install 'onrecord[{_EXTRAS[scheme]}]'."
    return f"Install the package that brings {scheme}:// to fsspec."


def judge(error: BaseException) -> Trouble:
    """What an error of any store amounts to, by its kind, its HTTP status, or its name."""
    if error.__cause__ is not None and (beneath := judge(error.__cause__)) is not Trouble.OTHER:
        return beneath  # fsspec calls every trouble with a web page FileNotFoundError
    status = getattr(error, "status", None) or _botocore_status(error)
    name = type(error).__name__
    if isinstance(error, FileNotFoundError) or status in (404, 410):
        return Trouble.MISSING
    if isinstance(error, PermissionError) or "Credentials" in name or status in (401, 403):
        return Trouble.DENIED
    if status is not None and (status in (408, 425, 429) or status >= 500):
        return Trouble.PASSING
    if isinstance(error, ConnectionError | TimeoutError) or re.search("Connect|Timeout|Disconnect|Payload", name):
        return Trouble.PASSING
    return Trouble.OTHER


def _botocore_status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    facts = response.get("ResponseMetadata", {}) if isinstance(response, dict) else {}
    status: int | None = facts.get("HTTPStatusCode")
    return status


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _as_os_error(error: Exception, trouble: Trouble) -> OSError:
    if isinstance(error, OSError):
        return error
    kind = {Trouble.MISSING: FileNotFoundError, Trouble.DENIED: PermissionError}.get(trouble, OSError)
    return kind(_words(error))
