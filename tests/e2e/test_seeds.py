"""What one run over the seeds leaves behind: the tables, and the run as Prefect knows it."""

import zipfile
from pathlib import Path
from uuid import UUID

import pandas as pd
import pytest
from prefect import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

from tests.e2e.conftest import SEEDS, Ingested
from tests.e2e.onrecord import Shell, table

pytestmark = pytest.mark.e2e

SAMPLE = "000_0a60103a4232d51d.txt"
LAVROV = "Sergey Lavrov"

# How the content begins, how it ends, cue, addressee. There are no others.
DIRECT_OR_MIXED = [
    ("direct", "“If the signals that are coming", "of course, we will respond to them,”", "told", "reporters"),
    ("direct", "“But the Americans broke (off)", "so they should make the first move,”", "told", None),
    ("direct", "“A truce is a path to nowhere,”", "“A truce is a path to nowhere,”", "said", None),
    ("direct", "“We need final legal agreements", "security interests of our neighbours,”", "said", None),
    ("mixed", "Moscow wanted the legal documents", "“the impossibility of violating these agreements.”", "added", None),
]

# Words of the content, cue, speaker, addressee, via. The spans of indirect speech are the quality tests' affair.
INDIRECT = [
    ("Washington must make the first move", "declared", LAVROV, None, None),
    ("both sides were ready for peace talks", "told", "Keith Kellogg", "Fox News", None),
    ("saw no point in a weak ceasefire", "said", LAVROV, None, "Reuters"),
]

QUOTE_SPANS = [("content_start", "content_end", "content"), ("cue_start", "cue_end", "cue"),
               ("speaker_start", "speaker_end", "speaker")]  # fmt: skip


def with_text(run: Ingested, name: str) -> pd.DataFrame:
    texts = table(run.root, "documents")[["document_id", "text"]].rename(columns={"text": "document_text"})
    joined = table(run.root, name).merge(texts, on="document_id", validate="many_to_one")
    assert len(joined) == len(table(run.root, name)), "rows without a document"
    return joined


@pytest.fixture(scope="module")
def sample(seeds_run: Ingested) -> pd.Series:
    documents = table(seeds_run.root, "documents")
    (row,) = (row for _, row in documents.iterrows() if row["source_path"].endswith(SAMPLE))
    return row


@pytest.fixture(scope="module")
def sample_quotes(seeds_run: Ingested, sample: pd.Series) -> pd.DataFrame:
    quotes = table(seeds_run.root, "quotes")
    return quotes[quotes["document_id"] == sample["document_id"]].sort_values("content_start")


def test_every_file_and_member_of_the_seeds_gives_documents(seeds_run: Ingested) -> None:
    expected = set()
    for path in SEEDS.iterdir():
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                expected |= {(str(path.resolve()), name) for name in archive.namelist()}
        else:
            expected.add((str(path.resolve()), None))
    documents = table(seeds_run.root, "documents")
    members = documents["source_member"].astype(object).where(documents["source_member"].notna(), None)
    assert set(zip(documents["source_path"], members, strict=True)) == expected
    assert table(seeds_run.root, "rejects").empty
    assert len(documents) >= 41
    assert documents["document_id"].is_unique


def test_the_report_counts_what_the_tables_hold(seeds_run: Ingested) -> None:
    counts = seeds_run.report["counts"]
    for name in ("documents", "entities", "quotes"):
        assert counts[f"{name}_added"] == len(table(seeds_run.root, name)) > 0
    assert counts["records_read"] == counts["documents_added"]
    assert counts["files_found"] == len(list(SEEDS.iterdir()))
    assert (seeds_run.report["snapshot"], seeds_run.report["rejects"]) == (1, {})


def test_spans_are_true_on_every_row(seeds_run: Ingested) -> None:
    for row in with_text(seeds_run, "entities").itertuples():
        assert row.document_text[row.start : row.end] == row.text
    for row in with_text(seeds_run, "quotes").to_dict("records"):
        for start, end, text in QUOTE_SPANS:
            if row[start] >= 0:
                assert row["document_text"][row[start] : row[end]] == row[text], text
            else:
                assert text != "content"
                assert pd.isna(row[text])
        for part in row["quoted_parts"]:
            assert row["content_start"] <= part["start"] < part["end"] <= row["content_end"]


def test_counts_of_documents_are_those_of_their_rows(seeds_run: Ingested) -> None:
    documents = table(seeds_run.root, "documents").set_index("document_id")
    for name, column in (("entities", "entity_count"), ("quotes", "quote_count")):
        counted = table(seeds_run.root, name).groupby("document_id").size()
        assert documents[column].to_dict() == counted.reindex(documents.index, fill_value=0).to_dict()


