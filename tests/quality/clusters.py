"""Entities of one document against the gold: do the same mentions carry the same canonical name?

*Pairs*: two mentions of one entity are a pair; recall is of all pairs of the gold, those of missed mentions too,
precision of the predicted pairs whose mentions the gold has.

*B³* (Bagga and Baldwin 1998): for each mention that both have, the share of its predicted entity that is right, and the
share of its gold entity that was found; their means are precision and recall.

A mention is the same when its stretch is, whatever the label.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transforms.evaluation.scoring import Counts

Span = tuple[int, int]
Clusters = Mapping[Span, str]
"""Mention → name of its entity."""


@dataclass(frozen=True, slots=True)
class Shares(Counts):
    """Counts of mentions whose precision and recall are means of shares, as those of B³ are."""

    precisions: float = 0.0
    recalls: float = 0.0

    def __add__(self, other: Counts) -> "Shares":
        """Both together; counts without shares are wrong throughout."""
        more = other if isinstance(other, Shares) else Shares(predicted=other.predicted, gold=other.gold)
        return Shares(
            self.right + more.right,
            self.predicted + more.predicted,
            self.gold + more.gold,
            self.precisions + more.precisions,
            self.recalls + more.recalls,
        )

    @property
    def precision(self) -> float:
        """Mean share of a mention's predicted entity that is right."""
        return self.precisions / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Mean share of a mention's gold entity that was found."""
        return self.recalls / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def pairs(gold: Clusters, predicted: Clusters) -> Counts:
    """Pairs of mentions of one entity."""
    wanted = _pairs_of(gold)
    found = _pairs_of({span: name for span, name in predicted.items() if span in gold})
    return Counts(len(wanted & found), len(found), len(wanted))


def b_cubed(gold: Clusters, predicted: Clusters) -> Shares:
    """Over the mentions that both have; right are those whose entity is found whole, with nothing else in it."""
    both = gold.keys() & predicted.keys()
    wanted, found = _members(gold, both), _members(predicted, both)
    right, precisions, recalls = 0, 0.0, 0.0
    for span in both:
        ours, theirs = found[predicted[span]], wanted[gold[span]]
        shared = len(ours & theirs)
        precisions += shared / len(ours)
        recalls += shared / len(theirs)
        right += ours == theirs
    return Shares(right, len(both), len(both), precisions, recalls)


def _members(clusters: Clusters, spans: Iterable[Span]) -> dict[str, set[Span]]:
    members: defaultdict[str, set[Span]] = defaultdict(set)
    for span in spans:
        members[clusters[span]].add(span)
    return dict(members)


def _pairs_of(clusters: Clusters) -> set[tuple[Span, Span]]:
    found: set[tuple[Span, Span]] = set()
    for spans in _members(clusters, clusters).values():
        ordered: Sequence[Span] = sorted(spans)
        found.update((one, other) for at, one in enumerate(ordered) for other in ordered[at + 1 :])
    return found
