import json
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.warehouse.factory import Article, File, batch_tables, stage
from warehouse import staging
from warehouse.commit import commit
from warehouse.errors import BatchError, NotAWarehouseError
from warehouse.layout import Layout
from warehouse.staging import StagingArea, Unit

A, B = Article("a"), Article("b")


def test_batch_can_be_read_back(root: Path) -> None:
    file = File("/in/a.txt", (A, B), rejects=1)
    batch = StagingArea(root).write("one", batch_tables([file]), {"words": 12})
    (again,) = StagingArea(root).finished()
    assert again == batch
    assert again.batch_id == "one"
    assert again.facts == {"words": 12}
    assert again.units == (Unit("/in/a.txt", None, file.sha256, 0, -1),)
    assert again.table("documents").num_rows == 2
    assert again.table("rejects", ["reason"]).to_pylist() == [{"reason": "empty_body"}]


def test_second_write_changes_nothing(root: Path) -> None:
    area = StagingArea(root)
    first = area.write("one", batch_tables([File("/in/a.txt", (A,))]), {"n": 1})
    assert area.write("one", batch_tables([File("/in/b.txt", (B,))]), {"n": 2}) == first


def test_half_written_batches_are_not_finished_and_go_with_their_process(root: Path) -> None:
    area = StagingArea(root)
    half = area.path / ".tmp-abc"
    half.mkdir()
    (half / "documents.parquet").write_bytes(b"PAR1")
    os.utime(half, (0, 0))  # its age proves nothing: the clock may be wrong
    assert area.finished() == []
    with staging.half_written(area.path) as living:
        staging.sweep(Layout(root))
        assert half.exists() and living.exists()
    staging.sweep(Layout(root))
    assert not half.exists()


def test_batches_of_another_schema_are_not_taken(root: Path) -> None:
    batch = stage(root, File("/in/a.txt", (A,)))
    facts = batch.path / staging.FACTS
    facts.write_text(json.dumps({**json.loads(facts.read_text()), "schema_version": 0}))
    assert StagingArea(root).finished() == []
    commit(root, [], "run")
    assert not batch.path.exists()


def test_discarded_batches_are_gone(root: Path) -> None:
    area = StagingArea(root)
    one, two = stage(root, File("/in/a.txt", (A,))), stage(root, File("/in/b.txt", (B,)))
    area.discard([one])
    area.discard([one])
    assert area.finished() == [two]


def test_of_a_repeated_document_the_later_record_and_its_own_children_stay(root: Path) -> None:
    long, short = replace(A, text="The river fell, officials said.", quotes=1, entities=1), replace(A, quotes=3)
    batch = stage(root, File("/in/a.jsonl", (long, B, short)))
    assert batch.table("documents", ["document_id", "text"]).to_pylist() == [
        {"document_id": B.document_id, "text": B.text},
        {"document_id": A.document_id, "text": short.text},
    ]
    assert batch.table("quotes").column("content").to_pylist()[2:] == [short.text[i : i + 9] for i in range(3)]
    assert batch.table("entities").num_rows == B.entities + short.entities


def test_of_a_repeated_document_the_one_modified_later_stays(root: Path) -> None:
    newer = replace(A, text="New words, they said.", modified_at=datetime(2026, 2, 2))
    older = replace(A, text="Old words, they said.", modified_at=datetime(2026, 2, 1))
    batch = stage(root, File("/in/a.jsonl", (newer, older)))
    assert batch.table("documents").column("text").to_pylist() == [newer.text]


def test_child_without_its_document_is_refused(root: Path) -> None:
    tables = batch_tables([File("/in/a.txt", (A, B))])
    tables["documents"] = tables["documents"].slice(0, 1)
    with pytest.raises(BatchError, match="3 rows of entities have no document"):
        StagingArea(root).write("one", tables, {})


def test_child_on_another_day_than_its_document_is_refused(root: Path) -> None:
    tables = batch_tables([File("/in/a.txt", (A,))])
    tables["quotes"] = batch_tables([File("/in/a.txt", (replace(A, day=None),))])["quotes"]
    with pytest.raises(BatchError, match="published_on differs"):
        StagingArea(root).write("one", tables, {})


def test_document_of_an_unlisted_source_is_refused(root: Path) -> None:
    tables = batch_tables([File("/in/a.txt", (A,))])
    tables["sources"] = batch_tables([File("/in/b.txt", (A,))])["sources"]
    with pytest.raises(BatchError, match="without a row in sources"):
        StagingArea(root).write("one", tables, {})


def test_folder_with_other_things_is_left_alone(root: Path) -> None:
    root.mkdir()
    (root / "thesis.doc").write_text("precious")
    with pytest.raises(NotAWarehouseError, match="holds other files"):
        StagingArea(root)
