"""Where tables are published: a folder or an object store, by the library deltalake, and its errors in our words."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from warehouse.errors import DeltaMissingError, PublishError

APP_ID = "onrecord"
"""Under which each commit notes its snapshot as a Delta transaction: two publishers of one table collide on it."""

SNAPSHOT_KEY = "onrecord.snapshot"
"""Under which each commit notes its snapshot's number in its metadata."""

CHUNK = 8 * 2**20
LONGEST_REASON = 400
S3_SCHEMES = frozenset({"s3", "s3a"})


def library() -> ModuleType:
    """The module ``deltalake``.

    Raises:
        DeltaMissingError: when it is not installed.
    """
    try:
        import deltalake  # noqa: PLC0415  an optional dependency
    except ImportError as error:
        raise DeltaMissingError from error
    module: ModuleType = deltalake
    return module


@dataclass(frozen=True)
class Target:
    """A place for tables.

    Attributes:
        url: without a slash at its end; a plain path for a folder.
        options: as deltalake and its object store take them. Credentials may also be in the usual AWS variables.
    """

    url: str
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, url: str | os.PathLike[str], options: Mapping[str, str] | None = None) -> "Target":
        """The target that a user names. On S3 commits are conditional puts, so that no two make the same version."""
        text = os.fspath(url).rstrip("/")
        parts = urlsplit(text)
        if parts.scheme in ("", "file"):
            return cls(str(Path(parts.path if parts.scheme else text).absolute()), dict(options or {}))
        chosen = dict(options or {})
        given = {name.lower().removeprefix("aws_") for name in chosen}
        if parts.scheme in S3_SCHEMES:
            if not given & {"conditional_put", "s3_locking_provider"}:
                chosen["conditional_put"] = "etag"
            if _endpoint(chosen).startswith("http://") and "allow_http" not in given:
                chosen["allow_http"] = "true"
        return cls(text, chosen)

    @property
    def folder(self) -> Path | None:
        """The folder, where it is one."""
        return None if urlsplit(self.url).scheme else Path(self.url)

    def table_url(self, name: str) -> str:
        """Where one table lies."""
        return f"{self.url}/{name}"

    def open(self, name: str) -> Any:
        """The Delta table of that name, a ``deltalake.DeltaTable``; None when there is none yet."""
        delta = library()
        url = self.table_url(name)
        with clear_errors(url):
            if self.folder is not None and not Path(url).is_dir():
                return None
            if not delta.DeltaTable.is_deltatable(url, storage_options=dict(self.options)):
                return None
            return delta.DeltaTable(url, storage_options=dict(self.options))

    def send(self, name: str, path: str, source: Path) -> int:
        """Copy a file to a path below a table; an interrupted copy is not seen by readers.

        Returns:
            Its length in bytes.
        """
        from deltalake.fs import DeltaStorageHandler  # noqa: PLC0415  an optional dependency

        url = self.table_url(name)
        with clear_errors(url):
            if self.folder is not None:
                Path(url).mkdir(parents=True, exist_ok=True)
            # Its public stream is an Arrow file, which hands over buffers that the library does not take.
            handler: Any = DeltaStorageHandler(url, dict(self.options))._handler
            stream = handler.open_output_stream(path, None)
            sent = 0
            with source.open("rb") as content:
                while chunk := content.read(CHUNK):
                    sent += stream.write(chunk)
            stream.close()
        return sent


def _endpoint(options: Mapping[str, str]) -> str:
    names = ("aws_endpoint_url_s3", "aws_endpoint_url", "aws_endpoint", "endpoint_url", "endpoint")
    given = {name.lower(): value for name, value in options.items()}
    from_environment = {name.lower(): value for name, value in os.environ.items() if name.startswith("AWS_")}
    return next((found[name] for found in (given, from_environment) for name in names if name in found), "")


@contextmanager
def clear_errors(url: str) -> Iterator[None]:
    """Turn refusals of the object store into errors with a remedy; conflicts of commits pass through."""
    exceptions = library().exceptions
    try:
        yield
    except exceptions.CommitFailedError:
        raise
    except (OSError, exceptions.DeltaError) as error:
        raise PublishError(url, _in_one_line(error)) from error


def _in_one_line(error: BaseException) -> str:
    """Errors of object stores come as coloured trees; their leaves say the most."""
    plain = re.sub(r"\x1b\[\d*m", "", str(error)).replace("↳", "")
    lines = [" ".join(line.split()) for line in plain.splitlines() if line.strip()]
    text = ": ".join(dict.fromkeys(line.rstrip(".") for line in lines)) or repr(error)
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"
