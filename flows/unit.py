"""The units that a run reads, and the rows by which the warehouse remembers them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from transforms.read.archives import Member
from transforms.records import Reject, RejectRow
from transforms.version import PIPELINE_VERSION
from warehouse.landing import LandingFile
from warehouse.ledger import SourceRow, SourceStatus


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read as one: a file, a member of an archive, or a range of the records of either."""

    file: LandingFile
    sha256: str  # of the file's or the member's bytes; empty when they cannot be read
    member: Member | None = None
    start: int = 0
    stop: int | None = None
    records: int = 0  # in the range, as counted by the plan; 0 when not known

    @property
    def member_name(self) -> str | None:
        """The member's name, None for a file that is no archive."""
        return self.member.name if self.member else None

    @property
    def size(self) -> int:
        """Bytes of the file or of the unpacked member."""
        return self.member.size if self.member else self.file.size

    @property
    def stored_stop(self) -> int:
        """The end of the range as the warehouse writes it: -1 for the end of the file."""
        return -1 if self.stop is None else self.stop

    def __str__(self) -> str:
        return f"{self.file.path} › {self.member.name}" if self.member else self.file.path


def reject_row(unit: Unit, reject: Reject, run_id: str) -> RejectRow:
    """The stored form of a reader's reject."""
    return RejectRow(
        source_path=unit.file.path,
        source_member=unit.member_name,
        source_record=reject.source_record,
        source_sha256=unit.sha256,
        reason=reject.reason,
        detail=reject.detail,
        excerpt=reject.excerpt,
        run_id=run_id,
    )


def source_row(
    unit: Unit,
    document_ids: Iterable[str],
    record_count: int,
    *,
    run_id: str,
    listed_at: datetime,
    status: SourceStatus | None = None,
    members: tuple[str, ...] | None = None,
) -> SourceRow:
    """The unit's row of the ledger; the commit merges the rows of a file that was read in stretches.

    Args:
        unit: what was read.
        document_ids: the documents that it gave.
        record_count: records that were read, rejects among them.
        run_id: the run.
        listed_at: a moment before the file was looked at.
        status: by default `done`, or `rejected` when no document came out.
        members: names of an archive's members.
    """
    stored = tuple(dict.fromkeys(document_ids))
    return SourceRow(
        source_path=unit.file.path,
        source_member=unit.member_name,
        size=unit.size,
        mtime=unit.file.mtime_ns or None,
        read_at=int(listed_at.timestamp() * 1e9),
        source_sha256=unit.sha256,
        status=status or (SourceStatus.DONE if stored else SourceStatus.REJECTED),
        record_count=record_count,
        document_ids=stored,
        pipeline_version=PIPELINE_VERSION,
        run_id=run_id,
        record_start=unit.start,
        record_stop=unit.stored_stop,
        members=members,
    )
