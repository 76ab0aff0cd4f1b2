"""The generated part of ``docs/quality.md`` is written anew without losing what was not measured."""

from datetime import date

import pytest

from tests.quality.report import BEGIN, DOC, END, Section, update
from transforms.evaluation.scoring import Counts

EMPTY = f"# Quality\n\n{BEGIN}\n{END}\n\nBy hand.\n"


def section(title: str, right: int) -> Section:
    return Section(title, "1 article", "model 1", "python -m tests.quality", {"direct exact": Counts(right, 4, 4)})


def test_a_section_is_replaced_and_others_stay() -> None:
    first = update(EMPTY, [section("A", 1), section("B", 2)], date(2025, 1, 1))
    second = update(first, [section("B", 3)], date(2025, 2, 2))
    assert "| direct exact | 0.250 | 0.250 | 0.250 | 4 |" in second
    assert "| direct exact | 0.750 | 0.750 | 0.750 | 4 |" in second
    assert "0.500" not in second
    assert second.count("### ") == 2
    assert ("2025-01-01" in second, "2025-02-02" in second) == (True, True)


def test_what_is_written_by_hand_stays_and_writing_twice_changes_nothing() -> None:
    once = update(EMPTY, [section("A", 1)], date(2025, 1, 1))
    assert once.startswith("# Quality\n")
    assert once.endswith("\n\nBy hand.\n")
    assert update(once, [section("A", 1)], date(2025, 1, 1)) == once


def test_a_document_without_the_part_is_refused() -> None:
    with pytest.raises(ValueError, match="figures"):
        update("# Quality\n", [], date(2025, 1, 1))


def test_the_document_has_the_part_and_the_gold_of_the_seeds_in_it() -> None:
    document = DOC.read_text(encoding="utf-8")
    assert "### Gold of seeds/\n" in document[document.index(BEGIN) : document.index(END)]
