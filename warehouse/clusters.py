"""Names of clusters of near duplicates: who belongs together, and what the whole is called.

Every document has a cluster. It is called by the ``document_id`` of its first member, and keeps that name whatever
comes or goes later: a new member takes the name, so that a commit rewrites no old row. Only where a new document
connects two clusters does the younger one take the name of the older; rows of its members are rewritten then.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from warehouse.duplicates import rank
from warehouse.incoming import Head, Incoming, StagedHead
from warehouse.near_duplicates import Finder, Pair, Signatures
from warehouse.stored import Stored
from warehouse.tables.signatures import SIGNATURES

if TYPE_CHECKING:
    from warehouse.plan import Plan

COLUMN = "near_duplicate_cluster"


@dataclass(slots=True)
class Links:
    """What was found to be alike: pairs of new documents, and new documents with stored ones, all by id."""

    new: list[tuple[str, str]] = field(default_factory=list)
    stored: list[tuple[str, str]] = field(default_factory=list)


def plan_clusters(plan: "Plan", stored: Stored, incoming: Incoming) -> None:
    """Give each document that a plan writes its cluster, and merged clusters one name."""
    if not plan.written:
        return
    links = _links(plan, stored, incoming)
    new = [item.head for item in plan.written.values()]
    short = _copies_of_short(
        new, plan, stored, {document_id for pair in (*links.new, *links.stored) for document_id in pair}
    )
    links.stored += short
    similar = {old for _, old in links.stored}
    stored.expect(similar, set(), clusters=similar)
    matched = stored.documents(similar, set())
    groups = _groups(new, links, matched)
    claims = {name for head in plan.gone.values() if (name := head.near_duplicate_cluster)}
    named = {name for group in groups for name in group.clusters}
    staying = _staying(stored, plan, claims | named | {head.document_id for head in new})
    for group, name in zip(groups, _names(groups, staying, plan.gone), strict=True):
        for head in group.new:
            plan.stamped.setdefault(head.document_id, {})[COLUMN] = name
        for other in group.clusters - {name}:
            for head in staying[other]:
                plan.revise(head, {COLUMN: name})
    for document_id, old in links.stored:  # stored before there were clusters
        if old in matched and matched[old].near_duplicate_cluster is None:
            plan.revise(matched[old], {COLUMN: plan.stamped[document_id][COLUMN]})


@dataclass(slots=True)
class _Group:
    """New documents that belong together, and the stored clusters that they belong to."""

    new: list[Head]
    clusters: frozenset[str] = frozenset()


def _links(plan: "Plan", stored: Stored, incoming: Incoming) -> Links:
    """All pairs, the stored signatures streamed past the new ones."""
    wanted = by_batch(plan.written).items()
    new = Signatures.joined(Signatures.of(incoming.rows(SIGNATURES, {batch: ids})) for batch, ids in wanted)
    finder = Finder(new)
    links = Links([(new.ids[one], new.ids[two]) for one, two in finder.among_new()])
    for rows in stored.signatures():
        part = Signatures.of(rows)
        links.stored += _with_ids(finder.among_stored(part), new, part, plan)
    return links


def by_batch(written: Mapping[str, StagedHead]) -> dict[int, list[str]]:
    """Ids of the written documents by the batch that has their rows."""
    wanted: dict[int, list[str]] = defaultdict(list)
    for document_id, item in written.items():
        wanted[item.batch].append(document_id)
    return wanted


def _with_ids(pairs: Iterable[Pair], new: Signatures, part: Signatures, plan: "Plan") -> Iterator[tuple[str, str]]:
    for one, two in pairs:
        if part.ids[two] not in plan.gone:
            yield new.ids[one], part.ids[two]


def _copies_of_short(new: list[Head], plan: "Plan", stored: Stored, linked: set[str]) -> list[tuple[str, str]]:
    """Exact copies of documents that no signature linked: a text of few words has none."""
    by_hash = {head.text_hash: head.document_id for head in new if head.document_id not in linked}
    heads = stored.documents(set(), set(by_hash)) if by_hash else {}
    return [
        (by_hash[head.text_hash], document_id)
        for document_id, head in heads.items()
        if document_id not in plan.gone and head.text_hash in by_hash
    ]


def _groups(new: list[Head], links: Links, matched: Mapping[str, Head]) -> list[_Group]:
    """Connected documents and clusters; equal texts are connected too."""
    union = _Union()
    first_of: dict[str, str] = {}
    for head in new:
        first = first_of.setdefault(head.text_hash, head.document_id)
        if first != head.document_id:
            union.join(f"d{head.document_id}", f"d{first}")
    for one, two in links.new:
        union.join(f"d{one}", f"d{two}")
    for one, old in links.stored:
        if old in matched:
            union.join(f"d{one}", f"c{matched[old].near_duplicate_cluster or old}")
    groups: dict[str, _Group] = {}
    for head in new:
        node = f"d{head.document_id}"
        if node not in union:  # most are like no other: they need no place in the sets
            groups[head.document_id] = _Group([head])
        else:
            groups.setdefault(union.root(node), _Group([])).new.append(head)
    for node in union.nodes():
        if node.startswith("c"):
            groups[union.root(node)].clusters |= {node[1:]}
    return list(groups.values())


class _Union:
    """Disjoint sets with path halving (Tarjan and van Leeuwen, 1984)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, node: str) -> str:
        parent = self._parent
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def __contains__(self, node: str) -> bool:
        return node in self._parent

    def join(self, one: str, two: str) -> None:
        self._parent[self.root(one)] = self.root(two)

    def nodes(self) -> list[str]:
        return list(self._parent)


