"""Memory that was freed goes back to the system, so that a commit of much needs little more than one of little."""

import ctypes
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa


def _trimmer() -> Callable[[int], Any]:
    """``malloc_trim`` of glibc; nothing elsewhere."""
    try:
        trim: Callable[[int], Any] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # musl and macOS have none; Windows opens no library without a name
        return lambda _: None
    return trim


_trim = _trimmer()


def give_back() -> None:
    """Let the allocators of Arrow and of C return what they hold in reserve: 10 ms for 200 MB.

    Arrow's pool, and the arenas that glibc makes for each of Arrow's threads, keep the most that they ever held: what
    the rows of one table took would lie idle while those of the next are read.
    """
    pa.default_memory_pool().release_unused()
    _trim(0)


class Shared:
    """Equal values once: rows read from columns have a new object for each value, however often it recurs."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def __call__(self, values: Iterable[Any]) -> list[Any]:
        """The values, each as the object that was the first to be equal to it."""
        known = self._known
        return [known.setdefault(value, value) for value in values]
