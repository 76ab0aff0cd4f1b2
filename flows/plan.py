"""What a run has to do: landing files against the ledger and the batches that a killed run left, cut into batches."""

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass, field, replace
from typing import BinaryIO

from flows.cutting import BatchSize, Pending, cut
from flows.errors import WorkerLostError
from flows.spool import Spool
from flows.unit import Unit
from transforms.read import ReadOptions, count_records, extensions, is_readable_name
from transforms.read.archives import MemberError, is_archive, members, open_member
from transforms.records import Reject, RejectReason
from warehouse import staging
from warehouse.landing import Found, LandingFile, Skipped, Unreadable, discover, open_binary, sha256_of_stream
from warehouse.ledger import Ledger
from warehouse.remote import is_url

REQUESTS_AT_ONCE = 16
"""Files of a store that are fetched at the same time while a run is planned."""


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


@dataclass(slots=True)
class Looked:
    """What a look into one landing file found."""

    unchanged: bool = False
    pending: list[Pending] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    archives: list[Archive] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class Plan:
    """What one run reads, and what it found already done. Units are kept on disk: there may be millions of them.

    Not a dataclass: Prefect walks through the fields of dataclasses that tasks are given, in search of futures.

    Attributes:
        files_found: landing files, unchanged ones among them.
        files_unchanged: files that the ledger knows with these bytes.
        skipped: files passed over, by reason.
        pending: units to read.
        records: records to read.
        bytes: of the raw files to read.
        recovered: staged batches of an earlier run that only have to be committed.
        archives: landing files whose members are sources of their own.
        refused: files and members that cannot be opened.
        lost: batches that could not be finished, with the reason.
    """

    def __init__(self) -> None:
        self.files_found = 0
        self.files_unchanged = 0
        self.skipped: Counter[str] = Counter()
        self.pending: Spool[Pending] = Spool()
        self.records = 0
        self.bytes = 0
        self.recovered: list[staging.StagedBatch] = []
        self.archives: list[Archive] = []
        self.refused: list[Refused] = []
        self.lost: list[WorkerLostError] = []

    @property
    def nothing_new(self) -> bool:
        """Nothing to read, to commit or to write down."""
        return not (self.pending or self.recovered or self.archives or self.refused)

    def batches(self, size: BatchSize, workers: int) -> Iterator[tuple[Unit, ...]]:
        """The pending work, cut so that workers get the same share of it; see :func:`flows.cutting.cut`."""
        return cut(self.pending, BatchSize(self.records, self.bytes), size, workers)

    def count_batches(self, size: BatchSize, workers: int) -> int:
        """How many :meth:`batches` gives."""
        return sum(1 for _ in self.batches(size, workers))

    def add(self, looked: Looked) -> None:
        """Note what one landing file holds."""
        self.files_found += 1
        self.files_unchanged += looked.unchanged
        self.skipped += looked.skipped
        self.archives += looked.archives
        self.refused += looked.refused
        for item in looked.pending:
            self._append(item)

    def _append(self, item: Pending) -> None:
        self.pending.append(item)
        self.records += item.records
        self.bytes += item.bytes

    def take_recovered(self, finished: Iterable[staging.StagedBatch]) -> None:
        """Take the staged batches that hold nothing but work of this plan; what they hold need not be done again.

        Holds 16 bytes, and what Python adds to them, for each staged unit.
        """
        owner: dict[bytes, int] = {}  # of each staged unit the first batch that has it
        batches = list(finished)
        for number, batch in enumerate(batches):
            for unit in _units_of(batch):
                owner.setdefault(_digest(unit), number)
        if not owner:
            return
        wanted = {key for key in (_digest(staged_form(item.unit)) for item in self.pending) if key in owner}
        taken: set[int] = set()
        for number, batch in enumerate(batches):
            keys = [_digest(unit) for unit in _units_of(batch)]
            if keys and wanted.issuperset(keys):
                taken.add(number)
                self.recovered.append(batch)
                wanted.difference_update(keys)
                owner.update(dict.fromkeys(keys, number))
        pending, self.pending, self.records, self.bytes = self.pending, Spool(), 0, 0
        for item in pending:
            if owner.get(_digest(staged_form(item.unit)), -1) not in taken:
                self._append(item)


def staged_form(unit: Unit) -> staging.Unit:
    """The unit as the staging area names it: by content, so that equal ones mean equal work."""
    return staging.Unit(unit.file.path, unit.member_name, unit.sha256, unit.start, unit.stored_stop)


def _units_of(batch: staging.StagedBatch) -> tuple[staging.Unit, ...]:
    try:
        return batch.units
    except FileNotFoundError:  # another run has just committed and discarded it
        return ()


def _digest(unit: staging.Unit) -> bytes:
    return hashlib.blake2b(repr(astuple(unit)).encode(), digest_size=16).digest()


