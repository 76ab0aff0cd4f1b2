"""What a check of a warehouse found."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

KEPT = 20
"""Findings of one check and table that are listed; all are counted."""

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how much of it is done, and of how much (bytes or rows)."""


class Check(StrEnum):
    """The invariants, each with the sentence that says what holds when it is kept."""

    LINK = "link"  # current and the stable names are relative links to what is there
    ORPHAN = "orphan"  # there are no files and folders that nothing accounts for
    MISSING = "missing"  # each file that the snapshot lists is there
    SIZE = "size"  # … has the length that it was written with
    HASH = "hash"  # … and the bytes
    UNREADABLE = "unreadable"  # each file is finished and can be read
    SCHEMA = "schema"  # its columns are the declared ones, in the declared version
    KEY = "key"  # no two rows share a key
    PARTITION = "partition"  # a row lies in the month of its day
    PARENT = "parent"  # entities and quotes have a document, speakers a mention, ids a canonical entity
    AGREEMENT = "agreement"  # … and repeat its date, model and pipeline version
    COUNT = "count"  # documents count their entities, quotes, characters and words; canonical entities their rows
    SPAN = "span"  # text[start:end] is what the row says, and lies inside
    DUPLICATE = "duplicate"  # of documents with one text one stands, and the others name it
    LEDGER = "ledger"  # the ledger lists the documents that there are
    FORGOTTEN = "forgotten"  # what was taken down is in no snapshot
    REJECT = "reject"  # rejects belong to a source, and a refused source has one


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation.

    Attributes:
        check: the invariant that does not hold.
        table: the table concerned; None where none is.
        file: path below the warehouse folder; None where no single file is to blame.
        row: key of the row; None where it is not about one.
        expected, found: what should be, and what is.
    """

    check: Check
    table: str | None
    file: str | None
    row: str | None
    expected: str
    found: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.table, self.row, f"({self.file})" if self.file else None) if part)
        return f"{self.check}: {where}: expected {self.expected}, found {self.found}"


@dataclass
class Report:
    """What was looked at and what was found.

    Attributes:
        snapshot: number of the current snapshot; None when it cannot be told.
        findings: at most 20 of each check and table; ``counts`` has all.
        notes: what is no violation but worth knowing, such as leftovers that the next commit removes.
        rows: rows of each table of the current snapshot.
        files, bytes: what was looked at, each file once however many snapshots share it.
        quick: whether hashes and spans were left out.
    """

    snapshot: int | None = None
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[Check, str | None]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    quick: bool = False

    @property
    def clean(self) -> bool:
        """Whether everything holds."""
        return not self.counts

    @property
    def total(self) -> int:
        """How many violations there are, those that are not listed included."""
        return self.counts.total()

    def add(
        self,
        check: Check,
        expected: object,
        found: object,
        *,
        table: str | None = None,
        file: str | None = None,
        row: str | None = None,
    ) -> None:
        """Note a violation."""
        key = (check, table)
        self.counts[key] += 1
        if self.counts[key] <= KEPT:
            self.findings.append(Finding(check, table, file, row, str(expected), str(found)))

    def has(self, *checks: Check) -> bool:
        """Whether one of the checks found something."""
        return any(check in checks for check, _ in self.counts)
