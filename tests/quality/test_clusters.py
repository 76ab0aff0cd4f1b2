"""The figures of entities: pairs and B³ on cases worked out by hand."""

import pytest

from tests.quality.clusters import Shares, b_cubed, pairs
from transforms.evaluation.scoring import Counts

ADA, BRANDT, TOMAS, VERRIN = (0, 3), (4, 10), (11, 16), (17, 23)
GOLD = {ADA: "Ada Brandt", BRANDT: "Ada Brandt", TOMAS: "Tomas Verrin", VERRIN: "Tomas Verrin"}


def test_the_gold_itself_is_right_throughout() -> None:
    assert pairs(GOLD, GOLD) == Counts(2, 2, 2)
    assert b_cubed(GOLD, GOLD).f1 == 1.0


def test_one_entity_for_all_has_all_pairs_and_too_many() -> None:
    one = dict.fromkeys(GOLD, "Somebody")
    assert pairs(GOLD, one) == Counts(2, 6, 2)
    shares = b_cubed(GOLD, one)
    assert (shares.right, shares.precision, shares.recall) == (0, 0.5, 1.0)


def test_a_missed_mention_costs_pairs_and_is_no_matter_of_b_cubed() -> None:
    found = {span: name for span, name in GOLD.items() if span != BRANDT}
    assert pairs(GOLD, found) == Counts(1, 1, 2)
    assert b_cubed(GOLD, found).f1 == 1.0


def test_shares_of_documents_add_up() -> None:
    both = b_cubed(GOLD, GOLD) + b_cubed(GOLD, dict.fromkeys(GOLD, "Somebody"))
    assert (both.precision, both.recall, both.gold) == (0.75, 1.0, 8)
    assert both.f1 == pytest.approx(6 / 7)
    assert Shares().f1 == 0.0
