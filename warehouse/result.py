"""What a change of the tables did."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a commit did.

    Attributes:
        snapshot: the new snapshot's number; None when nothing was new, and no snapshot was made.
        documents_added: documents that were not stored before.
        documents_replaced: stored documents whose rows were replaced.
        documents_removed: stored documents that no source gives any longer, or that were taken down.
        documents_unchanged: documents that came again with nothing new.
        documents_annotated: stored documents that stayed, with entities and quotes made anew.
        entities_added: rows written to ``entities``, of replaced documents too.
        quotes_added: rows written to ``quotes``, of replaced documents too.
        rejects_added: rows written to ``rejects``.
        bytes_written: length of all files that were written; links cost nothing.
        partitions: months whose files changed, in order.
        batches_missing: batches that somebody else had committed and discarded before.
    """

    snapshot: int | None
    documents_added: int = 0
    documents_replaced: int = 0
    documents_removed: int = 0
    documents_unchanged: int = 0
    documents_annotated: int = 0
    entities_added: int = 0
    quotes_added: int = 0
    rejects_added: int = 0
    bytes_written: int = 0
    partitions: tuple[str, ...] = ()
    batches_missing: int = 0
