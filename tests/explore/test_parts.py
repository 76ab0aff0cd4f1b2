"""Timelines as they are drawn."""

import pandas as pd
import pytest

pytest.importorskip("streamlit", reason="the extra explore is not installed: pip install -e '.[explore]'")

from flows.explore.quotes import Step
from flows.explore.views.parts import FEWEST_STEPS, months_of, steps


def timeline(*days: str | None) -> pd.DataFrame:
    return pd.DataFrame({"period": pd.to_datetime(list(days)), "quotes": range(1, len(days) + 1)})


def test_months_without_quotes_are_drawn_as_none() -> None:
    drawn = steps(timeline("2023-11-01", "2025-02-01", None), "quotes", Step.MONTH)
    assert drawn["month"].tolist() == [f"{day:%Y-%m}" for day in pd.date_range("2023-11-01", "2025-02-01", freq="MS")]
    assert drawn["quotes"].sum() == 3
    assert drawn.set_index("month")["quotes"].loc[["2023-11", "2024-06", "2025-02"]].tolist() == [1, 0, 2]


@pytest.mark.parametrize(("step", "day"), [(Step.MONTH, "2024-12-01"), (Step.WEEK, "2024-12-02")])
def test_a_single_step_has_room_around_it(step: Step, day: str) -> None:
    drawn = steps(timeline(day), "quotes", step)
    assert FEWEST_STEPS <= len(drawn) <= FEWEST_STEPS + 1
    assert drawn[drawn["quotes"] == 1][str(step)].tolist() == [day if step is Step.WEEK else day[:7]]


def test_one_very_old_article_does_not_make_thousands_of_bars() -> None:
    assert len(steps(timeline("1850-01-01", "2024-12-01"), "quotes", Step.MONTH)) == 2
    assert steps(timeline(), "quotes", Step.MONTH).empty


def test_the_months_to_choose_from_begin_with_the_latest() -> None:
    assert months_of(timeline("2024-11-01", "2024-12-01", None)) == ["2024-12", "2024-11", "unknown"]
