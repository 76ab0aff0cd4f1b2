"""What a run says in its log and in the names of its tasks: counts, rates and reasons, in words."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.plan import Plan
from flows.spec import BatchResult
from flows.unit import Unit
from transforms.display.visible import visible
from warehouse.commit import CommitResult

NAME_LIMIT = 40


def counted(count: int, one: str, many: str | None = None) -> str:
    """``1 file``, ``1,234 files``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def units_told(units: Sequence[Unit]) -> str:
    """What a batch holds: ``40 files from a.txt``, ``feed.jsonl, records 500–999``, ``12 members of old.zip``."""
    first = units[0]
    name = _short(Path(first.file.path).name)
    if (files := len({unit.file.path for unit in units})) > 1:
        return f"{files:,} files from {name}"
    if len(units) > 1 and first.member is not None:
        return f"{counted(len(units), 'member')} of {name}"
    if first.member is not None:
        name = f"{name} › {_short(first.member.name)}"
    if first.start or first.stop is not None:
        last = units[-1].stop
        name += f", records {first.start:,}–{last - 1:,}" if last is not None else f", records from {first.start:,}"
    return name


def plan_told(plan: Plan) -> Iterator[str]:
    """What was found and what there is to do."""
    found = f"{counted(plan.files_found, 'file')} found"
    if plan.files_unchanged:
        found += f", {plan.files_unchanged:,} of them unchanged"
    yield f"{found}; {counted(plan.records, 'record')} to read."
    if plan.recovered:
        batches = counted(len(plan.recovered), "batch", "batches")
        yield f"{batches} of a run that did not end are staged and will only be committed."
    for why, count in sorted(plan.skipped.items()):
        yield f"{counted(count, 'file')} skipped: {why}."
    for item in plan.refused[:10]:
        yield visible(f"Refused {item.unit}: {item.reject.reason}: {item.reject.detail}")
    if len(plan.refused) > 10:
        yield f"{len(plan.refused) - 10:,} more could not be opened; see the table of rejects."


def batch_told(result: BatchResult) -> str:
    """What came out of a batch, and why some did not."""
    seconds = sum(result.seconds.values())
    told = (
        f"{counted(result.documents, 'document')}, {counted(result.quotes, 'quote')}, "
        f"{counted(result.entities, 'mention')} in {seconds:.1f} s"
    )
    if result.rejects:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in result.rejects.most_common())
        told += f"; refused: {reasons}"
    return told


def commit_told(committed: CommitResult) -> str:
    """What the commit changed."""
    if committed.snapshot is None:
        return "Nothing new: no snapshot was made."
    changes = [
        f"{count:,} {what}"
        for what, count in (
            ("added", committed.documents_added),
            ("replaced", committed.documents_replaced),
            ("removed", committed.documents_removed),
            ("unchanged", committed.documents_unchanged),
        )
        if count
    ]
    return (
        f"Snapshot {committed.snapshot}: documents {', '.join(changes) or 'as before'}; "
        f"{committed.bytes_written / 1e6:,.1f} MB written in {counted(len(committed.partitions), 'month')}."
    )


def _short(name: str) -> str:
    name = visible(name)
    return name if len(name) <= NAME_LIMIT else f"{name[: NAME_LIMIT - 1]}…"
