"""Pending work, cut into batches that weigh about the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from flows.unit import Unit


@dataclass(frozen=True, slots=True)
class BatchSize:
    """Where a batch ends at the latest: at so many articles or so many bytes of raw files."""

    articles: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Pending:
    """A unit with what it weighs."""

    unit: Unit
    records: int
    bytes: int  # -1 where a server does not tell


def cut(pending: Iterable[Pending], total: BatchSize, size: BatchSize, workers: int) -> Iterator[tuple[Unit, ...]]:
    """Batches of units, in order.

    Several workers get as many batches each, of the same weight, so that none idles while the last one works. An
    article costs something by itself and something by its length; the weight is half of each.

    Args:
        pending: what there is to read.
        total: its records and bytes.
        size: no batch holds more, unless a single unit does.
        workers: processes that take batches.
    """
    parts = _parts(total, size, workers)
    units: list[Unit] = []
    records = held = 0
    reached, border = 0.0, 1  # both in parts
    for item in pending:
        weight = parts * (item.records / max(total.articles, 1) + max(item.bytes, 0) / max(total.bytes, 1)) / 2
        is_full = records + item.records > size.articles or held + item.bytes > size.bytes
        is_fair = parts > 0 and reached + weight / 2 > border
        if units and (is_full or is_fair):
            yield tuple(units)
            units, records, held = [], 0, 0
        while parts and reached + weight / 2 > border:
            border += 1
        units.append(item.unit)
        records += item.records
        held += item.bytes
        reached += weight
    if units:
        yield tuple(units)


def _parts(total: BatchSize, size: BatchSize, workers: int) -> int:
    """Into how many batches of the same weight; 0 where nobody could idle."""
    if workers <= 1:
        return 0
    return workers * max(
        ceil(total.articles / (size.articles * workers)), ceil(total.bytes / (size.bytes * workers)), 1
    )
