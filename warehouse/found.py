"""What the landing zone holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LandingFile:
    """A file to read.

    Attributes:
        path: its stored path, valid UTF-8: absolute, or a URL.
        os_path: its path as the operating system knows it, or its URL with all that is needed to open it.
        size: bytes; -1 where a server does not tell.
        mtime_ns: last modification, nanoseconds since 1970; 0 where a server does not tell.
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
    """A file or folder that the operating system, or a store, refuses to show.

    Attributes:
        denied: whether for want of permission.
    """

    path: str
    detail: str
    denied: bool


Found = LandingFile | Skipped | Unreadable