def test_rows_lie_in_the_month_of_their_article(seeds_run: Ingested) -> None:
    for name in ("documents", "entities", "quotes"):
        rows = table(seeds_run.root, name)
        assert list(rows["month"].astype(str)) == list(rows["published_on"].dt.strftime("%Y-%m").fillna("unknown"))


def test_the_sample_has_its_day_and_not_the_header(sample: pd.Series) -> None:
    assert sample["published_on"] == pd.Timestamp("2024-12-26")
    assert sample["month"] == "2024-12"
    assert sample["text"].startswith("Moscow will work with President-elect Donald Trump’s administration")
    assert sample["language"] == "en"


def test_the_sample_has_these_direct_and_mixed_quotes_and_no_others(sample_quotes: pd.DataFrame) -> None:
    found = sample_quotes[sample_quotes["quote_type"] != "indirect"].to_dict("records")
    assert [row["content"][:20] for row in found] == [start[:20] for _, start, *_ in DIRECT_OR_MIXED]
    for row, (kind, start, end, cue, addressee) in zip(found, DIRECT_OR_MIXED, strict=True):
        assert row["quote_type"] == kind
        assert row["content"].startswith(start)
        assert row["content"].endswith(end)
        assert row["cue"] == cue
        assert row["speaker_canonical"] == LAVROV
        if addressee:
            assert row["addressee"] == addressee


@pytest.mark.parametrize(("words", "cue", "speaker", "addressee", "via"), INDIRECT)
def test_the_sample_has_at_least_these_indirect_quotes(
    sample_quotes: pd.DataFrame, words: str, cue: str, speaker: str, addressee: str | None, via: str | None
) -> None:
    (row,) = sample_quotes[sample_quotes["content"].str.contains(words, regex=False)].to_dict("records")
    found = {name: None if pd.isna(row[name]) else row[name] for name in ("addressee", "via")}
    assert (row["quote_type"], row["cue"], row["speaker_canonical"]) == ("indirect", cue, speaker)
    assert found == {"addressee": addressee, "via": via}


def test_a_belief_is_no_quote(sample_quotes: pd.DataFrame) -> None:
    assert not sample_quotes["content"].str.contains("there is no point in the U.S. talking peace").any()


def test_no_process_outlives_the_run(seeds_run: Ingested) -> None:
    assert seeds_run.left_over == []


def test_the_run_has_a_row(seeds_run: Ingested) -> None:
    (row,) = table(seeds_run.root, "runs").to_dict("records")
    assert row["run_id"] == seeds_run.report["run_id"]
    assert (row["state"], row["snapshot"]) == ("completed", 1)
    assert pd.isna(row["message"])
    assert row["documents_added"] == seeds_run.report["counts"]["documents_added"]
    assert list(row["sources"]) == [str(SEEDS)]
    assert row["words_per_second"] > 0
    assert {"onrecord", "spacy", "prefect"} <= {version["name"] for version in row["versions"]}


@pytest.mark.usefixtures("api")
def test_prefect_knows_the_run_as_completed_with_its_summary(seeds_run: Ingested) -> None:
    run_id = UUID(seeds_run.report["run_id"])
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(run_id)
        artifacts = client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
        )
    assert run.state is not None
    assert run.state.is_completed()
    assert run.name == f"ingest seeds · {len(list(SEEDS.iterdir()))} files"
    by_key = {artifact.key: artifact for artifact in artifacts}
    assert set(by_key) == {"progress", "run-summary", "quality"}
    assert "Snapshot **1** committed" in str(by_key["run-summary"].data)
    assert float(str(by_key["progress"].data)) == 100.0


def test_a_second_run_adds_nothing_but_its_row(seeds_run: Ingested, shell: Shell, tmp_path: Path) -> None:
    names = ("documents", "entities", "quotes", "sources", "rejects")
    before = {name: table(seeds_run.root, name) for name in names}
    snapshot = (seeds_run.root / "current").readlink()
    report = shell.ingest(SEEDS, "--data", seeds_run.root)
    assert (seeds_run.root / "current").readlink() == snapshot
    assert report["snapshot"] is None
    assert report["counts"]["files_unchanged"] == report["counts"]["files_found"] == len(list(SEEDS.iterdir()))
    assert report["counts"].get("records_read", 0) == 0
    for name in names:
        pd.testing.assert_frame_equal(table(seeds_run.root, name), before[name])
    runs = table(seeds_run.root, "runs").sort_values("started_at")
    assert list(runs["documents_added"]) == [len(before["documents"]), 0]
    assert list(runs["snapshot"]) == [1, -1]
