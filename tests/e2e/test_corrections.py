"""An article that is corrected, moved to another day or withdrawn: all tables follow, in one commit."""

from pathlib import Path

import pytest

from flows.ingest import ingest
from flows.options import IngestOptions
from tests.e2e.onrecord import table
from tests.flows.landing import dated, write_lines, write_text

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.usefixtures("api")]

TABLES = ("documents", "entities", "quotes")
CORRECTED = "“The bridge is safe now,” Zelda Quimby told reporters in Stanmoor. Zelda Quimby is the new mayor."


def rows_by_document(root: Path) -> dict[str, dict[str, int]]:
    return {name: table(root, name).groupby("document_id").size().to_dict() for name in TABLES}


def document_ids(root: Path, file: str) -> set[str]:
    documents = table(root, "documents")
    return set(documents.loc[documents["source_path"].str.endswith(file), "document_id"])


def test_a_correction_replaces_and_a_withdrawal_removes(tmp_path: Path) -> None:
    landing, root = tmp_path / "landing", tmp_path / "data"
    write_text(landing / "kept.txt", dated(1))
    write_text(landing / "changed.txt", dated(2, "2025-02-03"))
    write_lines(landing / "feed.jsonl", range(10, 14))
    first = ingest([str(landing)], str(root), IngestOptions(workers=1))
    assert first.counts["documents_added"] == 6
    before = rows_by_document(root)
    kept = document_ids(root, "kept.txt") | document_ids(root, "feed.jsonl")
    withdrawn = set(table(root, "documents").query("url == 'https://ellery-post.example/11'")["document_id"])
    assert len(withdrawn) == 1

    write_text(landing / "changed.txt", f"date 2025-05-06 {CORRECTED}")
    write_lines(landing / "feed.jsonl", [10, 12, 13])
    second = ingest([str(landing)], str(root), IngestOptions(workers=1))

    assert (first.snapshot, second.snapshot) == (1, 2)
    after = rows_by_document(root)
    for name in TABLES:
        assert {one: after[name].get(one) for one in kept - withdrawn} == {
            one: before[name].get(one) for one in kept - withdrawn
        }
        assert not withdrawn & set(after[name])
    (changed,) = document_ids(root, "changed.txt")
    assert set(after["documents"]) == (kept - withdrawn) | {changed}
    for name in TABLES:
        rows = table(root, name)
        mine = rows[rows["document_id"] == changed]
        assert set(mine["month"].astype(str)) == {"2025-05"}, name
        assert not (rows["published_on"].dt.strftime("%Y-%m-%d") == "2025-02-03")[rows["document_id"] == changed].any()
    documents, quotes = table(root, "documents"), table(root, "quotes")
    assert documents.set_index("document_id").loc[changed, "text"] == CORRECTED
    (quote,) = quotes[quotes["document_id"] == changed].to_dict("records")
    assert (quote["content"], quote["speaker_canonical"]) == ("“The bridge is safe now,”", "Zelda Quimby")
    assert second.counts["documents_removed"] + second.counts["documents_replaced"] >= 2


def test_a_corrected_record_with_an_address_keeps_its_identity(tmp_path: Path) -> None:
    landing, root = tmp_path / "landing", tmp_path / "data"
    feed = write_lines(landing / "feed.jsonl", range(3))
    ingest([str(landing)], str(root), IngestOptions(workers=1))
    before = document_ids(root, "feed.jsonl")
    text = feed.read_text("utf-8")
    write_text(feed, text.replace("the new bridge", "the old wooden bridge", 1).replace("2025-02-03", "2025-06-07", 1))
    report = ingest([str(landing)], str(root), IngestOptions(workers=1))
    assert (report.counts["documents_replaced"], report.counts["documents_added"]) == (1, 0)
    assert document_ids(root, "feed.jsonl") == before
    documents = table(root, "documents")
    assert documents["document_id"].is_unique
    (moved,) = documents[documents["month"].astype(str) == "2025-06"].to_dict("records")
    assert "the old wooden bridge" in moved["text"]
    for name in ("entities", "quotes"):
        rows = table(root, name)
        mine = rows[rows["document_id"] == moved["document_id"]]
        assert set(mine["month"].astype(str)) == {"2025-06"}
