"""Errors of the warehouse: each carries its facts, a remedy, and whether another attempt could succeed."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class WarehouseError(Exception):
    """Base of the errors raised by ``warehouse``.

    Attributes:
        remedy: one sentence that says what the user can do about it.
        retryable: whether the same call may succeed later without a change to its input.
    """

    retryable: bool = False

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.remedy = remedy


class NotAWarehouseError(WarehouseError):
    """The folder holds something else, or no commit was ever made in it."""

    def __init__(self, root: Path, why: str) -> None:
        super().__init__(
            f"{root} is not a warehouse: {why}.",
            remedy="Name the folder that `onrecord ingest` wrote; if it was interrupted, run it again.",
        )
        self.root = root


class NewerVersionError(WarehouseError):
    """The tables were written by a newer version of this software."""

    def __init__(self, root: Path, found: int, known: int) -> None:
        super().__init__(
            f"The tables in {root} have schema version {found}; this software knows versions up to {known}.",
            remedy="Upgrade onrecord before you use this warehouse.",
        )
        self.found = found
        self.known = known


class UnknownDocumentError(WarehouseError):
    """Documents that are to be taken down are stored nowhere."""

    def __init__(self, root: Path, document_ids: Sequence[str]) -> None:
        named = ", ".join(document_ids[:5]) + (f" and {len(document_ids) - 5} more" if len(document_ids) > 5 else "")
        super().__init__(
            f"There is no document {named} in {root}; nothing was changed.",
            remedy="Look the whole id up with `onrecord documents --json`.",
        )
        self.document_ids = tuple(document_ids)


class UnknownDecisionError(WarehouseError):
    """Decisions about entities that are to be revoked are not stored."""

    def __init__(self, root: Path, decision_ids: Sequence[str]) -> None:
        super().__init__(
            f"There is no decision {', '.join(decision_ids[:5])} in {root}; nothing was changed.",
            remedy="List them with `onrecord entities --decisions`.",
        )
        self.decision_ids = tuple(decision_ids)


class AliasFileError(WarehouseError):
    """A file of aliases that cannot be used."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"{path} is no table of aliases: {why}.",
            remedy="It needs the columns alias and canonical_name; it may have label, external_id, reason, decided_by: "
            "see docs/entities.md. Nothing was changed.",
        )


class LockedError(WarehouseError):
    """Another process is committing and did not finish in time."""

    retryable = True

    def __init__(self, root: Path, holder: int | None, waited: float) -> None:
        who = f"process {holder}" if holder is not None else "another process"
        super().__init__(
            f"{who} has held the lock of {root} for more than {waited:.0f} s.",
            remedy="Wait until it ends, or end it: the lock goes with it.",
        )
        self.holder = holder


class DiskFullError(WarehouseError):
    """No room for the new files. The tables are as they were before."""

    retryable = True

    def __init__(self, path: str) -> None:
        super().__init__(
            f"No space left while writing {path}; the tables are as they were.", remedy="Free some space and run again."
        )


class WritePermissionError(WarehouseError):
    """The operating system refuses to write."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"Not allowed to write {path} ({why}); the tables are as they were.",
            remedy="Give this user the right to write there, or choose another folder with --data.",
        )


class NoSymlinkError(WarehouseError):
    """The file system knows no symbolic links, on which consistent reads rest."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The file system of {path} has no symbolic links, so readers could not be given whole snapshots.",
            remedy="Keep the warehouse on a local file system such as ext4, XFS, Btrfs, APFS or ZFS.",
        )


class SnapshotGoneError(WarehouseError):
    """The snapshot that was read is no longer kept."""

    retryable = True

    def __init__(self, root: Path, number: int) -> None:
        super().__init__(
            f"Snapshot {number} of {root} was pruned while it was read.",
            remedy="Run again when fewer commits come, or in a copy of the warehouse.",
        )
        self.number = number


class NoSuchSnapshotError(WarehouseError):
    """No snapshot of that number or time is kept."""

    def __init__(self, root: Path, wanted: str, kept: Sequence[str]) -> None:
        super().__init__(
            f"{root} keeps no snapshot {wanted}. There are: {', '.join(kept) or 'none'}.",
            remedy="Name one of these; older ones are deleted when nobody can be reading them any longer.",
        )
        self.wanted = wanted
        self.kept = tuple(kept)


class DeltaMissingError(WarehouseError):
    """The library that writes Delta Lake is not installed."""

    def __init__(self) -> None:
        super().__init__("Delta Lake needs the library deltalake.", remedy="Install it: pip install 'onrecord[delta]'.")


class PublishError(WarehouseError):
    """The place that tables are published to refuses, or cannot be reached."""

    retryable = True

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"Cannot publish to {url}: {why}.",
            remedy="What was published before is whole; check the address and the credentials, then publish again.",
        )
        self.url = url


class PublishConflictError(WarehouseError):
    """The tables that are there already are not earlier ones of this warehouse."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"Will not publish to {url}: {why}.", remedy="Name another place, or delete the tables there.")
        self.url = url


class NotPublishedError(WarehouseError):
    """No snapshot of that number was published whole."""

    def __init__(self, url: str, snapshot: int | None, known: Sequence[int]) -> None:
        wanted = "no snapshot" if snapshot is None else f"not snapshot {snapshot}"
        super().__init__(
            f"{url} has {wanted} in all of its tables. There are: {', '.join(map(str, known)) or 'none'}.",
            remedy="Name one of these, or publish again if a publication was cut short.",
        )
        self.known = tuple(known)


class SourceNotFoundError(WarehouseError):
    """A landing folder, file or pattern matches nothing."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"There is no file or folder {source!r}.", remedy="Check the path; quote patterns such as '2024/*.json'."
        )
        self.source = source


class SourceUnavailableError(WarehouseError):
    """A store or web server that holds a source cannot be asked."""

    def __init__(self, source: str, why: str, remedy: str, *, retryable: bool) -> None:
        super().__init__(f"{source} cannot be listed: {why.rstrip('.')}.", remedy=remedy)
        self.source = source
        self.retryable = retryable


class BatchError(WarehouseError):
    """A batch contradicts itself, so staging refuses it: a mistake in the program that made it."""

    def __init__(self, batch_id: str, why: str) -> None:
        super().__init__(
            f"Batch {batch_id} is inconsistent: {why}.", remedy="This is a defect: please report it with this message."
        )
        self.batch_id = batch_id


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def clear_errors(root: Path) -> Iterator[None]:
    """Turn the operating system's refusals while writing under ``root`` into errors with a remedy."""
    try:
        yield
    except OSError as error:
        path = str(error.filename or root)
        if error.errno in FULL:
            raise DiskFullError(path) from error
        if error.errno in REFUSED:
            raise WritePermissionError(path, error.strerror or "refused") from error
        raise