def make_plan(
    sources: Sequence[str],
    ledger: Ledger,
    finished: Iterable[staging.StagedBatch],
    limits: ReadOptions,
    size: BatchSize,
    *,
    reread: bool = False,
) -> Plan:
    """List the sources and leave out what the ledger knows and what is staged. Nothing is written.

    Args:
        sources: folders, files, glob patterns or URLs.
        ledger: what earlier runs read.
        finished: staged batches of the same model, rules and options that no commit has taken yet.
        limits: size caps of the readers.
        size: where a batch ends; a file of more records is read in stretches.
        reread: take unchanged files too.

    Raises:
        SourceNotFoundError: one of the sources matches nothing.
        SourceUnavailableError: one of the sources cannot be asked.
    """
    plan = Plan()
    look = _Look(ledger, limits, size, reread)
    for found in _looked_ahead(discover(sources, extensions()), look.into):
        if isinstance(found, Skipped):
            plan.skipped[found.why] += 1
        elif isinstance(found, Unreadable):
            unreadable = Unit(LandingFile(found.path, found.path, 0, 0), "")
            reason = RejectReason.PERMISSION if found.denied else RejectReason.UNREADABLE
            plan.add(Looked(refused=[Refused(unreadable, Reject(0, reason, found.detail))]))
        else:
            plan.add(found)
    plan.take_recovered(finished)
    return plan


def _looked_ahead(
    files: Iterable[Found], look: Callable[[LandingFile], Looked]
) -> Iterator[Looked | Skipped | Unreadable]:
    """Each file with what is in it, in order. Stores are asked for many files at once: each answer takes its time."""
    waiting: deque[Future[Looked] | Skipped | Unreadable] = deque()
    with ThreadPoolExecutor(REQUESTS_AT_ONCE) as threads:
        for file in files:
            if isinstance(file, LandingFile) and not is_url(file.os_path):
                while waiting:
                    yield _settled(waiting.popleft())
                yield look(file)
                continue
            waiting.append(threads.submit(look, file) if isinstance(file, LandingFile) else file)
            if len(waiting) > REQUESTS_AT_ONCE:
                yield _settled(waiting.popleft())
        while waiting:
            yield _settled(waiting.popleft())


def _settled(item: Future[Looked] | Skipped | Unreadable) -> Looked | Skipped | Unreadable:
    return item.result() if isinstance(item, Future) else item


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks into landing files."""

    ledger: Ledger
    limits: ReadOptions
    size: BatchSize
    reread: bool

    def into(self, file: LandingFile) -> Looked:
        """The units of one file that are to be read; what cannot be opened; what is an archive."""
        if not self.reread and self.ledger.unchanged(file.path, file.size, file.mtime_ns):
            return Looked(unchanged=True)
        try:
            with open_binary(file) as stream:
                unit = Unit(file, sha256_of_stream(stream))
                if self._known(unit):
                    return Looked(unchanged=True)
                stream.seek(0)
                looked = Looked()
                looked.pending = list(self._units(unit, stream, looked))
                return looked
        except OSError as error:
            denied = isinstance(error, PermissionError)
            reason = RejectReason.PERMISSION if denied else RejectReason.UNREADABLE
            return Looked(refused=[Refused(Unit(file, ""), Reject(0, reason, error.strerror or str(error)))])

    def _known(self, unit: Unit) -> bool:
        return not self.reread and self.ledger.sha256(unit.file.path, unit.member_name) == unit.sha256

    def _units(self, whole: Unit, stream: BinaryIO, looked: Looked) -> Iterator[Pending]:
        if is_archive(stream, whole.file.path):
            yield from self._members(whole, stream, looked)
        else:
            yield from self._ranges(whole, count_records(stream, whole.file.path, self.limits))

    def _ranges(self, whole: Unit, records: int) -> Iterator[Pending]:
        """A file of many records in stretches of at most a batch; the last one reaches to the end."""
        step = self.size.articles
        for start in range(0, max(records, 1), step):
            count = min(step, max(records, 1) - start)
            stop = start + step if start + step < records else None
            yield Pending(
                replace(whole, start=start, stop=stop, records=count), count, whole.size * count // max(records, 1)
            )

    def _members(self, whole: Unit, stream: BinaryIO, looked: Looked) -> Iterator[Pending]:
        """The members whose bytes the ledger does not know."""
        archive = Archive(whole, [])
        looked.archives.append(archive)
        for member in members(stream, whole.file.path, self.limits):
            if isinstance(member, Reject):
                looked.refused.append(Refused(whole, member))
                continue
            if not is_readable_name(member.name):
                looked.skipped["member of no known format"] += 1
                continue
            archive.member_names.append(member.name)
            try:
                content = open_member(stream, member, self.limits)
            except MemberError as error:
                refused = replace(whole, member=member, sha256="")
                looked.refused.append(Refused(refused, Reject(0, error.reason, error.detail)))
                continue
            unit = replace(whole, member=member, sha256=hashlib.sha256(content.read()).hexdigest())
            content.seek(0)
            if not self._known(unit):
                yield from self._ranges(unit, count_records(content, member.name, self.limits))
