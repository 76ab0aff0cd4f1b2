"""What files a snapshot has, with the length and hash of each: written by the commit, compared by ``verify``.

``files.json`` lies beside ``snapshot.json``. File names are never used twice in a warehouse, so a file that a commit
carries over (a hard link or a copy) keeps the hash that it was written with: damage is never hashed anew.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from warehouse import disk

INVENTORY = "files.json"
HASH_BYTES = 20
CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was written: length in bytes, and BLAKE2b of 20 bytes in hexadecimal."""

    size: int
    blake2b: str


Inventory = Mapping[str, FileFacts]
"""The files of a snapshot by their path below it, with slashes: ``quotes/month=2026-03/add-00000101.parquet``."""


def hash_file(path: Path) -> FileFacts:
    """Length and hash of a file as it is now."""
    digest, size = blake2b(digest_size=HASH_BYTES), 0
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return FileFacts(size, digest.hexdigest())


def read(snapshot: Path) -> dict[str, FileFacts] | None:
    """The inventory of a snapshot; None where it has none (written before there were inventories).

    Raises:
        ValueError: when the file is damaged.
    """
    try:
        content = json.loads((snapshot / INVENTORY).read_bytes())
    except FileNotFoundError:
        return None
    try:
        return {path: FileFacts(int(size), str(digest)) for path, (size, digest) in content.items()}
    except (AttributeError, TypeError) as error:
        raise ValueError(f"{INVENTORY} is no inventory") from error


def write(snapshot: Path, base: Path | None = None) -> None:
    """Write the inventory of a snapshot that is finished but for it. What ``base`` has under the same name is known."""
    known = (read(base) if base is not None else None) or {}
    disk.write_bytes(snapshot / INVENTORY, _encode(_facts(snapshot, known)))


def rewrite(snapshot: Path) -> None:
    """Bring the inventory up to date after files were exchanged in a finished snapshot (under new names)."""
    known = read(snapshot) or {}
    beside = snapshot.with_name(f".{INVENTORY}-{snapshot.name}")
    beside.unlink(missing_ok=True)
    disk.write_bytes(beside, _encode(_facts(snapshot, known)))
    beside.replace(snapshot / INVENTORY)
    disk.sync_directory(snapshot)


def _facts(snapshot: Path, known: Inventory) -> dict[str, FileFacts]:
    return {path: known.get(path) or hash_file(snapshot / path) for path in tables_files(snapshot)}


def _encode(facts: Inventory) -> bytes:
    """One file a line, so that people can read and compare it."""
    lines = ",\n".join(f"{json.dumps(path)}: {json.dumps([item.size, item.blake2b])}" for path, item in facts.items())
    return f"{{\n{lines}\n}}\n".encode()


def tables_files(snapshot: Path) -> Iterator[str]:
    """All files in the folders of a snapshot's tables, in a stable order."""
    return (path.relative_to(snapshot).as_posix() for path in sorted(snapshot.glob("*/**/*")) if path.is_file())
