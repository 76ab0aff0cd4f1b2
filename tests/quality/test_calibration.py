"""How confidence is counted and judged; the data itself lies outside this repository."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quality.calibration import (
    METHODS,
    SPEAKERS,
    Case,
    calibration_error,
    cross_validated,
    fit,
    reliability,
    reliability_table,
)


def cases(*rights: bool, document: str = "d", method: str = "cue_after", speaker: str = "named") -> list[Case]:
    return [Case(document, "direct", method, speaker, 0.5, right) for right in rights]


def test_few_cases_are_drawn_towards_their_method() -> None:
    rates = fit([*cases(*[True] * 90, *[False] * 10), *cases(False, speaker="pronoun")])
    (pronoun,) = (rate for key, rate in rates.speakers.items() if key[2] == "pronoun")
    assert 0.5 < pronoun.share < 0.9
    assert pronoun.count == 1


def test_an_unknown_method_has_the_share_of_its_type() -> None:
    rates = fit(cases(True, False))
    assert rates.of(cases(True, method="new")[0]) == pytest.approx(0.5)


def test_perfect_and_hopeless_confidence() -> None:
    assert calibration_error(reliability([(1.0, True)] * 3 + [(0.0, False)] * 2)) == 0.0
    assert calibration_error(reliability([(1.0, False)])) == 1.0
    assert calibration_error(reliability([])) == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_every_case_is_in_one_bin(said: list[tuple[float, bool]]) -> None:
    bins = reliability(said)
    assert sum(each.count for each in bins) == len(said)
    assert 0.0 <= calibration_error(bins) <= 1.0


def test_a_document_never_judges_itself() -> None:
    many = [case for number in range(40) for case in cases(number < 20, document=f"d{number}")]
    said = cross_validated(many)
    assert len(said) == len(many)
    assert all(0.2 < confidence < 0.8 for confidence, _ in said)


def test_the_table_has_a_line_for_each_filled_bin() -> None:
    table = reliability_table("T", "2 rows", "m", "c", reliability([(0.95, True), (0.05, False)]))
    assert [row[0] for row in table.rows] == ["0.0–0.1", "0.9–1.0", "expected calibration error"]


@pytest.mark.parametrize(("path", "columns"), [(METHODS, 4), (SPEAKERS, 5)])
def test_the_shipped_shares_are_shares(path: object, columns: int) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]  # type: ignore[attr-defined]
    rows = [line.split("\t") for line in lines]
    assert rows
    assert {len(row) for row in rows} == {columns}
    assert all(0.0 <= float(row[-2]) <= 1.0 and int(row[-1]) >= 0 for row in rows)
    assert len({tuple(row[:-2]) for row in rows}) == len(rows)
