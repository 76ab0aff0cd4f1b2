"""Millions of names in order, held as one Arrow array each instead of one Python object each."""

from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

CHUNK = 8192


class SortedNames:
    """Byte strings in ascending order: about as many bytes of memory as they have, and 16 more each."""

    def __init__(self, names: Iterable[bytes]) -> None:
        iterator = iter(names)
        chunks = []
        while taken := list(islice(iterator, CHUNK)):
            chunks.append(pa.array(taken, pa.large_binary()))
        whole = pa.chunked_array(chunks, pa.large_binary())
        self._names = whole.take(pc.sort_indices(whole)) if len(whole) else whole

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._names), CHUNK):
            yield from self._names.slice(start, CHUNK).to_pylist()

    def unique(self) -> Iterator[bytes]:
        """Each once."""
        before = None
        for name in self:
            if name != before:
                yield name
            before = name
