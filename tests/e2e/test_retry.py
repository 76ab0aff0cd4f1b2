"""A record that was refused is read again after a fix, and nothing else is."""

from pathlib import Path

import pytest

from flows.ingest import ingest
from flows.options import IngestOptions
from tests.e2e.onrecord import table
from tests.flows.landing import article, dated, write_text

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.usefixtures("api")]


def test_rejects_are_taken_again_when_told_to(tmp_path: Path) -> None:
    landing, root = tmp_path / "landing", str(tmp_path / "data")
    write_text(landing / "good.txt", dated(1))
    write_text(landing / "long.txt", f"date 2025-02-03 {article(2)}" + " " * 1_100_000 + "End.")
    small = IngestOptions(workers=1, max_record_megabytes=1)
    assert ingest([str(landing)], root, small).rejects == {"too_large": 1}

    large = IngestOptions(workers=1)
    assert ingest([str(landing)], root, large).counts["files_unchanged"] == 2
    other = IngestOptions(workers=1, retry_rejects=True, retry_reason="binary")
    assert ingest([str(landing)], root, other).counts["files_unchanged"] == 2

    again = ingest([str(landing)], root, IngestOptions(workers=1, retry_rejects=True))
    assert (again.counts["files_unchanged"], again.counts["documents_added"], again.rejects) == (1, 1, {})
    assert table(Path(root), "rejects").empty
    assert len(table(Path(root), "documents")) == 2
