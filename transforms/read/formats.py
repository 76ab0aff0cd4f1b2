"""What a format declares, and how the right one is found: the recipe for a new format.

A format is one module of ``transforms/read`` with a module-level ``FORMAT = Format(...)``; it is found by
:func:`formats` (pkgutil), so nothing else has to change. Content beats extension: a format whose ``sniff`` is SURE of
the first bytes wins; among those that find the bytes plausible, the one that the extension names; then the extension;
then plain text, which takes anything.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from transforms.errors import UnknownFormatError
from transforms.read.options import ReadOptions
from transforms.read.streams import Unit
from transforms.records import RawRecord, Reject

FALLBACK = "text"


class Confidence(IntEnum):
    """What the first bytes of a file say about a format."""

    NO = 0
    PLAUSIBLE = 1  # other formats may look like this
    SURE = 2


@dataclass(frozen=True, slots=True)
class Format:
    """One input format.

    Attributes:
        name: stored as ``source_format``.
        media_types: IANA names.
        extensions: lower-case suffixes with their dot.
        sniff: judges the first bytes (up to 64 KiB).
        read: yields records and rejects in ascending ``source_record``, from ``start`` on; it may raise StreamError,
            which becomes the Reject of record 0. Reading stops when its consumer has enough.
        count: how many records ``read`` numbers; may raise StreamError.
        priority: the higher one is asked first where two formats judge alike.
    """

    name: str
    media_types: tuple[str, ...]
    extensions: tuple[str, ...]
    sniff: Callable[[bytes], Confidence]
    read: Callable[[Unit, ReadOptions, int], Iterator[RawRecord | Reject]]
    count: Callable[[Unit, ReadOptions], int]
    priority: int = 0


@cache
def formats() -> tuple[Format, ...]:
    """All formats of this package, by falling priority, then by name."""
    package = importlib.import_module("transforms.read")
    modules = (
        importlib.import_module(f"transforms.read.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    )
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return tuple(sorted(found, key=lambda format_: (-format_.priority, format_.name)))


def format_named(name: str) -> Format:
    """The format called ``name``. Raises UnknownFormatError."""
    for format_ in formats():
        if format_.name == name:
            return format_
    raise UnknownFormatError(name, tuple(format_.name for format_ in formats()))


def choose_format(unit: Unit) -> Format:
    """The format of a unit, by its content first and its extension second."""
    judged = [(format_.sniff(unit.head), format_) for format_ in formats()]
    sure = [format_ for confidence, format_ in judged if confidence is Confidence.SURE]
    plausible = [format_ for confidence, format_ in judged if confidence is Confidence.PLAUSIBLE]
    named = [format_ for _, format_ in judged if unit.name.endswith(format_.extensions)]
    both = [format_ for format_ in plausible if format_ in named]
    return (sure + both + plausible + named + [format_named(FALLBACK)])[0]
