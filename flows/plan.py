"""What a run has to do: landing files against the ledger and the batches that a killed run left, cut into batches."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from flows.unit import Unit
from transforms.read import ReadLimits, count_records, extensions, is_readable_name
from transforms.read.archives import MemberError, is_archive, members, open_member
from transforms.records import Reject, RejectReason
from warehouse import staging
from warehouse.landing import LandingFile, Skipped, Unreadable, discover, open_binary, sha256_of
from warehouse.ledger import Ledger

BATCHES_A_WORKER = 4
"""At least so many, so that the last batches of a run keep all workers busy to nearly the same moment."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or member that cannot even be opened."""

    unit: Unit
    reject: Reject


@dataclass(frozen=True, slots=True)
class Archive:
    """A landing file whose members are sources of their own."""

    unit: Unit
    member_names: list[str]


@dataclass(frozen=True, slots=True)
class BatchSize:
    """Where a batch ends: at so many articles or so many bytes of raw files."""

    articles: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Pending:
    """A unit with what it weighs."""

    unit: Unit
    records: int
    bytes: int


class Plan:
    """What one run reads, and what it found already done.

    Not a dataclass: Prefect walks through the fields of dataclasses that tasks are given, in search of futures.

    Attributes:
        files_found: landing files, unchanged ones among them.
        files_unchanged: files that the ledger knows with these bytes.
        skipped: files passed over, by reason.
        pending: units to read.
        recovered: staged batches of an earlier run that only have to be committed.
        archives: landing files whose members are sources of their own.
        refused: files and members that cannot be opened.
    """

    def __init__(self) -> None:
        self.files_found = 0
        self.files_unchanged = 0
        self.skipped: Counter[str] = Counter()
        self.pending: list[Pending] = []
        self.recovered: list[staging.StagedBatch] = []
        self.archives: list[Archive] = []
        self.refused: list[Refused] = []

    @property
    def records(self) -> int:
        """Records to read."""
        return sum(item.records for item in self.pending)

    @property
    def nothing_new(self) -> bool:
        """Nothing to read, to commit or to write down."""
        return not (self.pending or self.recovered or self.archives or self.refused)

    def batches(self, size: BatchSize, workers: int) -> list[tuple[Unit, ...]]:
        """The pending work, cut. Several workers get smaller batches, so that none idles while the last one works."""
        if workers > 1:
            share = max(1, self.records // (workers * BATCHES_A_WORKER))
            size = replace(size, articles=min(size.articles, share))
        return list(_cut(self.pending, size))


def staged_form(unit: Unit) -> staging.Unit:
    """The unit as the staging area names it: by content, so that equal ones mean equal work."""
    return staging.Unit(unit.file.path, unit.member_name, unit.sha256, unit.start, unit.stored_stop)


def make_plan(
    sources: Sequence[str],
    ledger: Ledger,
    finished: Iterable[staging.StagedBatch],
    limits: ReadLimits,
    size: BatchSize,
    *,
    reread: bool = False,
) -> Plan:
    """List the sources and leave out what the ledger knows and what is staged.

    Args:
        sources: folders, files or glob patterns.
        ledger: what earlier runs read.
        finished: staged batches of the same model, rules and options that no commit has taken yet.
        limits: size caps of the readers.
        size: where a batch ends; a file of more records is read in stretches.
        reread: take unchanged files too.

    Raises:
        SourceNotFoundError: one of the sources matches nothing.
    """
    plan = Plan()
    look = _Look(ledger, limits, size, plan, reread)
    for found in discover(sources, extensions()):
        match found:
            case Skipped():
                plan.skipped[found.why] += 1
            case Unreadable():
                plan.files_found += 1
                unreadable = Unit(LandingFile(found.path, found.path, 0, 0), "")
                reason = RejectReason.PERMISSION if found.denied else RejectReason.UNREADABLE
                plan.refused.append(Refused(unreadable, Reject(0, reason, found.detail)))
            case LandingFile():
                plan.files_found += 1
                plan.pending += look.into(found)
    _take_recovered(plan, finished)
    return plan


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks into landing files; what it cannot open, or finds to be an archive, it notes in the plan."""

    ledger: Ledger
    limits: ReadLimits
    size: BatchSize
    plan: Plan
    reread: bool

    def into(self, file: LandingFile) -> list[Pending]:
        """The units of one file that are to be read."""
        if not self.reread and self.ledger.unchanged(file.path, file.size, file.mtime_ns):
            self.plan.files_unchanged += 1
            return []
        try:
            unit = Unit(file, sha256_of(file))
            if self._known(unit):
                self.plan.files_unchanged += 1
                return []
            with open_binary(file) as stream:
                return list(self._units(unit, stream))
        except OSError as error:
            denied = isinstance(error, PermissionError)
            reason = RejectReason.PERMISSION if denied else RejectReason.UNREADABLE
            self.plan.refused.append(Refused(Unit(file, ""), Reject(0, reason, error.strerror or str(error))))
            return []

    def _known(self, unit: Unit) -> bool:
        return not self.reread and self.ledger.sha256(unit.file.path, unit.member_name) == unit.sha256

    def _units(self, whole: Unit, stream: BinaryIO) -> Iterator[Pending]:
        if is_archive(stream, whole.file.path):
            yield from self._members(whole, stream)
        else:
            yield from self._ranges(whole, count_records(stream, whole.file.path, self.limits))

    def _ranges(self, whole: Unit, records: int) -> Iterator[Pending]:
        """A file of many records in stretches of at most a batch; the last one reaches to the end."""
        step = self.size.articles
        for start in range(0, max(records, 1), step):
            count = min(step, max(records, 1) - start)
            stop = start + step if start + step < records else None
            yield Pending(replace(whole, start=start, stop=stop, records=count), count, whole.size * count // max(records, 1))

    def _members(self, whole: Unit, stream: BinaryIO) -> Iterator[Pending]:
        """The members whose bytes the ledger does not know."""
        archive = Archive(whole, [])
        self.plan.archives.append(archive)
        for member in members(stream, whole.file.path, self.limits):
            if isinstance(member, Reject):
                self.plan.refused.append(Refused(whole, member))
                continue
            if not is_readable_name(member.name):
                self.plan.skipped["member of no known format"] += 1
                continue
            archive.member_names.append(member.name)
            try:
                content = open_member(stream, member, self.limits)
            except MemberError as error:
                refused = replace(whole, member=member, sha256="")
                self.plan.refused.append(Refused(refused, Reject(0, error.reason, error.detail)))
                continue
            unit = replace(whole, member=member, sha256=hashlib.sha256(content.read()).hexdigest())
            content.seek(0)
            if not self._known(unit):
                yield from self._ranges(unit, count_records(content, member.name, self.limits))


def _take_recovered(plan: Plan, finished: Iterable[staging.StagedBatch]) -> None:
    """Take the staged batches that hold nothing but work of this plan; what they hold need not be done again."""
    left = {staged_form(item.unit): item for item in plan.pending}
    for batch in finished:
        if batch.units and left.keys() >= set(batch.units):
            plan.recovered.append(batch)
            for unit in batch.units:
                del left[unit]
    plan.pending = list(left.values())


def _cut(pending: Iterable[Pending], size: BatchSize) -> Iterator[tuple[Unit, ...]]:
    units: list[Unit] = []
    records = total = 0
    for item in pending:
        if units and (records + item.records > size.articles or total + item.bytes > size.bytes):
            yield tuple(units)
            units, records, total = [], 0, 0
        units.append(item.unit)
        records += item.records
        total += item.bytes
    if units:
        yield tuple(units)
