"""When a run is told to differ from those before it, and when not."""

import random
from typing import Any

import pandas as pd
import pytest

from flows.quality import FEWEST, FEWEST_RUNS, Measure, compare


def counts(documents: int = 200, **changed: Any) -> dict[str, Any]:
    usual = {
        "documents_read": documents,
        "documents_annotated": documents,
        "records_read": documents,
        "entities_found": 20 * documents,
        "quotes_found": 5 * documents,
        "quotes_unresolved": documents,
        "rejects_found": 0,
        "words": 400 * documents,
        "languages": {"en": documents},
    }
    return {**usual, **changed}


def rows(*runs: dict[str, Any], state: str = "completed") -> pd.DataFrame:
    """As ``last_runs`` gives them: the newest first."""
    listed = [
        {**run, "state": state, "languages": [{"language": k, "documents": v} for k, v in run["languages"].items()]}
        for run in reversed(runs)
    ]
    return pd.DataFrame(listed, columns=[*counts(), "state"])


def by_name(measures: list[Measure]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures}


def jumped(run: dict[str, Any], *earlier: dict[str, Any]) -> set[str]:
    return {measure.name for measure in compare(run, rows(*earlier)) if measure.jumped}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"quotes_found": 400, "quotes_unresolved": 80}, "Quotes an article"),
        ({"quotes_unresolved": 500}, "Quotes whose speaker is unresolved"),
        ({"languages": {"en": 120, "de": 80}}, "Articles in de"),
        ({"records_read": 300, "rejects_found": 100}, "Records refused"),
        ({"words": 40_000}, "Words an article"),
    ],
)
def test_a_change_that_matters_is_told(changed: dict[str, Any], name: str) -> None:
    assert name in jumped(counts(**changed), *[counts() for _ in range(5)])


def test_the_same_again_is_no_jump() -> None:
    assert jumped(counts(), *[counts() for _ in range(10)]) == set()


def test_one_limit_alone_is_no_jump() -> None:
    assert jumped(counts(quotes_found=1100), *[counts() for _ in range(5)]) == set(), "10 % more: nobody would care"
    few = counts(FEWEST, quotes_found=75)
    assert jumped(few, *[counts() for _ in range(5)]) == set(), "a quarter fewer in twenty articles is chance"
    uneven = [counts(quotes_found=200 * number) for number in (2, 8, 3, 9, 4)]
    assert jumped(counts(quotes_found=2400), *uneven) == set(), "runs that always differ"


@pytest.mark.parametrize("runs", range(FEWEST_RUNS))
def test_too_few_runs_tell_nothing(runs: int) -> None:
    assert jumped(counts(quotes_found=0), *[counts() for _ in range(runs)]) == set()


def test_failed_runs_and_runs_without_news_do_not_count() -> None:
    nothing = counts(0, languages={})
    assert jumped(counts(quotes_found=0), *[nothing for _ in range(5)]) == set()
    failed = rows(*[counts() for _ in range(5)], state="failed")
    assert not any(measure.jumped or measure.earlier for measure in compare(counts(quotes_found=0), failed))


def test_steady_feeds_stay_silent() -> None:
    """A thousand runs of a feed whose articles differ as articles do: false alarms are rare."""
    chance = random.Random(7)

    def feed() -> dict[str, Any]:
        size = chance.randint(FEWEST, 120)
        quotes = [chance.choice((0, 1, 2, 4, 6, 9, 14)) for _ in range(size)]
        unresolved = sum(chance.random() < 0.15 for _ in range(sum(quotes)))
        return counts(size, quotes_found=sum(quotes), quotes_unresolved=unresolved)

    alarms = 0
    history = [feed() for _ in range(10)]
    for _ in range(1000):
        run = feed()
        alarms += bool(jumped(run, *history))
        history = [*history[1:], run]
    assert alarms <= 5


def test_values_of_earlier_runs_come_in_the_order_of_time() -> None:
    earlier = [counts(quotes_found=number * 200) for number in (3, 4, 5)]
    measure = by_name(compare(counts(), rows(*earlier)))["Quotes an article"]
    assert measure.values == [3, 4, 5, 5]
    assert measure.usual == 4
    assert measure.told(measure.value) == "5.00"


def test_columns_that_an_older_version_did_not_write_count_as_nothing() -> None:
    old = counts(documents_read=-1, documents_annotated=-1, quotes_found=-1, languages={})
    assert not any(measure.earlier for measure in compare(counts(), rows(old)))
