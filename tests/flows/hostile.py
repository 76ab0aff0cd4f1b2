"""A warehouse with one hostile article and one hostile reject, made without any model."""

from dataclasses import replace
from pathlib import Path

from tests.transforms.display.articles import HOSTILE_WORDS, hostile
from tests.warehouse.factory import SECOND
from transforms.records import Document, Entity, Quote, RejectReason, RejectRow
from warehouse.commit import commit
from warehouse.ledger import SourceRow, SourceStatus, source_parts
from warehouse.staging import StagingArea
from warehouse.tables import to_arrow


def rows() -> tuple[Document, list[Entity], list[Quote]]:
    """The rows as they are stored."""
    document, entities, quotes = hostile()
    document = replace(document, quote_count=len(quotes), entity_count=len(entities))
    own = {"document_id": document.document_id}
    return document, [replace(row, **own) for row in entities], [replace(row, **own) for row in quotes]  # type: ignore[arg-type]


def make(root: Path) -> Path:
    document, entities, quotes = rows()
    reject = RejectRow(
        source_path=document.source_path,
        source_member=None,
        source_record=1,
        source_sha256=document.source_sha256,
        reason=RejectReason.BAD_JSON,
        detail=HOSTILE_WORDS["markup of rich"] + HOSTILE_WORDS["escape sequences"],
        excerpt=HOSTILE_WORDS["markdown"],
        run_id="run",
    )
    source = SourceRow(
        source_path=document.source_path,
        source_member=None,
        size=1,
        mtime=SECOND,
        read_at=SECOND,
        source_sha256=document.source_sha256,
        status=SourceStatus.DONE,
        record_count=2,
        document_ids=(document.document_id,),
        pipeline_version="1",
        run_id="run",
        record_start=0,
        record_stop=-1,
    )
    tables = {
        "documents": to_arrow("documents", [document]),
        "entities": to_arrow("entities", entities),
        "quotes": to_arrow("quotes", quotes),
        "rejects": to_arrow("rejects", [reject]),
        "sources": source_parts([source]),
    }
    commit(root, [StagingArea(str(root)).write("batch", tables, {"made": "by a test"})], "run")
    return root
