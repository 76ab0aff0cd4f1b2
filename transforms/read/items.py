"""What the readers of files with several articles share: numbering, size caps, names of authors."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from transforms.read.errors import StreamError
from transforms.read.options import ReadOptions
from transforms.records import RawRecord, Reject, RejectReason

EXCERPT = 200
Item = TypeVar("Item")

_BY = re.compile(r"\s*by\s+", re.IGNORECASE)
_AND = re.compile(r"\s*;\s*|\s+(?:and|&|/|\|)\s+|\s*,\s+", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,6}", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)|(?P<before>[^()<>@]+?)\s*[(<]\S+@\S+[)>]")


def read_items(
    items: Sequence[Item],
    options: ReadOptions,
    start: int,
    raw_of: Callable[[Item], bytes],
    to_record: Callable[[Item, int, bytes], RawRecord | Reject],
) -> Iterator[RawRecord | Reject]:
    """The records of the items from ``start`` on; one over the cap, or that raises StreamError, is a reject."""
    if not items:
        yield Reject(0, RejectReason.EMPTY, "the file holds no article")
    for number, item in enumerate(items[start:], start):
        try:
            raw = raw_of(item)
            if len(raw) > options.max_record_bytes:
                raise StreamError(RejectReason.TOO_LARGE, f"an item of more than {options.max_record_bytes} bytes")
            yield to_record(item, number, raw)
        except StreamError as error:
            yield Reject(number, error.reason, error.detail)


def author_names(lines: Iterable[str | None]) -> tuple[str, ...]:
    """Names from byline-like strings: "By A and B", "a@site.org (A)"; each once, in order."""
    names: dict[str, None] = {}
    for line in lines:
        text = _BY.sub("", line or "", count=1) if _BY.match(line or "") else (line or "")
        if match := _ADDRESS.fullmatch(text.strip()):
            text = match["name"] or match["before"]
        parts = (part.strip() for part in _AND.split(text))
        names.update((part, None) for part in parts if part and "@" not in part and not _HOST.fullmatch(part))
    return tuple(names)


def excerpt_of(raw: bytes) -> str:
    """The beginning of a record for its reject."""
    return raw[:EXCERPT].decode("utf-8", "replace")
