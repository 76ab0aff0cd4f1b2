"""Batches with records that kill or stall their process: real processes, real signals, no language model."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows import isolate
from flows.cutting import BatchSize
from flows.errors import Loss, WorkerLostError
from flows.isolate import run_isolated
from flows.plan import make_plan
from flows.pool import ProcessPool
from flows.spec import BatchResult
from tests.flows.landing import dated, spec_of, write_lines, write_text
from tests.flows.rigged import DIES, DIES_ONCE, HOGS, STALLS, RiggedPool
from transforms.read import ReadOptions
from warehouse.ledger import Ledger
from warehouse.staging import StagedBatch, StagingArea


@pytest.fixture(scope="module")
def engine() -> Iterator[RiggedPool]:
    with ProcessPool(1, memory=700 * 1024 * 1024) as pool:
        yield RiggedPool(pool)


def run(engine: RiggedPool, folder: Path, seconds: float = 30.0) -> tuple[BatchResult, StagedBatch, list[str]]:
    plan = make_plan([str(folder / "in")], Ledger.load(folder / "none"), [], ReadOptions(), BatchSize(100, 10**9))
    spec = replace(spec_of(folder / "data", [item.unit for item in plan.pending]), record_seconds=seconds)
    told: list[str] = []
    result = run_isolated(engine, spec, told.append)
    (staged,) = StagingArea(folder / "data").finished()
    return result, staged, told


def lines_with(folder: Path, *poison: tuple[int, str]) -> None:
    """Ten articles in one file, some of them with a sentence more."""
    path = write_lines(folder / "in" / "feed.jsonl", range(10))
    lines = path.read_text().splitlines()
    for number, words in poison:
        lines[number] = lines[number].replace("The council", f"There was {words}. The council", 1)
    write_text(path, "\n".join(lines))


def outcome(staged: StagedBatch) -> tuple[list[int], list[tuple[int, str]]]:
    rejects = staged.table("rejects").to_pylist()
    return (
        sorted(staged.table("documents")["source_record"].to_pylist()),
        sorted((row["source_record"], row["reason"]) for row in rejects),
    )


@pytest.mark.parametrize("when", ["while annotated", "while normalised", "while read"])
def test_the_record_that_kills_is_the_only_one_refused(engine: RiggedPool, tmp_path: Path, when: str) -> None:
    lines_with(tmp_path, (4, f"{DIES} {when}"))
    result, staged, told = run(engine, tmp_path)
    assert outcome(staged) == ([0, 1, 2, 3, 5, 6, 7, 8, 9], [(4, "killed_process")])
    assert (result.documents, result.rejects) == (9, {"killed_process": 1})
    (reject,) = staged.table("rejects").to_pylist()
    assert "SIGSEGV" in reject["detail"]
    assert 2 <= len(told) <= 3
    (source,) = staged.table("sources").to_pylist()
    assert (source["status"], source["record_count"]) == ("done", 10)


@pytest.mark.parametrize("when", ["while annotated", "while normalised", "while read"])
def test_a_record_that_stalls_is_stopped_and_refused(engine: RiggedPool, tmp_path: Path, when: str) -> None:
    lines_with(tmp_path, (0, f"{STALLS} {when}"))
    _, staged, _ = run(engine, tmp_path, seconds=2.0)
    assert outcome(staged) == ([1, 2, 3, 4, 5, 6, 7, 8, 9], [(0, "timeout")])
    assert "took too long and was stopped" in staged.table("rejects")["detail"][0].as_py()


def test_a_record_that_takes_all_memory_is_stopped_and_refused(engine: RiggedPool, tmp_path: Path) -> None:
    lines_with(tmp_path, (9, f"{HOGS} while annotated"))
    _, staged, _ = run(engine, tmp_path)
    assert outcome(staged) == (list(range(9)), [(9, "killed_process")])
    assert "took too much memory" in staged.table("rejects")["detail"][0].as_py()


def test_several_bad_records_in_several_files(engine: RiggedPool, tmp_path: Path) -> None:
    lines_with(tmp_path, (2, f"{DIES} while read"), (3, f"{DIES} while annotated"), (7, f"{STALLS} while normalised"))
    for number in range(3):
        write_text(tmp_path / "in" / f"{number}.txt", dated(number))
    write_text(tmp_path / "in" / "x.txt", f"date 2025-02-03 There was {DIES} while read, they said.")
    result, staged, _ = run(engine, tmp_path, seconds=2.0)
    assert result.documents == 10
    assert result.rejects == {"killed_process": 3, "timeout": 1}
    rejects = staged.table("rejects").to_pandas()
    assert sorted(rejects["source_path"].str.rsplit("/").str[-1]) == ["feed.jsonl"] * 3 + ["x.txt"]


def test_a_reader_that_cannot_pass_over_the_record_gives_up_the_rest(engine: RiggedPool, tmp_path: Path) -> None:
    lines_with(tmp_path, (4, f"{DIES} while read of the whole file"))
    _, staged, _ = run(engine, tmp_path)
    documents, rejects = outcome(staged)
    assert documents == [0, 1, 2, 3]
    assert rejects == [(4, "killed_process"), (5, "killed_process")]
    assert "what follows in the file was not read" in staged.table("rejects").to_pylist()[1]["detail"]


def test_one_death_proves_nothing(engine: RiggedPool, tmp_path: Path) -> None:
    lines_with(tmp_path, (4, f"{DIES_ONCE} while annotated"))
    result, _, told = run(engine, tmp_path)
    assert (result.documents, result.rejects.total(), len(told)) == (10, 0, 1)


class Doomed:
    """An engine whose processes die before they have begun."""

    workers = 1
    calls = 0

    def run(self, function: object, argument: object) -> None:
        self.calls += 1
        raise WorkerLostError(str(argument), Loss.DIED, None, -9)


def test_deaths_outside_of_records_refuse_no_record(tmp_path: Path) -> None:
    engine = Doomed()
    with pytest.raises(WorkerLostError, match="SIGKILL"):
        run_isolated(engine, spec_of(tmp_path, []), lambda _: None)  # type: ignore[arg-type]
    assert engine.calls == 3


def test_when_all_records_kill_the_machine_is_blamed_and_nothing_is_staged(
    engine: RiggedPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_lines(tmp_path / "in" / "feed.jsonl", range(30))
    write_text(path, path.read_text().replace("The council", f"There was {DIES} while normalised. The council"))
    monkeypatch.setattr(isolate, "MOST_REFUSALS", 2)
    with pytest.raises(WorkerLostError):
        run(engine, tmp_path)
    assert StagingArea(tmp_path / "data").finished() == []
