"""Batches of about the same weight."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from flows.cutting import BatchSize, Pending, cut
from flows.unit import Unit
from warehouse.landing import LandingFile

UNITS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5_000)), max_size=60)
LARGE = BatchSize(articles=10_000, bytes=10_000_000)


def pending(weights: Sequence[tuple[int, int]]) -> list[Pending]:
    return [
        Pending(Unit(LandingFile(f"{number}.txt", f"{number}.txt", size, 0), ""), records, size)
        for number, (records, size) in enumerate(weights)
    ]


def batches(weights: Sequence[tuple[int, int]], size: BatchSize, workers: int) -> list[list[tuple[int, int]]]:
    """The weights of the units of each batch."""
    work = pending(weights)
    of = {item.unit.file.path: (item.records, item.bytes) for item in work}
    total = BatchSize(sum(one for one, _ in weights), sum(two for _, two in weights))
    return [[of[unit.file.path] for unit in batch] for batch in cut(work, total, size, workers)]


@given(UNITS, st.integers(1, 5), st.integers(1, 60), st.integers(1, 9_000))
def test_nothing_is_lost_and_no_batch_is_over_the_size(
    weights: list[tuple[int, int]], workers: int, articles: int, size: int
) -> None:
    found = batches(weights, BatchSize(articles, size), workers)
    assert [unit for batch in found for unit in batch] == weights
    for batch in found:
        records, held = sum(one for one, _ in batch), sum(two for _, two in batch)
        assert len(batch) == 1 or (records <= articles and held <= size)


@given(st.lists(st.integers(1, 100), min_size=40, max_size=200), st.integers(2, 4))
def test_workers_get_the_same_share_of_many_small_units(sizes: list[int], workers: int) -> None:
    weights = [(1, size) for size in sizes]
    found = batches(weights, LARGE, workers)
    share = [sum(1 / len(sizes) + size / sum(sizes) for _, size in batch) / 2 for batch in found]
    heaviest = max(1 / len(sizes) + size / sum(sizes) for size in sizes) / 2
    assert len(found) == workers
    assert all(abs(one - 1 / workers) <= heaviest for one in share)


def test_a_worker_with_long_articles_gets_fewer() -> None:
    short, long = [(1, 100)] * 60, [(1, 900)] * 20
    assert [len(batch) for batch in batches(short + long, LARGE, 2)] == [60, 20]


def test_one_worker_gets_batches_as_large_as_may_be() -> None:
    assert [len(batch) for batch in batches([(1, 10)] * 25, BatchSize(10, 1_000), 1)] == [10, 10, 5]
