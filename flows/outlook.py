"""What a run would do, and what the next one will find: for ``onrecord ingest --plan`` and ``onrecord status``."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.options import IngestOptions
from flows.plan import make_plan
from flows.pool import workers_for
from flows.recipe import batch_size, limits_of, recipe_of
from transforms.version import PIPELINE_VERSION
from warehouse import runs
from warehouse.ledger import Ledger
from warehouse.staging import StagedBatch, StagingArea
from warehouse.under_way import UnderWay, forget, runs_under_way


@dataclass(frozen=True, slots=True)
class Preview:
    """What ``ingest`` would do with some sources.

    Attributes:
        batches: number of task runs that would read.
        recovered_batches: finished batches of an earlier run that would only have to be committed.
        refused: files and members that cannot be opened, by reason.
    """

    files_found: int
    files_unchanged: int
    skipped: dict[str, int]
    refused: dict[str, int]
    archives: int
    records: int
    bytes: int
    batches: int
    workers: int
    recovered_batches: int

    def lines(self) -> list[str]:
        """For people."""
        told = [
            f"{self.files_found:,} files found: {self.files_unchanged:,} unchanged, "
            f"{sum(self.skipped.values()):,} skipped, {sum(self.refused.values()):,} cannot be opened.",
            f"To read: {self.records:,} records ({self.bytes / 1e6:,.1f} MB) in {self.batches:,} batches "
            f"on {self.workers} workers.",
        ]
        told += [f"  skipped {count:,}: {why}" for why, count in sorted(self.skipped.items())]
        told += [f"  cannot be opened {count:,}: {why}" for why, count in sorted(self.refused.items())]
        if self.recovered_batches:
            told.append(f"Finished by an earlier run, to be committed as they are: {self.recovered_batches:,} batches.")
        return [*told, "Nothing was written."]


def preview(sources: Sequence[str], root: str, options: IngestOptions) -> Preview:
    """Plan a run without writing anything, not even the warehouse's folder.

    Raises:
        SourceNotFoundError, SourceUnavailableError: as the run would.
    """
    recipe = recipe_of(options)
    finished = [batch for batch in _staged(root) if batch.facts.get("recipe") == recipe]
    size = batch_size(options)
    plan = make_plan(sources, Ledger.load(root), finished, limits_of(options), size, reread=options.reread)
    workers = workers_for(plan.records, options.workers)
    return Preview(
        files_found=plan.files_found,
        files_unchanged=plan.files_unchanged,
        skipped=dict(plan.skipped),
        refused=dict(Counter(item.reject.reason.value for item in plan.refused)),
        archives=len(plan.archives),
        records=plan.records,
        bytes=plan.bytes,
        batches=plan.count_batches(size, workers),
        workers=workers,
        recovered_batches=len(plan.recovered),
    )


def _staged(root: str) -> list[StagedBatch]:
    return StagingArea(root).finished() if (Path(root) / "staging").is_dir() else []


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the next run will find.

    Attributes:
        running: runs whose process lives.
        died: runs that were killed and have no row in ``runs`` yet.
        staged_batches: finished batches that await a commit.
        staged_records: records that they hold, rejects among them.
        foreign_batches: those of them that were written by another version, which no run will take.
    """

    running: tuple[UnderWay, ...]
    died: tuple[UnderWay, ...]
    staged_batches: int
    staged_records: int
    foreign_batches: int

    def lines(self) -> list[str]:
        """For people; nothing when there is nothing to tell."""
        told = [
            f"Under way since {run.started:%Y-%m-%d %H:%M} UTC (process {run.pid}): {', '.join(run.sources)}."
            for run in self.running
        ]
        told += [
            f"Died without a word, begun {run.started:%Y-%m-%d %H:%M} UTC: {', '.join(run.sources)}. "
            "The next run of the same sources goes on where it stopped."
            for run in self.died
        ]
        mine = self.staged_batches - self.foreign_batches
        if mine:
            whose = "It will be" if self.running else "The next run of the same sources will take them:"
            told.append(
                f"{mine:,} finished batches ({self.staged_records:,} records) await a commit. {whose} "
                f"{'by the run under way.' if self.running else 'nothing in them is read again.'}"
            )
        if self.foreign_batches:
            told.append(f"{self.foreign_batches:,} staged batches of another version will be swept when they are old.")
        return told


def outlook(root: str) -> Outlook:
    """The state of what is under way in a warehouse. Nothing is written."""
    known = runs_under_way(root)
    batches = _staged(root)
    mine = [batch for batch in batches if usable(batch)]
    return Outlook(
        running=tuple(run for run in known if run.alive),
        died=tuple(run for run in known if not run.alive),
        staged_batches=len(batches),
        staged_records=sum(int(batch.facts.get("records", 0)) for batch in mine),
        foreign_batches=len(batches) - len(mine),
    )


def usable(batch: StagedBatch) -> bool:
    """Whether this version of the software would still write such a batch."""
    return batch.facts.get("pipeline_version") == PIPELINE_VERSION


def record_the_dead(root: str) -> list[UnderWay]:
    """Give each run that was killed its row in ``runs``: only it could have, and it cannot any more."""
    dead = [run for run in runs_under_way(root) if not run.alive]
    for run in dead:
        runs.write_run(
            root,
            runs.RunRow(
                run_id=run.run_id,
                started_at=run.started,
                finished_at=datetime.now(UTC),
                state="crashed",
                message="The process was killed, or its machine stopped. Its finished batches were kept.",
                model=run.model,
                pipeline_version=PIPELINE_VERSION,
                sources=run.sources,
            ),
        )
        forget(root, run)
    return dead
