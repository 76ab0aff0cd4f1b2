"""A long sequence of small objects that is kept on disk and read in order, as often as wanted."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import Generic, TypeVar

_Item = TypeVar("_Item")

CHUNK = 1024
"""Items that are held in memory, and pickled together so that what they share is written once."""


class Spool(Generic[_Item]):
    """Append, then iterate. In memory up to one chunk, beyond that in an unnamed temporary file, which goes with it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  as long-lived as the object
        self._tail: list[_Item] = []
        self._stored = 0

    def append(self, item: _Item) -> None:
        """Add one at the end."""
        self._tail.append(item)
        if len(self._tail) == CHUNK:
            self._file.seek(0, 2)
            pickle.dump(self._tail, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self._stored += CHUNK
            self._tail = []

    def __len__(self) -> int:
        return self._stored + len(self._tail)

    def __iter__(self) -> Iterator[_Item]:
        position = 0
        for _ in range(self._stored // CHUNK):
            self._file.seek(position)
            chunk: list[_Item] = pickle.load(self._file)
            position = self._file.tell()
            yield from chunk
        yield from self._tail
