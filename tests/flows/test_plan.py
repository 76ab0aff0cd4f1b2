"""What a run finds to do: units, what the ledger and the staging area save it, and where batches end."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.cutting import BatchSize
from flows.plan import Plan, make_plan, staged_form
from flows.unit import Unit, reject_row, source_row
from tests.flows.landing import MOMENT, article, dated, names, write_lines, write_text, write_zip
from transforms.read import ReadOptions
from transforms.records import RejectReason
from warehouse.commit import commit
from warehouse.errors import SourceNotFoundError
from warehouse.ledger import Ledger, SourceStatus, source_parts
from warehouse.staging import StagedBatch, StagingArea
from warehouse.tables import to_arrow

SIZE = BatchSize(articles=10, bytes=1_000_000)


def plan_of(
    sources: Sequence[Path],
    root: Path | None = None,
    finished: Sequence[StagedBatch] = (),
    size: BatchSize = SIZE,
    *,
    reread: bool = False,
) -> Plan:
    ledger = Ledger.load(root or Path("/there/is/no/warehouse"))
    return make_plan([str(source) for source in sources], ledger, finished, ReadOptions(), size, reread=reread)


def stage_unread(root: Path, units: Sequence[Unit], plan: Plan | None = None, listed_at: datetime = MOMENT) -> None:
    """Stage and commit ledger rows that say that these were read, and that each of their records was refused."""
    rows = [source_row(unit, (), 1, run_id="run", listed_at=listed_at) for unit in units]
    if plan:
        rows += [
            source_row(
                item.unit,
                (),
                0,
                run_id="run",
                listed_at=listed_at,
                status=SourceStatus.ARCHIVE,
                members=tuple(item.member_names),
            )
            for item in plan.archives
        ]
    batch = StagingArea(root).write("read", {"sources": source_parts(rows)}, {})
    commit(root, [batch], "run")


def units_of(plan: Plan) -> list[Unit]:
    return [item.unit for item in plan.pending]


def test_a_file_is_a_unit(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", dated(1))
    write_text(tmp_path / "b.txt.gz", dated(2))
    plan = plan_of([tmp_path])
    assert list(names(unit.file.path for unit in units_of(plan))) == ["a.txt", "b.txt.gz"]
    assert [(unit.start, unit.stop, unit.member_name) for unit in units_of(plan)] == [(0, None, None)] * 2
    assert (plan.files_found, plan.records) == (2, 2)


def test_each_member_of_an_archive_is_a_unit(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", [("one.txt", dated(1)), ("in/two.txt", dated(2))])
    plan = plan_of([path])
    assert [unit.member_name for unit in units_of(plan)] == ["one.txt", "in/two.txt"]
    assert len({unit.sha256 for unit in units_of(plan)}) == 2
    assert [item.member_names for item in plan.archives] == [["one.txt", "in/two.txt"]]


def test_a_long_jsonl_file_is_cut_into_stretches_that_join(tmp_path: Path) -> None:
    plan = plan_of([write_lines(tmp_path / "a.jsonl", range(25))])
    assert [(item.unit.start, item.unit.stop, item.records) for item in plan.pending] == [
        (0, 10, 10),
        (10, 20, 10),
        (20, None, 5),
    ]
    assert plan.records == 25
    assert len(list(plan.batches(SIZE, workers=1))) == plan.count_batches(SIZE, 1) == 3


def test_a_jsonl_file_of_exactly_one_batch_is_whole(tmp_path: Path) -> None:
    plan = plan_of([write_lines(tmp_path / "a.jsonl", range(10))])
    assert [(unit.start, unit.stop) for unit in units_of(plan)] == [(0, None)]


def test_what_has_no_reader_is_skipped_and_counted(tmp_path: Path) -> None:
    for name in ("a.txt", "picture.png", ".hidden.txt", "old.txt~"):
        write_text(tmp_path / name, dated(1))
    plan = plan_of([tmp_path])
    assert plan.files_found == 1
    assert plan.skipped.total() == 3


def test_a_source_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        plan_of([tmp_path / "nothing-*.txt"])


def test_a_file_that_the_ledger_knows_is_not_read_again(tmp_path: Path) -> None:
    root, file = tmp_path / "data", write_text(tmp_path / "in" / "a.txt", dated(1))
    stage_unread(root, units_of(plan_of([file])))
    again = plan_of([file], root)
    assert (again.files_unchanged, len(again.pending), again.nothing_new) == (1, 0, True)
    assert len(plan_of([file], root, reread=True).pending) == 1


def test_a_touched_file_with_the_same_bytes_is_unchanged(tmp_path: Path) -> None:
    root, file = tmp_path / "data", write_text(tmp_path / "in" / "a.txt", dated(1))
    stage_unread(root, units_of(plan_of([file])))
    os.utime(file)
    assert plan_of([file], root).files_unchanged == 1


def test_a_change_that_keeps_size_and_time_is_seen_when_the_file_was_young(tmp_path: Path) -> None:
    root, file = tmp_path / "data", write_text(tmp_path / "in" / "a.txt", "date 2025-02-03 It was one.")
    young = datetime.fromtimestamp(file.stat().st_mtime, MOMENT.tzinfo) + timedelta(seconds=1)
    stage_unread(root, units_of(plan_of([file])), listed_at=young)
    write_text(file, "date 2025-02-03 It was two.")
    assert len(plan_of([file], root).pending) == 1


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    root, file = tmp_path / "data", write_text(tmp_path / "in" / "a.txt", dated(1))
    stage_unread(root, units_of(plan_of([file])))
    write_text(file, dated(1, sentences=3))
    assert len(plan_of([file], root).pending) == 1


def test_of_a_changed_archive_only_the_new_members_are_read(tmp_path: Path) -> None:
    root, path = tmp_path / "data", tmp_path / "a.zip"
    write_zip(path, [("one.txt", dated(1)), ("two.txt", dated(2))])
    first = plan_of([path])
    stage_unread(root, units_of(first), first)
    assert plan_of([path], root).nothing_new
    write_zip(path, [("one.txt", dated(1)), ("two.txt", dated(3)), ("four.txt", dated(4))])
    assert [unit.member_name for unit in units_of(plan_of([path], root))] == ["two.txt", "four.txt"]


def stage_only(root: Path, name: str, units: Sequence[Unit]) -> StagedBatch:
    rows = [source_row(unit, (), 1, run_id="killed", listed_at=MOMENT) for unit in units]
    return StagingArea(root).write(name, {"sources": source_parts(rows)}, {})


def test_staged_work_is_taken_over_and_not_done_again(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", range(25))
    staged = stage_only(tmp_path / "data", "killed", units_of(plan_of([source]))[:2])
    plan = plan_of([source], finished=[staged])
    assert [batch.batch_id for batch in plan.recovered] == ["killed"]
    assert [(unit.start, unit.stop) for unit in units_of(plan)] == [(20, None)]


def test_a_staged_batch_with_work_of_another_content_is_left_alone(tmp_path: Path) -> None:
    first, second = (write_text(tmp_path / f"{name}.txt", dated(1)) for name in "ab")
    staged = stage_only(tmp_path / "data", "killed", units_of(plan_of([first, second])))
    write_text(second, dated(2))
    plan = plan_of([first, second], finished=[staged])
    assert plan.recovered == []
    assert len(plan.pending) == 2


def test_of_two_staged_batches_with_the_same_unit_one_is_taken(tmp_path: Path) -> None:
    file = write_text(tmp_path / "a.txt", dated(1))
    units = units_of(plan_of([file]))
    twice = [stage_only(tmp_path / "data", name, units) for name in ("one", "two")]
    assert len(plan_of([file], finished=twice).recovered) == 1


def test_units_name_themselves_by_content(tmp_path: Path) -> None:
    whole = units_of(plan_of([write_text(tmp_path / "a.txt", dated(1))]))[0]
    assert staged_form(whole).record_stop == -1
    assert staged_form(whole).source_sha256 == whole.sha256


def test_batches_end_at_the_number_of_articles(tmp_path: Path) -> None:
    for number in range(23):
        write_text(tmp_path / f"{number:02}.txt", dated(number))
    batches = list(plan_of([tmp_path]).batches(SIZE, workers=1))
    assert [len(batch) for batch in batches] == [10, 10, 3]


def test_batches_end_at_the_number_of_bytes(tmp_path: Path) -> None:
    for number in range(6):
        write_text(tmp_path / f"{number}.txt", "x" * 400)
    batches = list(plan_of([tmp_path]).batches(BatchSize(10, 1_000), workers=1))
    assert [len(batch) for batch in batches] == [2, 2, 2]


def test_a_unit_over_the_size_is_a_batch_of_its_own(tmp_path: Path) -> None:
    for name, size in (("a", 10), ("b", 5_000), ("c", 10)):
        write_text(tmp_path / f"{name}.txt", "x" * size)
    batches = list(plan_of([tmp_path]).batches(BatchSize(10, 1_000), workers=1))
    assert [len(batch) for batch in batches] == [1, 1, 1]


def test_several_workers_get_smaller_batches_with_all_of_the_work(tmp_path: Path) -> None:
    for number in range(16):
        write_text(tmp_path / f"{number:02}.txt", dated(number))
    plan = plan_of([tmp_path])
    batches = list(plan.batches(BatchSize(500, 1_000_000), workers=2))
    assert [len(batch) for batch in batches] == [8, 8]
    assert [len(batch) for batch in plan.batches(BatchSize(7, 1_000_000), workers=2)] == [4] * 4
    assert [unit for batch in batches for unit in batch] == units_of(plan)


def test_a_broken_archive_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.zip", "PK\x03\x04 and then nothing that a zip archive has")
    plan = plan_of([path])
    assert [(item.unit.member, item.reject.reason) for item in plan.refused] == [(None, RejectReason.BAD_ARCHIVE)]
    assert len(plan.pending) == 0


def test_a_damaged_member_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", [("good.txt", article(1)), ("bad.txt", article(2))])
    content = bytearray(path.read_bytes())
    content[content.index(article(2).encode()) + 5] ^= 0xFF  # the CRC no longer fits
    path.write_bytes(content)
    plan = plan_of([path])
    assert [unit.member_name for unit in units_of(plan)] == ["good.txt"]
    assert [(item.unit.member_name, item.reject.reason) for item in plan.refused] == [
        ("bad.txt", RejectReason.BAD_ARCHIVE)
    ]


def test_a_link_to_nowhere_is_refused_and_has_a_row(tmp_path: Path) -> None:
    link = tmp_path / "a.txt"
    link.symlink_to(tmp_path / "gone.txt")
    plan = plan_of([link])
    assert (plan.files_found, len(plan.refused), plan.nothing_new) == (1, 1, False)
    refused = plan.refused[0]
    assert refused.reject.reason == RejectReason.UNREADABLE
    assert to_arrow("rejects", [reject_row(refused.unit, refused.reject, "run")]).num_rows == 1
