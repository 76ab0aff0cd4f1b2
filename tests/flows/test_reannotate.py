"""Annotating stored documents anew, with the bodies of the tasks and without any server."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows import reannotation
from flows.options import IngestOptions
from flows.reannotate import commit_annotations, find_stale
from flows.reannotation import ReannotateOptions, ReannotateSpec, Where, batch_id, make_plan, recipe, run_reannotation
from flows.run import Run
from tests.warehouse.tables import check_invariants, read_all
from transforms.annotate.engine import Annotator
from transforms.annotate.facts import model_facts
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.errors import ModelNotInstalledError
from warehouse.commit import CommitResult
from warehouse.staging import StagingArea

pytestmark = pytest.mark.model
MADE = ["entity_count", "quote_count", "model", "pipeline_version", "run_id"]


@pytest.fixture
def root(seeds_warehouse: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(seeds_warehouse, copy, symlinks=True)
    return copy


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the rules have another version."""
    monkeypatch.setattr(reannotation, "PIPELINE_VERSION", "next")


def specs(root: Path, options: ReannotateOptions, run_id: str) -> Iterator[ReannotateSpec]:
    plan = make_plan(str(root), options)
    made_by = recipe(plan.facts)
    for documents in plan.batches(options.batch_articles):
        yield ReannotateSpec(batch_id(documents, made_by), documents, str(root), options.model, run_id, made_by)


def reannotate(root: Path, **given: Any) -> CommitResult:
    options = ReannotateOptions.model_validate(given)
    with Run.begin([], str(root), IngestOptions()) as run:
        plan = find_stale.fn(run, options)
        results = [run_reannotation(spec) for spec in specs(root, options, run.run_id)]
        result: CommitResult = commit_annotations.fn(run, plan, results)
    check_invariants(read_all(root))
    return result


def documents(root: Path) -> pd.DataFrame:
    return pd.read_parquet(root / "documents").set_index("document_id").sort_index()


def test_nothing_is_stale_after_an_ingest(root: Path) -> None:
    assert make_plan(str(root), ReannotateOptions()).stale == []
    assert reannotate(root).snapshot is None


@pytest.mark.usefixtures("newer")
def test_rows_are_made_anew_and_nothing_else_changes(root: Path) -> None:
    before, quotes = documents(root), read_all(root)["quotes"]
    result = reannotate(root, batch_articles=20)
    after = documents(root)
    english = before.query("language == 'en' and duplicate_of.isna()").index
    assert result.documents_annotated == len(english) > 30
    pd.testing.assert_frame_equal(before.drop(columns=MADE), after.drop(columns=MADE))
    assert set(after.loc[english, "pipeline_version"]) == {"next"}
    same = quotes.drop(columns=["pipeline_version"]).sort_values("quote_id").reset_index(drop=True)
    found = read_all(root)["quotes"].drop(columns=["pipeline_version"]).sort_values("quote_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(same, found)
    assert make_plan(str(root), ReannotateOptions()).stale == []


@pytest.mark.usefixtures("newer")
def test_only_what_was_asked_for(root: Path) -> None:
    some = documents(root).query("language == 'en' and duplicate_of.isna()").index[:3]
    result = reannotate(root, where={"document": list(some)})
    assert result.documents_annotated == 3
    assert set(documents(root).query("pipeline_version == 'next'").index) == set(some)
    assert make_plan(str(root), ReannotateOptions(where=Where(pipeline_version="next"))).stale == []
    days = ReannotateOptions(where=Where.model_validate({"since": "2024-12-26", "until": "2024-12-26"}))
    assert {f"{one.published_on:%Y-%m-%d}" for one in make_plan(str(root), days).stale} == {"2024-12-26"}


@pytest.mark.usefixtures("newer")
def test_a_killed_run_goes_on(root: Path) -> None:
    options = ReannotateOptions(batch_articles=10)
    first, *_ = list(specs(root, options, "killed"))
    run_reannotation(first)
    plan = make_plan(str(root), options)
    assert [batch.batch_id for batch in plan.recovered] == [first.batch_id]
    assert len(plan.pending) == len(plan.stale) - 10
    assert reannotate(root, batch_articles=10).documents_annotated == len(plan.stale)
    assert StagingArea(root).finished() == []


@pytest.mark.usefixtures("newer")
def test_a_text_that_crashes_keeps_its_rows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (victim,) = documents(root).query("language == 'en' and duplicate_of.isna()").index[:1]
    monkeypatch.setattr(Annotator, "rows", _crashing(victim, Annotator.rows))
    spec = next(specs(root, ReannotateOptions(), "run"))
    result = run_reannotation(spec)
    assert result.documents == len(spec.documents) - 1
    assert result.warnings[f"crashed: ZeroDivisionError in {victim}"] == 1


def _crashing(victim: str, rows: Callable[..., Any]) -> Callable[..., Any]:
    def crash(self: Annotator, texts: Any, contexts: Any) -> Any:
        if any(context.document_id == victim for context in contexts):
            raise ZeroDivisionError
        return rows(self, texts, contexts)

    return crash


def test_facts_of_a_model_are_those_of_the_loaded_one() -> None:
    facts, loaded = model_facts(DEFAULT_MODEL), Annotator(DEFAULT_MODEL)
    assert (facts.label, facts.language) == (loaded.model, loaded.language)
    with pytest.raises(ModelNotInstalledError):
        model_facts("xx_no_such_model")


def test_makers_are_counted(root: Path) -> None:
    plan = make_plan(str(root), ReannotateOptions())
    assert json.dumps(plan.by_maker) == "{}"
