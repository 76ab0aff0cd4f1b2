"""The file system as a commit uses it: finished Parquet files, synced directories, hard links, relative symlinks."""

import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.columns import Table
from warehouse.errors import NoSymlinkError

ZSTD_LEVEL = 3

ARROW_SCHEMA = b"ARROW:schema"
"""The key of a Parquet footer under which Arrow keeps its schema, in base64."""

# What link(2) answers where the file system has no hard links, or no room for one more of this file.
NO_HARD_LINK = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
NO_SYMLINK = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def write_parquet(path: Path, table: Table, parts: Iterable[pa.Table], *, brief: bool = False) -> int:
    """Write a new, synced Parquet file; at least its schema. Each part begins a row group.

    Args:
        path: must not exist yet.
        table: whose rows they are.
        parts: the rows.
        brief: for few rows: without what is longer than these. That is the Arrow schema with the descriptions of the
            columns (types and nullability are in Parquet's own), dictionaries, and the bounds of columns by which the
            rows are not ordered.

    Returns:
        The file's length in bytes.
    """
    schema = table.schema()
    with path.open("xb") as sink:
        with pq.ParquetWriter(
            sink,
            schema,
            compression="zstd",
            compression_level=ZSTD_LEVEL,
            store_schema=not brief,
            use_dictionary=not brief,
            write_statistics=table.ordering if brief else table.bounded,
        ) as writer:
            if brief:  # with the Arrow schema the table's name and version would be left out, too
                writer.add_key_value_metadata(schema.metadata)
            for part in parts:
                if part.num_rows:
                    writer.write_table(part.cast(schema), row_group_size=table.row_group_rows)
        sink.flush()
        os.fsync(sink.fileno())
        return sink.tell()


def is_brief(source: pq.ParquetFile) -> bool:
    """Whether a file was written so."""
    return ARROW_SCHEMA not in (source.metadata.metadata or {})


def write_bytes(path: Path, content: bytes) -> None:
    """Write a new, synced file."""
    with path.open("xb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(top: Path) -> None:
    """Make the names in a directory and all below it durable, the deepest first."""
    for directory, _, _ in os.walk(top, topdown=False):
        sync_directory(Path(directory))


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for the same file, or a synced copy where hard links cannot be had."""
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in NO_HARD_LINK:
            raise
        write_bytes(target, source.read_bytes())


def point(link: Path, target: str) -> None:
    """Let ``link`` name ``target`` from now on, in one indivisible step."""
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        beside.symlink_to(target)
    except OSError as error:
        if error.errno in NO_SYMLINK:
            raise NoSymlinkError(str(link)) from error
        raise
    beside.replace(link)


def remove_tree(top: Path, *, ignore_errors: bool = False) -> None:
    """Delete a directory; none is fine."""
    if top.exists():
        shutil.rmtree(top, ignore_errors=ignore_errors)
