"""Entities across documents: each broken promise is seen, and what is allowed between rebuilds is not."""

import shutil
from pathlib import Path
from typing import Any

import pytest

import warehouse
from flows.linking import rebuild
from tests.warehouse.factory import Article, File, stage
from tests.warehouse.verification import damage
from warehouse.commit import commit
from warehouse.verification import Check, verify


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents, linked, and a third that came later."""
    root = tmp_path_factory.mktemp("linked") / "data"
    articles = (Article("a"), Article("b", text="Other words, they said."))
    commit(root, [stage(root, File("/in/a", articles))], "run")
    rebuild(root)
    return root


@pytest.fixture
def broken(linked: Path, tmp_path: Path) -> Path:
    shutil.copytree(linked, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def _more(name: str) -> damage.Damage:
    return damage.set_value("canonical_entities", name, lambda row: row[name] + 1)


def _has_speaker(row: dict[str, Any]) -> bool:
    return row["speaker_entity_id"] is not None


CASES: dict[str, tuple[damage.Damage, Check, str]] = {
    "a mention of nobody": (damage.set_value("entities", "entity_id", "nobody"), Check.PARENT, "entities"),
    "a speaker who is nobody": (
        damage.set_value("quotes", "speaker_entity_id", "nobody", _has_speaker),
        Check.PARENT,
        "quotes",
    ),
    "too many mentions": (_more("mention_count"), Check.COUNT, "canonical_entities"),
    "too many documents": (_more("document_count"), Check.COUNT, "canonical_entities"),
    "too many quotes": (_more("quote_count"), Check.COUNT, "canonical_entities"),
}


def test_a_linked_warehouse_is_sound(linked: Path) -> None:
    report = verify(linked)
    assert report.clean, report.findings
    assert report.rows["canonical_entities"] == 3


@pytest.mark.parametrize("case", CASES)
def test_is_seen(broken: Path, case: str) -> None:
    break_it, check, table = CASES[case]
    words = break_it(broken)
    found = [finding for finding in verify(broken).findings if (finding.check, finding.table) == (check, table)]
    assert any(words in str(finding) for finding in found)


def test_an_entity_twice(broken: Path) -> None:
    def again(rows: damage.Rows) -> str:
        rows.append(dict(rows[0]))
        return str(rows[0]["entity_id"])

    words = damage.edited("canonical_entities", again)(broken)
    (finding,) = verify(broken).findings
    assert finding.check is Check.KEY
    assert words in str(finding)


def test_what_comes_later_need_not_be_linked(broken: Path) -> None:
    commit(broken, [stage(broken, File("/in/c", (Article("c", text="Late words, they said."),)))], "run")
    assert verify(broken).clean
    _more("mention_count")(broken)
    assert not verify(broken).clean, "counts are exact as long as nothing linked went"


def test_after_a_document_went_counts_may_be_too_high_but_not_too_low(broken: Path) -> None:
    corrected = (Article("a", text="Corrected, they said."), Article("b", text="Other words, they said."))
    commit(broken, [stage(broken, File("/in/a", corrected, read_at=9_000_000_000_000))], "run")
    assert verify(broken).clean
    warehouse.compact(broken)
    assert verify(broken).clean
    words = damage.set_value("canonical_entities", "mention_count", 0)(broken)
    (finding,) = verify(broken).findings
    assert (finding.check, finding.row) == (Check.COUNT, words)
