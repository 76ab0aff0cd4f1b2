"""The run summary, in Markdown that no file name can break."""

from typing import Any

import pytest

from flows.cli.ingest import _hint, _print
from flows.report import IngestReport
from flows.summary import summary as markdown

FIGURES: dict[str, Any] = {
    "run_id": "7",
    "label": "landing",
    "data": "news",
    "snapshot": 3,
    "counts": {"files_found": 1_234, "documents_added": 9},
    "seconds": {"discover": 0.1, "annotate": 2.0},
    "worker_seconds": {"load model": 1.0, "annotate": 3.0},
    "words_per_second": 12_345.6,
    "languages": {"en": 9},
    "quality": [],
    "warnings": {"absurd_date": 2},
    "rejects": {"empty": 4},
    "skipped": {"hidden": 1},
    "slowest": [(0.5, "/in/a.txt")],
    "top_speakers": [("Orla Fennimore", 3)],
    "recovered_batches": 0,
}


def report(**changed: Any) -> IngestReport:
    return IngestReport(**{**FIGURES, **changed})


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


@pytest.mark.parametrize(
    "line",
    [
        "# ingest landing",
        "Snapshot **3** committed to `news`.",
        "| files found | 1,234 |",
        "12,346 words/s while annotating",
        "| annotate | 2.0 | load model 1.0, annotate 3.0 |",
        "| Orla Fennimore | 3 |",
        "| empty | 4 |",
        "| absurd_date | 2 |",
        "| hidden | 1 |",
        "| `/in/a.txt` | 0.50 |",
        'quotes = pd.read_parquet("news/quotes")',
    ],
)
def test_summary_tells(line: str) -> None:
    assert line in markdown(report()).splitlines()


def test_sections_without_rows_are_left_out() -> None:
    text = markdown(
        report(rejects={}, warnings={}, skipped={}, slowest=[], top_speakers=[], languages={}, snapshot=None)
    )
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Time", "## Read it"]
    assert "no snapshot was made" in text


@pytest.mark.parametrize(
    "name", ["a|b.txt", "a\nb.txt", "a\\|b.txt", "<script>alert(1)</script>.txt", "a`b`.txt", "||"]
)
def test_a_hostile_file_name_stays_in_its_cell(name: str) -> None:
    harmless = markdown(report(slowest=[(0.5, "harmless")], top_speakers=[("harmless", 3)]))
    hostile = markdown(report(slowest=[(0.5, name)], top_speakers=[(name, 3)]))
    assert len(rows(hostile)) == len(rows(harmless))
    assert len(hostile.splitlines()) == len(harmless.splitlines())
    assert "<script>" not in hostile
    for line in rows(hostile):
        if "0.50" in line:
            assert _cells(line) == 2, line


def _cells(line: str) -> int:
    """Cells of a row as Markdown counts them: pipes that no odd run of backslashes precedes."""
    pipes = escapes = 0
    for char in line:
        pipes += char == "|" and escapes % 2 == 0
        escapes = escapes + 1 if char == "\\" else 0
    return pipes - 1


@pytest.mark.parametrize("label", ["a\n# owned", "<b>bold</b>"])
def test_a_hostile_label_stays_in_its_heading(label: str) -> None:
    text = markdown(report(label=label))
    headings = [line for line in text.splitlines() if line.startswith("# ")]
    assert len(headings) == 1
    assert "<b>" not in text


def test_a_hostile_data_folder_stays_in_its_code() -> None:
    text = markdown(report(data='news"\n```\nowned'))
    assert "owned" not in text.splitlines()


def test_a_report_is_clean_when_nothing_was_rejected() -> None:
    assert report(rejects={}).clean
    assert not report().clean


def test_the_three_lines_run_as_python() -> None:
    for line in report(data='it\'s "news"').pandas_lines():
        compile(line, "<lines>", "exec")


@pytest.mark.parametrize(
    ("changed", "given", "words"),
    [
        ({}, [], "  look at them: onrecord rejects --data news\n"),
        ({}, [], "  skipped 1: hidden\n"),
        (
            {"rejects": {"no_text_field": 2}},
            [],
            "onrecord ingest 'my in' --data news --fields text=NAME --retry-rejects",
        ),
        ({"rejects": {}, "counts": {"files_unchanged": 3}}, ["day_first"], "because of --day-first"),
    ],
)
def test_the_command_tells_what_to_do_next(
    capsys: pytest.CaptureFixture[str], changed: dict[str, Any], given: list[str], words: str
) -> None:
    _print(report(**changed), 1.0, as_json=False)
    _hint(report(**changed), ["my in"], given)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(("given", "read"), [([], 0), (["fields"], 5)])
def test_what_was_read_or_not_asked_for_needs_no_hint(
    capsys: pytest.CaptureFixture[str], given: list[str], read: int
) -> None:
    _hint(report(rejects={}, counts={"files_unchanged": 3, "records_read": read}), ["in"], given)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("seconds", "told"), [(2.0, False), (200.0, True)])
def test_speed_is_told_where_it_tells_something(capsys: pytest.CaptureFixture[str], seconds: float, told: bool) -> None:
    _print(report(seconds={"annotate": seconds}), 1.0, as_json=False)
    assert ("12,346 words/s" in capsys.readouterr().out) is told
