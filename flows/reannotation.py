"""Annotating stored documents anew: what to do, and the body of a batch, without Prefect."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from flows.spec import BatchResult
from transforms.annotate.engine import Annotator
from transforms.annotate.facts import ModelFacts, model_facts
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.annotate.rows import RowContext
from transforms.records import Entity, MarkedKind, Quote
from transforms.version import PIPELINE_VERSION
from warehouse.incoming import Annotation
from warehouse.ledger import ANNOTATIONS
from warehouse.staging import StagedBatch, StagingArea
from warehouse.stale import Selection, StaleDocument, StoredText, stale_documents, texts
from warehouse.tables import to_arrow
from warehouse.tables.convert import rows_to_arrow

Rows = tuple[tuple[Entity, ...], tuple[Quote, ...]]


class Where(BaseModel):
    """Which documents to annotate anew; what is not given does not restrict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: str | None = Field(None, title="Publisher", description="As `documents.publisher` has it.")
    since: date | None = Field(None, title="First day", description="Of publication.")
    until: date | None = Field(None, title="Last day", description="Of publication; included.")
    language: str | None = Field(None, title="Language", description="Unset: the language that the model reads.")
    model: str | None = Field(None, title="Model", description="That made the rows, with or without its version.")
    pipeline_version: str | None = Field(None, title="Pipeline version", description="That made the rows.")
    document: tuple[str, ...] = Field((), title="Documents", description="Whole ids.")


