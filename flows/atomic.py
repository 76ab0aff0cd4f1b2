"""Files that are there whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written(target: Path) -> Iterator[Path]:
    """A place beside ``target`` to write to, which becomes it when the block ends and goes when it raises.

    Whatever lay there before stays until then.

    Raises:
        OSError: the folder is not there, or may not be written to.
    """
    beside = target.with_name(f".part-{secrets.token_hex(4)}-{target.name}")
    try:
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
