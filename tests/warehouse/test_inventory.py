"""Each file of a snapshot is written down with its length and hash, once and for all."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.warehouse.factory import SECOND, Article, File, stage
from warehouse import inventory
from warehouse.commit import commit
from warehouse.layout import Layout

OLD = tuple(Article(f"k{n}", text=f"Words number {n}, they said.", day=datetime(2026, 1 + n % 2, 5)) for n in range(4))


@pytest.fixture
def twice(root: Path) -> Path:
    """Two commits; the second one corrects a document of January."""
    commit(root, [stage(root, File("/in/a", OLD, rejects=1))], "run")
    corrected = (replace(OLD[0], text="Corrected, they said."), *OLD[1:])
    commit(root, [stage(root, File("/in/a", corrected, rejects=1, read_at=5_000 * SECOND))], "run")
    return root


def test_names_each_file_with_the_hash_of_its_bytes(twice: Path) -> None:
    for number in (1, 2):
        path = Layout(twice).snapshot(number)
        facts = inventory.read(path)
        assert facts is not None
        assert set(facts) == {str(file.relative_to(path)) for file in path.rglob("*.parquet")}
        assert all(inventory.hash_file(path / name) == fact for name, fact in facts.items())


def test_what_is_carried_over_keeps_its_first_hash(twice: Path) -> None:
    path = Layout(twice).snapshot(2)
    kept = next(iter((path / "entities" / "month=2026-02").iterdir()))
    content = bytearray(kept.read_bytes())
    content[10] ^= 1
    kept.write_bytes(content)  # the same file as in snapshot 1
    commit(twice, [stage(twice, File("/in/b", (Article("new"),)))], "run")
    facts = inventory.read(Layout(twice).snapshot(3))
    assert facts is not None
    name = f"entities/month=2026-02/{kept.name}"
    assert facts[name] != inventory.hash_file(Layout(twice).snapshot(3) / name)


def test_snapshots_without_an_inventory_get_one_with_the_next_commit(twice: Path) -> None:
    (Layout(twice).snapshot(2) / inventory.INVENTORY).unlink()
    assert inventory.read(Layout(twice).snapshot(2)) is None
    commit(twice, [stage(twice, File("/in/b", (Article("new"),)))], "run")
    path = Layout(twice).snapshot(3)
    facts = inventory.read(path)
    assert facts is not None
    assert all(inventory.hash_file(path / name) == fact for name, fact in facts.items())


def test_rewriting_hashes_only_what_is_new(twice: Path) -> None:
    path = Layout(twice).snapshot(2)
    before = inventory.read(path)
    folder = path / "rejects"
    (old,) = folder.iterdir()
    old.rename(folder / "add-00000001-f00000003.parquet")
    inventory.rewrite(path)
    after = inventory.read(path)
    assert before is not None
    assert after is not None
    changed = {f"rejects/{old.name}", "rejects/add-00000001-f00000003.parquet"}
    assert before.keys() ^ after.keys() == changed
    assert all(after[name] == before[name] for name in before.keys() & after.keys())


@pytest.mark.parametrize("content", ["{", "[1]", '{"a": 1}'])
def test_a_damaged_inventory_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / inventory.INVENTORY).write_text(content)
    with pytest.raises(ValueError):
        inventory.read(tmp_path)