class ReannotateOptions(BaseModel):
    """How stored documents are annotated anew."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(DEFAULT_MODEL, title="spaCy pipeline", description="Name of an installed spaCy pipeline.")
    where: Where = Field(Where(), title="Which documents", description="All that are out of date, if nothing is given.")
    workers: int = Field(0, ge=0, le=256, title="Worker processes", description="0 takes one for each core.")
    batch_articles: int = Field(
        500, ge=1, le=10_000, title="Articles in a batch", description="A batch is one task run and one checkpoint."
    )


@dataclass(frozen=True, slots=True)
class ReannotateSpec:
    """Everything that a worker needs to know."""

    batch_id: str
    documents: tuple[StaleDocument, ...]
    root: str
    model: str
    run_id: str
    recipe: str

    def __str__(self) -> str:
        return f"batch {self.batch_id}"


class ReannotatePlan:
    """What a run has to do. Not a dataclass, for the reason given in ``flows.plan.Plan``.

    Attributes:
        facts: of the model.
        stale: all documents that are out of date.
        pending: those of them that no batch of an earlier run has.
        recovered: staged batches of an earlier run that only have to be committed.
    """

    def __init__(self, facts: ModelFacts, stale: list[StaleDocument], finished: Sequence[StagedBatch]) -> None:
        self.facts = facts
        self.stale = stale
        left = {(one.document_id, one.text_hash): one for one in stale}
        self.recovered: list[StagedBatch] = []
        for batch in finished:
            columns = batch.table("annotations", ["document_id", "text_hash"]).to_pylist()
            done = {(row["document_id"], row["text_hash"]) for row in columns}
            if done and left.keys() >= done:
                self.recovered.append(batch)
                for key in done:
                    del left[key]
        self.pending = list(left.values())

    @property
    def by_maker(self) -> dict[str, int]:
        """How many documents each model and version of the rules made, that are out of date."""
        makers = (f"{one.model or 'no model'}, pipeline {one.pipeline_version}" for one in self.stale)
        return dict(Counter(makers).most_common())

    def batches(self, articles: int) -> Iterator[tuple[StaleDocument, ...]]:
        """The pending documents, cut."""
        for start in range(0, len(self.pending), articles):
            yield tuple(self.pending[start : start + articles])


def recipe(facts: ModelFacts) -> str:
    """What decides how rows come out."""
    return repr(("reannotate", PIPELINE_VERSION, facts.label))


def make_plan(root: str, options: ReannotateOptions) -> ReannotatePlan:
    """Compare the stored documents with the model and the rules of today.

    Raises:
        ModelNotInstalledError: no such model is installed.
        NotAWarehouseError, NewerVersionError: when there are no tables that we can read.
    """
    facts = model_facts(options.model)
    where = options.where
    selection = Selection(
        language=where.language or facts.language,
        publisher=where.publisher,
        since=where.since,
        until=where.until,
        model=where.model,
        pipeline_version=where.pipeline_version,
        document_ids=where.document,
    )
    stale = stale_documents(root, selection, model=facts.label, pipeline_version=PIPELINE_VERSION)
    finished = [batch for batch in StagingArea(root).finished() if batch.facts.get("recipe") == recipe(facts)]
    return ReannotatePlan(facts, stale, finished)


def batch_id(documents: Sequence[StaleDocument], made_by: str) -> str:
    """Name of a batch by what goes into it."""
    digest = hashlib.blake2b(made_by.encode(), digest_size=12)
    for one in documents:
        digest.update(repr((one.document_id, one.text_hash, one.published_on)).encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _annotator(model: str) -> Annotator:
    """One model a process, loaded by its first batch."""
    return Annotator(model)


def run_reannotation(spec: ReannotateSpec) -> BatchResult:
    """Annotate the texts of one batch as they are stored now, and stage the rows.

    A document that is gone, or that raises an error, keeps the rows that it has.
    """
    result = BatchResult(spec.batch_id)
    annotator = _annotator(spec.model)
    begin = time.perf_counter()
    found = list(texts(spec.root, spec.documents))
    result.warnings["document is gone"] += len(spec.documents) - len(found)
    done = list(_annotated(annotator, found, result))
    result.seconds["annotate"] = time.perf_counter() - begin
    begin = time.perf_counter()
    _stage(spec, annotator.model, done)
    result.seconds["stage"] = time.perf_counter() - begin
    result.documents = len(done)
    result.words = sum(text.word_count for text, _ in done)
    result.entities = sum(len(entities) for _, (entities, _) in done)
    result.quotes = sum(len(quotes) for _, (_, quotes) in done)
    return result


def _annotated(
    annotator: Annotator, found: Sequence[StoredText], result: BatchResult
) -> Iterator[tuple[StoredText, Rows]]:
    """All together; if that raises, one by one, so that only the text at fault keeps its old rows."""
    try:
        yield from list(zip(found, _rows(annotator, found), strict=True))
    except Exception:  # noqa: BLE001  the text at fault is found and counted here
        for text in found:
            try:
                yield text, next(iter(_rows(annotator, [text])))
            except Exception as error:  # noqa: BLE001  one article must never end a run
                result.warnings[f"crashed: {type(error).__name__} in {text.document_id}"] += 1


def _rows(annotator: Annotator, found: Sequence[StoredText]) -> list[Rows]:
    contexts = [
        RowContext(
            text.document_id,
            annotator.model,
            PIPELINE_VERSION,
            text.published_on,
            tuple((span["start"], span["end"]) for span in text.marked_spans if span["kind"] == MarkedKind.BOILERPLATE),
        )
        for text in found
    ]
    return list(annotator.rows([text.text for text in found], contexts))


def _stage(spec: ReannotateSpec, model: str, done: Sequence[tuple[StoredText, Rows]]) -> None:
    facts = [
        Annotation(
            document_id=text.document_id,
            text_hash=text.text_hash,
            published_on=text.published_on,
            entity_count=len(entities),
            quote_count=len(quotes),
            model=model,
            pipeline_version=PIPELINE_VERSION,
            run_id=spec.run_id,
        )
        for text, (entities, quotes) in done
    ]
    tables = {
        "annotations": rows_to_arrow(ANNOTATIONS, facts),
        "entities": to_arrow("entities", [row for _, (entities, _) in done for row in entities]),
        "quotes": to_arrow("quotes", [row for _, (_, quotes) in done for row in quotes]),
    }
    StagingArea(spec.root).write(spec.batch_id, tables, {"recipe": spec.recipe})