def _staying(stored: Stored, plan: "Plan", clusters: set[str]) -> dict[str, list[Head]]:
    """Stored members of the clusters that this commit leaves alone, by cluster."""
    members: dict[str, list[Head]] = defaultdict(list)
    for document_id, head in stored.documents(set(), set(), clusters).items():
        if document_id not in plan.gone and head.near_duplicate_cluster:
            members[head.near_duplicate_cluster].append(head)
    # A document that was stored before clusters were computed is alone under its own name.
    return members


def _names(groups: list[_Group], staying: Mapping[str, list[Head]], gone: Mapping[str, Head]) -> list[str]:
    """The name of each group: its oldest cluster's; else one that its replaced members leave behind; else a new one."""
    taken = {name for name, heads in staying.items() if heads} | {name for group in groups for name in group.clusters}
    names: dict[int, str] = {}
    order = sorted(range(len(groups)), key=lambda index: min(rank(head) for head in groups[index].new))
    for index in order:
        group = groups[index]
        if group.clusters:
            names[index] = min(group.clusters, key=lambda name: _age(name, staying, group, gone))
    for index in order:
        group = groups[index]
        if index in names:
            continue
        left = {gone[head.document_id].near_duplicate_cluster for head in group.new if head.document_id in gone}
        own = {head.document_id for head in group.new}
        free = sorted(name for name in left if name and name not in taken)
        name = next((name for name in free if name in own), None) or next(iter(free), None) or _fresh(group, taken)
        taken.add(name)
        names[index] = name
    return [names[index] for index in range(len(groups))]


def _age(name: str, staying: Mapping[str, list[Head]], group: _Group, gone: Mapping[str, Head]) -> tuple[object, ...]:
    """By the first member that is stored, or was until it is replaced by this commit; then by name."""
    before = [gone[head.document_id] for head in group.new if head.document_id in gone]
    members = [*staying.get(name, ()), *(head for head in before if head.near_duplicate_cluster == name)]
    return min((rank(head) for head in members), default=rank(group.new[0])), name


def _fresh(group: _Group, taken: set[str]) -> str:
    """The first member's id; with its text's hash where others still go by that name, from before it was corrected."""
    first = min(group.new, key=rank)
    return first.document_id if first.document_id not in taken else f"{first.document_id}-{first.text_hash[:8]}"
