"""Which entities stand in the same documents."""

from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

MOST = 10
"""Entities that are told for each."""

LEAST_DOCUMENTS = 2
"""Fewer documents in common tell nothing."""

Numbers = npt.NDArray[np.int64]


class CoMentions:
    """Notes the entities of each document, as numbers: 4 bytes each."""

    def __init__(self) -> None:
        self._entities = array("i")
        self._ends = array("q", [0])

    def add(self, entities: Iterable[int]) -> None:
        """The different entities of one document."""
        self._entities.extend(sorted(entities))
        self._ends.append(len(self._entities))

    def top(self, documents: Sequence[int], ranks: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """By entity, those that most documents mention with it, and how many.

        Args:
            documents: by entity, how many mention it.
            ranks: by entity, its place in an order that decides between equals.
        """
        order_of = np.asarray(ranks, np.int64)
        entities = np.frombuffer(self._entities, np.int32) if len(self._entities) else np.zeros(0, np.int32)
        ends = np.frombuffer(self._ends, np.int64)
        owners = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        order = np.argsort(entities, kind="stable")
        starts = np.searchsorted(entities[order], np.arange(len(documents) + 1))
        found = {}
        for number in np.flatnonzero(np.asarray(documents, np.int64) >= LEAST_DOCUMENTS).tolist():
            mine = owners[order[starts[number] : starts[number + 1]]]
            near, counts = np.unique(
                np.concatenate([entities[ends[d] : ends[d + 1]] for d in mine]), return_counts=True
            )
            found[number] = list(_best(number, near, counts, order_of))
        return found


def _best(number: int, near: Numbers, counts: Numbers, order_of: Numbers) -> Iterator[tuple[int, int]]:
    wanted = (near != number) & (counts >= LEAST_DOCUMENTS)
    near, counts = near[wanted], counts[wanted]
    for at in np.lexsort((order_of[near], -counts))[:MOST]:
        yield int(near[at]), int(counts[at])
