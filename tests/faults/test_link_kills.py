"""Kills of the rebuild of canonical_entities: ids of mentions, of speakers and the entities are the old or the new."""

import hashlib
import os
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

import warehouse
from flows.linking import rebuild
from tests.faults.fuse import NEVER, Fuse
from tests.faults.worker import CONTEXT
from tests.warehouse.factory import Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from transforms.linking.decisions import decide
from transforms.linking.records import DecisionKind, EntityDecision
from warehouse.commit import commit

STRIDES = [61, pytest.param(7, marks=pytest.mark.faults)]
"""Every so many calls to the file system there is a kill, over the whole length of the rebuild."""


def decision(root: Path) -> EntityDecision:
    """That the two most mentioned people are one."""
    first, second = warehouse.open(root).canonical_entities(limit=2)["entity_id"]
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    return decide(DecisionKind.MERGE, moment, entity_id=first, other_entity_id=second)


def carry_out(root: str, rule: EntityDecision, blows_at: int, note: str) -> None:
    os.fsync = lambda descriptor: None  # SIGKILL does not lose what the kernel holds
    fuse = Fuse(blows_at)
    fuse.light()
    rebuild(root, add=[rule])
    calls = fuse.calls
    Path(note).write_text(str(calls))


def run(root: Path, rule: EntityDecision, blows_at: int = NEVER) -> int:
    """Returns how many calls it took; 0 when it was killed."""
    note = root.parent / "calls"
    note.unlink(missing_ok=True)
    process = CONTEXT.Process(target=carry_out, args=(str(root), rule, blows_at, str(note)))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return int(note.read_text()) if process.exitcode == 0 else 0


def state(root: Path) -> str:
    """All that a rebuild may change, read as a user reads it."""
    tables = {
        name: pd.read_parquet(root / name) for name in ("entities", "quotes", "canonical_entities", "entity_decisions")
    }
    keys = {
        "entities": "mention_id",
        "quotes": "quote_id",
        "canonical_entities": "entity_id",
        "entity_decisions": "kind",
    }
    rows = [repr(rows.sort_values(keys[name]).to_dict("records")) for name, rows in tables.items()]
    return hashlib.sha256("".join(rows).encode()).hexdigest()


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A linked warehouse, and documents that came since."""
    root = tmp_path_factory.mktemp("linked") / "data"
    months = [datetime(2026, month, 5) for month in (1, 2, 3)]
    articles = [Article(f"k{n}", text=f"Number {n}, they said.", day=months[n % 3]) for n in range(6)]
    commit(root, [stage(root, File("/in/a", tuple(articles[:4])))], "run")
    rebuild(root)
    commit(root, [stage(root, File("/in/b", tuple(articles[4:])))], "run")
    return root


@pytest.mark.parametrize("stride", STRIDES)
def test_a_kill_at_any_point_leaves_the_old_or_the_new(linked: Path, tmp_path: Path, stride: int) -> None:
    rule = decision(linked)
    before = state(linked)
    whole = tmp_path / "whole" / "data"
    shutil.copytree(linked, whole, symlinks=True)
    calls = run(whole, rule)
    after = state(whole)
    assert before != after
    seen = set()
    for position in range(1, calls + 1, stride):
        root = tmp_path / f"killed-{position}" / "data"
        shutil.copytree(linked, root, symlinks=True)
        assert run(root, rule, position) == 0, "it was killed"
        found = state(root)
        assert found in (before, after), f"killed before call {position} of {calls}"
        seen.add(found == after)
        check_invariants(read_all(root))
        run(root, rule)
        assert state(root) == after
        assert warehouse.verify(root).clean
        assert not list(root.glob("snapshots/.*"))
        shutil.rmtree(root.parent)
    assert False in seen
    assert calls > 3 * stride, "there was more than one kill"
