"""Learning the outlets' boilerplate, at the start of a run that brings enough that is new.

The articles to come (of very many a sample, chosen by their bytes) and those that are stored are counted together
before the first one is annotated. All batches of the run go by the result, wherever they are worked on, and so do later
runs until a quarter more has come; a run that was killed and is started again finds what it had learned. Neither order
nor batches make a difference. Rows that are stored already stay as they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import chain

from flows.cutting import Pending
from flows.plan import Plan
from flows.reading import read_units
from flows.spec import BatchSpec
from flows.unit import Unit
from transforms.normalise import build_article
from transforms.normalise.boilerplate import learn
from transforms.normalise.identity import document_id
from transforms.records import Origin, RawRecord, Reject
from warehouse import boilerplate as stored

GROWTH = 1.25
"""Learned anew when there is a quarter more than last time: a long history is read a few times in all."""

MIN_DOCUMENTS = 20
SAMPLED_RECORDS = 5_000
"""Of the articles to come so many are read for this: some seconds, minutes where they are web pages."""

PARAGRAPHS_A_DOCUMENT = 20


def learn_boilerplate(spec: BatchSpec, plan: Plan) -> bool:
    """Learn from what is stored and what a plan is to read, if that is due. Returns whether it was.

    Args:
        spec: how to read and clean; its units do not matter.
        plan: with all of its pending work.
    """
    count = stored.count_documents(spec.root) + plan.records
    if count < MIN_DOCUMENTS or count < GROWTH * stored.load(spec.root).documents:
        return False
    while not _learn(spec, plan, count):
        pass  # a document was taken down meanwhile
    return True


def _learn(spec: BatchSpec, plan: Plan, count: int) -> bool:
    taken_down = stored.taken_down(spec.root)
    coming = list(_texts(sample(plan.pending), spec, taken_down))
    found = learn(lambda: chain(stored.texts(spec.root), coming), count * PARAGRAPHS_A_DOCUMENT)
    return stored.save(spec.root, stored.Learned(count, found.lines), taken_down)


def sample(pending: Iterable[Pending], records: int = SAMPLED_RECORDS) -> list[Unit]:
    """Units with so many records or few more, the same ones in whatever order they come; files stay together."""
    chosen: list[Unit] = []
    # No more units than records: of millions that are pending only so many are held.
    for item in nsmallest(records, pending, key=lambda item: (item.unit.sha256, item.unit.start, str(item.unit))):
        if records <= 0:
            break
        chosen.append(item.unit)
        records -= item.records
    return sorted(chosen, key=lambda unit: (unit.file.path, unit.member_name or "", unit.start))


def _texts(units: Sequence[Unit], spec: BatchSpec, taken_down: frozenset[str]) -> Iterator[stored.Text]:
    def text_of(record: RawRecord, _: Origin) -> stored.Text | Reject | None:
        return build_article(record) if not taken_down or document_id(record) not in taken_down else None

    for reading in read_units(units, spec, text_of):
        yield from filter(None, reading.documents)
