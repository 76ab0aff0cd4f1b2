"""``reannotate`` through the real Prefect API."""

from pathlib import Path

import pandas as pd
import pytest

from flows import reannotation
from flows.ingest import ingest
from flows.options import IngestOptions
from flows.reannotate import reannotate
from flows.reannotation import ReannotateOptions
from tests.flows.landing import write_lines
from tests.warehouse.tables import check_invariants, read_all

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.usefixtures("api")]


def test_documents_of_older_rules_are_annotated_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    landing, root = tmp_path / "landing", tmp_path / "data"
    write_lines(landing / "feed.jsonl", range(6))
    first = ingest([str(landing)], str(root), IngestOptions(workers=1))
    monkeypatch.setattr(reannotation, "PIPELINE_VERSION", "next")
    report = reannotate(str(root), ReannotateOptions(workers=1, batch_articles=2))
    assert (first.snapshot, report.snapshot) == (1, 2)
    assert report.documents_annotated == report.documents_stale == 6
    tables = read_all(root)
    check_invariants(tables)
    assert set(tables["quotes"]["pipeline_version"]) == {"next"}
    runs = pd.read_parquet(root / "runs")
    assert runs["state"].tolist() == ["completed", "completed"]
    assert reannotate(str(root), ReannotateOptions(workers=1)).snapshot is None
