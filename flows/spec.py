"""What a batch is: the description that a worker gets, and what it tells about its work."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.beacon import Phase
from flows.unit import Unit
from transforms.normalise import NormaliseOptions
from transforms.read import ReadOptions
from transforms.records import RejectReason


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that must not be touched again, because it killed or stalled the process that worked on it.

    Attributes:
        unit: position of its unit in the batch.
        record: its number in the file or member.
        phase: in which step it did so; what comes before that step is safe.
        reason: what the reject will say.
        detail: what the reject will say in words.
        ends_unit: whether nothing behind it can be read either.
    """

    unit: int
    record: int
    phase: Phase
    reason: RejectReason
    detail: str
    ends_unit: bool = False


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """Everything that a worker needs to know; small enough to send to another machine."""

    batch_id: str
    units: tuple[Unit, ...]
    root: str
    model: str
    run_id: str
    ingested_at: datetime
    recipe: str  # what, besides the bytes, decides how rows come out
    limits: ReadOptions
    normalise: NormaliseOptions
    record_seconds: float = 30.0  # time limit of one step for one record, before what its length adds
    engine: str = "fast"  # what may be done to be fast; rows do not depend on it
    careful: bool = False  # annotate one document at a time, so that the one at fault has a name
    refusals: tuple[Refusal, ...] = ()

    def __str__(self) -> str:
        return f"batch {self.batch_id}"


@dataclass(slots=True)
class BatchResult:
    """What a worker tells about its batch: figures for the story of the run."""

    batch_id: str
    engine: str = ""  # what was done to be fast, in words
    documents: int = 0
    entities: int = 0
    quotes: int = 0
    words: int = 0
    annotated: int = 0  # documents in the model's language
    unresolved: int = 0  # quotes without a canonical speaker
    languages: Counter[str] = field(default_factory=Counter)  # documents by language code
    rejects: Counter[str] = field(default_factory=Counter)  # by reason
    warnings: Counter[str] = field(default_factory=Counter)  # by kind
    seconds: dict[str, float] = field(default_factory=dict)  # by stage
    speakers: Counter[str] = field(default_factory=Counter)  # quotes by canonical name
    slowest: list[tuple[float, str]] = field(default_factory=list)  # seconds of reading, unit

    @property
    def records(self) -> int:
        """Records that were read."""
        return self.documents + self.rejects.total()


def batch_id(units: Sequence[Unit], recipe: str) -> str:
    """Name of a batch by what goes into it, so that the same work found staged is not done twice."""
    digest = hashlib.blake2b(recipe.encode(), digest_size=12)
    for unit in units:
        digest.update(repr((unit.file.path, unit.member_name, unit.sha256, unit.start, unit.stop)).encode())
    return digest.hexdigest()
