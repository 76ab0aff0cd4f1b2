"""The body of a batch: whatever one record does, the others are staged."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from flows import batch as module
from flows.batch import run_batch
from flows.cutting import BatchSize
from flows.plan import make_plan
from flows.spec import BatchResult, BatchSpec, batch_id
from flows.unit import Unit
from tests.flows.landing import dated, names, spec_of, write_lines, write_text, write_zip
from transforms.read import ReadOptions
from transforms.records import Annotated, Document
from warehouse.ledger import Ledger
from warehouse.staging import StagedBatch, StagingArea

POISON = "this record is poison"


class FakeAnnotator:
    """Finds nothing, knows every language, and cannot stand one sentence."""

    engine = "none"

    def annotate(self, documents: Sequence[Document]) -> list[Annotated]:
        if any(POISON in document.text for document in documents):
            raise ZeroDivisionError("a component divided by zero")
        return [Annotated(replace(document, model="fake 1")) for document in documents]


@pytest.fixture(autouse=True)
def fake_annotator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_annotator", lambda model, engine: FakeAnnotator())


def units_of(folder: Path) -> list[Unit]:
    plan = make_plan([str(folder)], Ledger.load(folder / "none"), [], ReadOptions(), BatchSize(100, 10**9))
    return [item.unit for item in plan.pending]


def run(tmp_path: Path, spec: BatchSpec | None = None) -> tuple[BatchResult, StagedBatch]:
    result = run_batch(spec or spec_of(tmp_path / "data", units_of(tmp_path / "in")))
    (staged,) = StagingArea(tmp_path / "data").finished()
    return result, staged


def test_a_batch_is_staged_under_its_name_with_what_it_read(tmp_path: Path) -> None:
    write_text(tmp_path / "in" / "a.txt", dated(1))
    write_lines(tmp_path / "in" / "b.jsonl", range(3))
    write_zip(tmp_path / "in" / "c.zip", [("d.txt", dated(5))])
    result, staged = run(tmp_path)
    assert staged.batch_id == result.batch_id
    assert staged.facts["recipe"] == "test"
    assert (result.documents, result.records, result.rejects.total()) == (5, 5, 0)
    rows = staged.table("documents").to_pandas()
    assert list(names(rows["source_path"])) == ["a.txt", "b.jsonl", "b.jsonl", "b.jsonl", "c.zip"]
    assert list(rows["source_record"]) == [0, 0, 1, 2, 0]
    assert [unit.source_member for unit in staged.units] == [None, None, "d.txt"]
    assert set(result.seconds) == {"load model", "read", "annotate", "stage"}


def test_a_crash_in_one_record_refuses_only_that_record(tmp_path: Path) -> None:
    write_text(tmp_path / "in" / "a.txt", dated(1))
    write_text(tmp_path / "in" / "b.txt", f"date 2025-02-03 The mayor said that {POISON} and left.")
    write_text(tmp_path / "in" / "c.txt", dated(3))
    result, staged = run(tmp_path)
    assert (result.documents, result.rejects) == (2, {"crashed": 1})
    assert list(names(staged.table("documents")["source_path"].to_pylist())) == ["a.txt", "c.txt"]
    (reject,) = staged.table("rejects").to_pylist()
    assert reject["reason"] == "crashed"
    assert reject["detail"] == "ZeroDivisionError: a component divided by zero"
    assert reject["excerpt"].startswith("The mayor said")
    assert reject["source_path"].endswith("/b.txt")
    sources = staged.table("sources").to_pandas()
    assert list(sources["status"]) == ["done", "partial", "done"]
    assert list(sources["record_count"]) == [1, 1, 1]


def test_a_crash_in_one_line_of_a_file_refuses_only_that_line(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "in" / "a.jsonl", range(4)).read_text().splitlines()
    lines[2] = lines[2].replace("The council", f"While {POISON}, the council")
    write_text(tmp_path / "in" / "a.jsonl", "\n".join(lines))
    _, staged = run(tmp_path)
    assert staged.table("documents")["source_record"].to_pylist() == [0, 1, 3]
    assert staged.table("rejects")["source_record"].to_pylist() == [2]
    (source,) = staged.table("sources").to_pylist()
    assert (source["status"], source["record_count"], len(source["document_ids"])) == ("partial", 4, 3)


def test_a_crash_while_normalising_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = module.build_document

    def fragile(record, *rest):  # type: ignore[no-untyped-def]
        if POISON in record.body:
            raise LookupError("no such rule")
        return whole(record, *rest)

    monkeypatch.setattr(module, "build_document", fragile)
    write_text(tmp_path / "in" / "a.txt", dated(1))
    write_text(tmp_path / "in" / "b.txt", f"date 2025-02-03 The mayor said that {POISON} and left.")
    result, staged = run(tmp_path)
    assert (result.documents, result.rejects) == (1, {"crashed": 1})
    assert staged.table("rejects")["detail"].to_pylist() == ["LookupError: no such rule"]


def test_a_file_that_vanishes_after_the_plan_is_a_reject(tmp_path: Path) -> None:
    file = write_text(tmp_path / "in" / "a.txt", dated(1))
    spec = spec_of(tmp_path / "data", units_of(tmp_path / "in"))
    file.unlink()
    result, staged = run(tmp_path, spec)
    assert result.rejects == {"unreadable": 1}
    assert staged.table("rejects")["detail"].to_pylist() == ["No such file or directory"]


def test_the_same_batch_twice_is_one(tmp_path: Path) -> None:
    write_text(tmp_path / "in" / "a.txt", dated(1))
    first, staged = run(tmp_path)
    before = staged.path.stat().st_mtime_ns
    second, again = run(tmp_path)
    assert first.batch_id == second.batch_id
    assert again.path.stat().st_mtime_ns == before


def test_the_name_of_a_batch_is_its_content(tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", range(3))
    (unit,) = units_of(tmp_path / "in")
    others = [replace(unit, sha256="0"), replace(unit, start=1), replace(unit, stop=2)]
    ids = {batch_id((one,), "recipe") for one in (unit, *others)}
    assert len(ids) == 4
    assert batch_id((unit,), "another recipe") not in ids
    assert batch_id((unit,), "recipe") == batch_id((replace(unit),), "recipe")


def test_stretches_of_one_file_give_each_record_once(tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", range(5))
    (unit,) = units_of(tmp_path / "in")
    stretches = [replace(unit, stop=2), replace(unit, start=2, stop=4), replace(unit, start=4)]
    for stretch in stretches:
        run_batch(spec_of(tmp_path / "data", [stretch]))
    staged = StagingArea(tmp_path / "data").finished()
    assert sorted(number for batch in staged for number in batch.table("documents")["source_record"].to_pylist()) == [
        0, 1, 2, 3, 4,
    ]  # fmt: skip


def test_the_slowest_units_are_named(tmp_path: Path) -> None:
    for number in range(8):
        write_text(tmp_path / "in" / f"{number}.txt", dated(number))
    result, _ = run(tmp_path)
    assert len(result.slowest) == module.SLOWEST_SHOWN
    assert [seconds for seconds, _ in result.slowest] == sorted((s for s, _ in result.slowest), reverse=True)


@pytest.mark.parametrize(
    ("documents", "characters", "sizes"), [(2, 10**6, [2, 2, 1]), (200, 1, [1] * 5), (200, 10**6, [5])]
)
def test_documents_go_to_the_model_by_number_and_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: int, characters: int, sizes: list[int]
) -> None:
    """However they are grouped, all are staged, in their order."""
    seen: list[int] = []

    class Watching(FakeAnnotator):
        def annotate(self, documents: Sequence[Document]) -> list[Annotated]:
            seen.append(len(documents))
            return super().annotate(documents)

    monkeypatch.setattr(module, "_annotator", lambda model, engine: Watching())
    monkeypatch.setattr(module, "ANNOTATED_TOGETHER", documents)
    monkeypatch.setattr(module, "CHARACTERS_TOGETHER", characters)
    for number in range(5):
        write_text(tmp_path / "in" / f"{number}.txt", dated(number))
    result, staged = run(tmp_path)
    assert seen == sizes
    assert (result.documents, result.annotated) == (5, 5)
    assert result.seconds.keys() == {"load model", "read", "annotate", "stage"}
    paths = names(staged.table("documents")["source_path"].to_pylist())
    assert list(paths) == [f"{number}.txt" for number in range(5)]
    assert staged.table("signatures").num_rows == 5
