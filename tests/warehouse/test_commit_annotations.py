"""Stored documents that are annotated anew: their entities and quotes change, and nothing else."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from tests.warehouse.factory import SECOND, Article, File, digest, entity_rows, quote_rows, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.commit import CommitResult, commit
from warehouse.incoming import Annotation
from warehouse.ledger import ANNOTATIONS
from warehouse.staging import StagedBatch, StagingArea
from warehouse.stale import Selection, stale_documents, texts
from warehouse.tables import to_arrow
from warehouse.tables.convert import rows_to_arrow

A, B = Article("a"), Article("b", text="Other words, many of them.", day=datetime(2026, 4, 5))
COPY = replace(A, key="copy")
NEW = {"model": "toy 2", "pipeline_version": "9", "quotes": 3, "entities": 1}
LATER = 5_000 * SECOND


def annotate(root: Path, *articles: Article, name: str = "anew") -> StagedBatch:
    facts = [
        Annotation(
            document_id=one.document_id,
            text_hash=digest(one.text)[:16],
            published_on=one.day,
            entity_count=one.entities,
            quote_count=one.quotes,
            model=one.model,
            pipeline_version=one.pipeline_version,
            run_id="again",
        )
        for one in articles
    ]
    tables = {
        "annotations": rows_to_arrow(ANNOTATIONS, facts),
        "entities": to_arrow("entities", [row for one in articles for row in entity_rows(one)]),
        "quotes": to_arrow("quotes", [row for one in articles for row in quote_rows(one)]),
    }
    return StagingArea(root).write(name, tables, {})


def begin(root: Path) -> dict[str, pd.DataFrame]:
    commit(root, [stage(root, File("/in/a", (A,)), File("/in/b", (B,)), File("/in/copy", (COPY,)))], "run")
    return read_all(root)


def again(root: Path, *articles: Article) -> CommitResult:
    result = commit(root, [annotate(root, *articles)], "again")
    check_invariants(read_all(root))
    return result


def test_only_what_annotation_makes_changes(root: Path) -> None:
    before = begin(root)["documents"].set_index("document_id")
    result = again(root, replace(B, **NEW))
    assert (result.documents_annotated, result.documents_replaced, result.quotes_added) == (1, 0, 3)
    assert result.partitions == ("2026-04",)
    after = read_all(root)["documents"].set_index("document_id")
    made = ["model", "pipeline_version", "run_id", "entity_count", "quote_count"]
    pd.testing.assert_frame_equal(before.drop(columns=made), after.drop(columns=made).loc[before.index])
    assert after.loc[B.document_id, made].tolist() == ["toy 2", "9", "again", 1, 3]
    assert after.loc[A.document_id, made].tolist() == before.loc[A.document_id, made].tolist()


def test_again_changes_nothing(root: Path) -> None:
    begin(root)
    newer = replace(B, **NEW)
    again(root, newer)
    assert again(root, newer).snapshot is None


def test_what_was_corrected_meanwhile_keeps_its_own_rows(root: Path) -> None:
    begin(root)
    batch = annotate(root, replace(B, **NEW))
    commit(root, [stage(root, File("/in/b", (replace(B, text="Corrected words, all."),), read_at=LATER))], "run")
    assert commit(root, [batch], "again").snapshot is None
    commit(root, [stage(root, File("/in/b", (replace(B, day=datetime(2026, 1, 1)),), read_at=2 * LATER))], "run")
    assert commit(root, [batch], "again").snapshot is None, "the text is the same again, but lies in another month"
    check_invariants(read_all(root))


def test_what_is_gone_or_a_copy_is_left_alone(root: Path) -> None:
    tables = begin(root)
    (copy,) = tables["documents"].query("duplicate_of.notna()")["document_id"]
    article = A if copy == A.document_id else COPY
    assert again(root, replace(article, **NEW)).snapshot is None
    commit(root, [stage(root, File("/in/b", (Article("c", text="Third words, they are."),), read_at=LATER))], "run")
    assert commit(root, [annotate(root, replace(B, **NEW), name="gone")], "again").snapshot is None


def test_together_with_a_correction_in_one_commit_the_correction_counts(root: Path) -> None:
    begin(root)
    corrected = stage(root, File("/in/b", (replace(B, text="Corrected words, all."),), read_at=LATER))
    result = commit(root, [annotate(root, replace(B, **NEW)), corrected], "run")
    assert (result.documents_replaced, result.documents_annotated) == (1, 0)
    check_invariants(read_all(root))


def stale(root: Path, **where: object) -> list[str]:
    selection = Selection(**where)  # type: ignore[arg-type]
    found = stale_documents(root, selection, model="toy 2", pipeline_version="1")
    return [one.document_id for one in found]


def test_stale_documents_are_those_of_another_model_that_stand(root: Path) -> None:
    begin(root)
    stands = pd.read_parquet(root / "documents").query("duplicate_of.isna()")["document_id"]
    assert set(stale(root)) == set(stands)
    again(root, replace(B, model="toy 2"))
    assert set(stale(root)) == set(stands) - {B.document_id}


def test_stale_documents_can_be_chosen(root: Path) -> None:
    begin(root)
    only_b = [B.document_id]
    assert stale(root, since=date(2026, 4, 5)) == only_b
    assert stale(root, since=date(2026, 3, 31), until=date(2026, 4, 5)) == only_b
    assert stale(root, until=date(2026, 4, 4)) == stale(root, until=date(2026, 3, 4)) != only_b
    assert stale(root, document_ids=(B.document_id,)) == only_b
    assert stale(root, publisher="Nobody") == stale(root, language="de") == stale(root, pipeline_version="0") == []
    assert len(stale(root, model="toy")) == len(stale(root, model="toy 1")) == 2
    assert stale(root, model="to") == []


def test_texts_come_with_what_identifies_their_state(root: Path) -> None:
    begin(root)
    documents = stale_documents(root, Selection(), model="toy 2", pipeline_version="1")
    found = {one.document_id: one for one in texts(root, documents)}
    assert found[B.document_id].text == B.text
    assert {key: one.text_hash for key, one in found.items()} == {one.document_id: one.text_hash for one in documents}
