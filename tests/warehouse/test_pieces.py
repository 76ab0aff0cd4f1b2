"""A large commit is cut into pieces in one pass over its batches."""

import ctypes
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.factory import Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.columns import Table
from warehouse.commit import commit
from warehouse.incoming import Incoming
from warehouse.memory import Shared
from warehouse.pieces import Wanted, rows_of_pieces
from warehouse.staging import StagedBatch
from warehouse.tables import CHILD_TABLES
from warehouse.tables.documents import DOCUMENTS

ARTICLES = [
    Article(str(n), text=f"Words number {n}, they said.", day=datetime(2026, 1 + n % 3, 2), quotes=n % 3)
    for n in range(12)
]
BATCHES = 3


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> list[StagedBatch]:
    root = tmp_path_factory.mktemp("staged") / "data"
    return [stage(root, File(f"/in/{n}", tuple(ARTICLES[n::BATCHES]))) for n in range(BATCHES)]


@settings(deadline=None, max_examples=25)
@given(where=st.lists(st.integers(0, 4), min_size=len(ARTICLES), max_size=len(ARTICLES)))
def test_each_piece_has_the_rows_of_its_documents(
    batches: list[StagedBatch], tmp_path_factory: pytest.TempPathFactory, where: list[int]
) -> None:
    """Whatever is in which piece; piece 4 is wanted nowhere."""
    incoming, scratch = Incoming(batches), tmp_path_factory.mktemp("scratch")
    pieces: list[dict[int, list[str]]] = [defaultdict(list) for _ in range(4)]
    for number, article in enumerate(ARTICLES):
        if where[number] < 4:
            pieces[where[number]][number % BATCHES].append(article.document_id)
    for table in (DOCUMENTS, *CHILD_TABLES):
        found = list(rows_of_pieces(incoming, table, pieces, scratch))
        for wanted, rows in zip(pieces, found, strict=True):
            assert rows.equals(incoming.rows(table, dict(sorted(wanted.items()))))
            assert rows.schema.equals(table.schema(), check_metadata=True)
        assert not list(scratch.iterdir()), "scratch files are left"


def commit_all(root: Path) -> dict[str, pd.DataFrame]:
    staged = [stage(root, File(f"/in/{n}", tuple(ARTICLES[n::BATCHES]))) for n in range(BATCHES)]
    assert commit(root, staged, "run").documents_added == len(ARTICLES)
    tables = read_all(root)
    check_invariants(tables)
    return tables


def test_in_pieces_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = commit_all(tmp_path / "whole")
    monkeypatch.setattr("warehouse.build.PIECE_BYTES", 1)
    pieces = commit_all(tmp_path / "pieces")
    assert len(list((tmp_path / "pieces" / "current" / "documents").rglob("*.parquet"))) == len(ARTICLES)
    for name, rows in whole.items():
        told = [sorted(map(str, one[sorted(one)].values.tolist())) for one in (rows, pieces[name])]
        assert told[0] == told[1], name
    assert not list((tmp_path / "pieces").rglob(".scratch*"))


def test_long_articles_make_smaller_pieces(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows count, not documents: an article of hundreds of pages is too much beside many others."""
    long = [Article(f"long {n}", text=f"{n} they said.", entities=60) for n in range(2)]
    short = [Article(f"short {n}", text=f"Of {n} they said.") for n in range(18)]
    batch = stage(root, File("/in/a", (*long, *short)))
    staged = sum(batch.file(table.name).stat().st_size for table in (DOCUMENTS, *CHILD_TABLES))
    monkeypatch.setattr("warehouse.build.PIECE_BYTES", staged // 8)
    pieces: list[list[str]] = []

    def watched(incoming: Incoming, table: Table, wanted: Sequence[Wanted], scratch: Path) -> Iterator[pa.Table]:
        pieces.extend([key for ids in one.values() for key in ids] for one in wanted if table is DOCUMENTS)
        return rows_of_pieces(incoming, table, wanted, scratch)

    monkeypatch.setattr("warehouse.build.rows_of_pieces", watched)
    assert commit(root, [batch], "run").documents_added == 20
    alone = {article.document_id for article in long}
    assert all(len(ids) == 1 for ids in pieces if alone.intersection(ids))
    assert max(map(len, pieces)) > 2
    check_invariants(read_all(root))


def test_equal_values_are_one_object() -> None:
    shared = Shared()
    one, two = shared(["a" * 50, None, "b" * 50]), shared(["".join(["a"] * 50), "b" * 50])
    assert one[0] is two[0]
    assert one[2] is two[1]
    assert one[1] is None


HELD = """
import sys
import numpy as np, pyarrow as pa, pyarrow.compute as pc
from pathlib import Path
from warehouse.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

column = pa.array(np.arange(10_000))
make = {"arrow": lambda: pc.add(column, 1), "c": lambda: bytearray(20_000)}[sys.argv[1]]
before = resident()
held = [make() for _ in range(5_000)]
most = resident()
last = make()  # at the end of what was taken, where it keeps the rest from going by itself
del held
give_back()
print(most - before, resident() - before)
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc"
)
@pytest.mark.parametrize("whose", ["arrow", "c"])
def test_what_was_freed_goes_back_to_the_system(whose: str) -> None:
    done = subprocess.run([sys.executable, "-c", HELD, whose], stdout=subprocess.PIPE, text=True, check=True)
    most, left = map(float, done.stdout.split())
    assert most > 80
    assert left < most / 4
