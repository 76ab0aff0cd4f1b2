"""Every invariant broken in turn in a sound warehouse: that finding must be seen, and no other."""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.factory import SECOND, Article, File, archive_row, stage
from tests.warehouse.verification import damage
from warehouse.commit import commit
from warehouse.errors import NotAWarehouseError, SnapshotGoneError
from warehouse.layout import Layout
from warehouse.staging import StagingArea
from warehouse.verification import Check, identities, keys, months, verify
from warehouse.verification.files import DAMAGE

TEXT = "The river rose again, they said."
ALONE = Article("alone", text="In May nothing happened, they said.", day=datetime(2026, 5, 2))
FIRST = (
    Article("a", text=TEXT),
    Article("b", text="“Naïve” 𝔘nicode counts, they said.", day=datetime(2026, 4, 1)),
    Article("copy", text=TEXT, day=datetime(2026, 4, 9)),
    Article("undated", text="Once upon a time, they said.", day=None),
    ALONE,
)
MEMBER = Article("m", text="From an archive, they said.", day=datetime(2026, 4, 3))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three snapshots, the last with a correction, a copy of a text, an archive, rejects and an undated document."""
    root = tmp_path_factory.mktemp("sound") / "data"
    commit(root, [stage(root, File("/in/a", FIRST, rejects=2), File("/in/refused", rejects=1))], "run")
    member = File("/in/x.zip", (MEMBER,), member="m.txt")
    commit(root, [stage(root, member, extra_sources=[archive_row("/in/x.zip", ["m.txt"], "f" * 64)])], "run")
    corrected = (*FIRST[:1], replace(FIRST[1], text="Corrected twice over, they said."), *FIRST[2:])
    commit(root, [stage(root, File("/in/a", corrected, rejects=2, read_at=5_000 * SECOND))], "run")
    StagingArea(root).discard(StagingArea(root).finished())
    return root


@pytest.fixture
def broken(sound: Path, tmp_path: Path) -> Path:
    """A copy to break, with its hard links broken up, so that each snapshot can be damaged by itself."""
    shutil.copytree(sound, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def is_copy(row: dict[str, Any]) -> bool:
    return row["duplicate_of"] is not None


def _orphaned(rows: damage.Rows) -> str:
    rows.append({**rows[-1], "mention_id": "stray", "document_id": "no-document"})
    return "stray"


def _unlisted(rows: damage.Rows) -> str | None:
    row = max(rows, key=lambda row: len(row["document_ids"]))
    return str(row["document_ids"].pop()) if row["document_ids"] else None


def _listed(rows: damage.Rows) -> str:
    row = max(rows, key=lambda row: row["record_count"])
    row["document_ids"].append("no-document")
    return "no-document"


def _unexplained(rows: damage.Rows) -> str:
    rows[:] = [row for row in rows if row["source_path"] != "/in/refused"]
    return "/in/refused"


CASES: dict[str, tuple[damage.Damage, Check, str | None]] = {
    "a byte of a file flipped": (damage.flipped_byte("quotes", "addressee"), Check.HASH, "quotes"),
    "a byte of the ledger flipped": (damage.flipped_byte("sources", "run_id"), Check.HASH, "sources"),
    "a file cut short": (damage.truncated("entities", noted=False), Check.SIZE, "entities"),
    "a file never finished": (damage.truncated("entities", noted=True), Check.UNREADABLE, "entities"),
    "a file deleted": (damage.deleted("documents"), Check.MISSING, "documents"),
    "a column of another type": (damage.other_columns, Check.SCHEMA, "entities"),
    "another schema version": (damage.other_version, Check.SCHEMA, "rejects"),
    "the rows of another table": (damage.other_table, Check.SCHEMA, "rejects"),
    "the list of files damaged": (damage.damaged_file("files.json", "{"), Check.UNREADABLE, None),
    "the facts of the snapshot damaged": (damage.damaged_file("snapshot.json", "[]"), Check.UNREADABLE, None),
    "a stray file in the folder": (damage.stray("notes.txt"), Check.ORPHAN, None),
    "a stray file beside the snapshots": (damage.stray("snapshots/old.parquet"), Check.ORPHAN, None),
    "a stray file in the snapshot": (damage.stray("CURRENT/readme"), Check.ORPHAN, None),
    "a stray file in a table": (damage.stray("CURRENT/quotes/month=2026-04/x.tmp"), Check.ORPHAN, "quotes"),
    "a stray file among the runs": (damage.stray("runs/x.parquet.tmp"), Check.ORPHAN, None),
    "an empty folder in a table": (damage.stray_folder, Check.ORPHAN, "quotes"),
    "an unfinished file among the runs": (damage.stray("runs/run-x.parquet"), Check.UNREADABLE, "runs"),
    "a stable name that is absolute": (damage.pointed("quotes", "ROOT/current/quotes"), Check.LINK, None),
    "current that is absolute": (damage.pointed("current", "ROOT/snapshots/00000003"), Check.LINK, None),
    "current that names nothing": (damage.pointed("current", "snapshots/00000077"), Check.LINK, None),
    "a document twice": (damage.doubled_document, Check.KEY, None),
    "a source twice": (damage.doubled_row("sources"), Check.KEY, "sources"),
    "a reject twice": (damage.doubled_row("rejects"), Check.KEY, "rejects"),
    "rows in another month": (damage.moved_document, Check.PARTITION, None),
    "a mention without a document": (
        damage.edited("entities", _orphaned, "2026-05"),
        Check.PARENT,
        "entities",
    ),
    "a speaker without a mention": (
        damage.set_value("quotes", "speaker_mention_id", "nobody"),
        Check.PARENT,
        "quotes",
    ),
    "a child with another day": (
        damage.set_value("quotes", "published_on", lambda row: row["published_on"].replace(day=28)),
        Check.AGREEMENT,
        "quotes",
    ),
    "a child of another model": (damage.set_value("entities", "model", "other 2"), Check.AGREEMENT, "entities"),
    "a mention missing": (damage.drop_row("entities"), Check.COUNT, "documents"),
    "a quote missing": (damage.drop_row("quotes"), Check.COUNT, "documents"),
    "a wrong count of quotes": (
        damage.set_value("documents", "quote_count", 7, lambda row: row["duplicate_of"] is None),
        Check.COUNT,
        "documents",
    ),
    "a wrong length": (damage.set_value("documents", "char_count", 7), Check.COUNT, "documents"),
    "a wrong count of words": (damage.set_value("documents", "word_count", 7), Check.COUNT, "documents"),
    "a mention that is not in the text": (damage.set_value("entities", "text", "xyz"), Check.SPAN, "entities"),
    "a mention before the text": (damage.set_value("entities", "start", -5), Check.SPAN, "entities"),
    "content one code point off": (
        damage.set_value("quotes", "content_start", lambda row: row["content_start"] + 1),
        Check.SPAN,
        "quotes",
    ),
    "a cue that is not in the text": (damage.set_value("quotes", "cue", "told"), Check.SPAN, "quotes"),
    "a cue without a place": (damage.set_value("quotes", "cue", None), Check.SPAN, "quotes"),
    "a speaker that ends elsewhere": (damage.set_value("quotes", "speaker_end", 5), Check.SPAN, "quotes"),
    "a quoted part outside of its quote": (
        damage.set_value("quotes", "quoted_parts", [{"start": 0, "end": 99}]),
        Check.SPAN,
        "quotes",
    ),
    "a marked span outside of the text": (
        damage.set_value("documents", "marked_spans", [{"kind": "byline", "start": 5, "end": 999}]),
        Check.SPAN,
        "documents",
    ),
    "a copy that stands as well": (
        damage.set_value("documents", "duplicate_of", None, is_copy),
        Check.DUPLICATE,
        "documents",
    ),
    "a copy of nothing": (
        damage.set_value("documents", "duplicate_of", "nothing", is_copy),
        Check.DUPLICATE,
        "documents",
    ),
    "a copy with quotes of its own": (damage.owned_by_a_copy, Check.DUPLICATE, "documents"),
    "a document that was taken down": (damage.forgotten_but_there, Check.FORGOTTEN, "documents"),
    "a document that is in no source": (
        damage.edited("sources", _unlisted),
        Check.LEDGER,
        "documents",
    ),
    "a source of a document that is not there": (
        damage.edited("sources", _listed),
        Check.LEDGER,
        "sources",
    ),
    "more documents than records": (
        damage.set_value("sources", "record_count", 1, lambda row: row["record_count"] > 3),
        Check.LEDGER,
        "sources",
    ),
    "a reject of an unknown file": (damage.set_value("rejects", "source_path", "/in/other"), Check.REJECT, None),
    "a refused file without a reject": (
        damage.edited("rejects", _unexplained),
        Check.REJECT,
        "sources",
    ),
}


def test_a_sound_warehouse_is_clean(sound: Path) -> None:
    report = verify(sound)
    assert report.clean, report.findings
    assert report.notes == []
    assert report.snapshot == 3
    assert report.rows == {
        "documents": 6,
        "entities": 15,
        "quotes": 10,
        "sources": 4,
        "rejects": 3,
        "forgotten": 0,
        "signatures": 0,
    }
    assert report.files > 20
    assert report.bytes > 20_000


def test_each_check_is_broken_by_a_case() -> None:
    assert {check for _, check, _ in CASES.values()} == set(Check)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_seen_and_nothing_else(broken: Path, case: str) -> None:
    break_it, check, table = CASES[case]
    words = break_it(broken)
    report = verify(broken)
    assert {found for found, _ in report.counts} == {check}, report.findings
    if table is not None:
        assert {found for _, found in report.counts} == {table}
    assert any(words in str(finding) for finding in report.findings), (words, report.findings)
    assert all(finding.expected and finding.found for finding in report.findings)


QUICK_SKIPS = {Check.HASH, Check.SPAN}


@pytest.mark.parametrize("case", [name for name, (_, check, _) in CASES.items() if check in QUICK_SKIPS])
def test_quick_leaves_out_hashes_and_spans(broken: Path, case: str) -> None:
    CASES[case][0](broken)
    assert verify(broken, quick=True).clean


@pytest.mark.parametrize("case", ["a file cut short", "a mention missing", "a document twice", "a copy of nothing"])
def test_quick_sees_the_rest(broken: Path, case: str) -> None:
    CASES[case][0](broken)
    assert not verify(broken, quick=True).clean


ONE_OF_EACH = {check: name for name, (_, check, _) in reversed(CASES.items())}
OF_ROWS = [name for check, name in ONE_OF_EACH.items() if check not in (*DAMAGE, Check.LINK, Check.ORPHAN)]


@pytest.mark.parametrize("case", [*OF_ROWS, "content one code point off", "a copy of nothing"])
def test_small_parts_find_the_same(broken: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the warehouse were large: keys, ids and texts in many passes."""
    monkeypatch.setattr(keys, "KEYS_AT_ONCE", 2)
    monkeypatch.setattr(keys, "BATCH_ROWS", 3)
    monkeypatch.setattr(identities, "IDS_AT_ONCE", 1)
    monkeypatch.setattr(months, "TEXT_BYTES", 40)
    assert verify(broken).clean
    break_it, check, _ = CASES[case]
    words = break_it(broken)
    report = verify(broken)
    assert {found for found, _ in report.counts} == {check}, report.findings
    assert any(words in str(finding) for finding in report.findings)


def test_quick_names_a_file_whose_rows_cannot_be_read(broken: Path) -> None:
    words = damage.flipped_byte("entities", "document_id")(broken)
    (finding,) = verify(broken, quick=True).findings
    assert finding.check is Check.UNREADABLE
    assert words in str(finding)


def test_damage_in_an_older_snapshot_is_named(broken: Path) -> None:
    file = next((broken / "snapshots" / "00000001" / "entities").rglob("*.parquet"))
    file.write_bytes(b"PAR1")
    (finding,) = verify(broken).findings
    assert finding.check is Check.SIZE
    assert finding.file == str(file.relative_to(broken))


def test_leftovers_of_a_killed_commit_are_notes(broken: Path) -> None:
    (broken / "snapshots" / ".build-00000004").mkdir()
    shutil.copytree(broken / "snapshots" / "00000003", broken / "snapshots" / "00000004")
    (broken / ".current.4711").symlink_to("snapshots/00000004")
    stage(broken, File("/in/b", (Article("new"),)))
    report = verify(broken)
    assert report.clean, report.findings
    assert len(report.notes) == 4
    commit(broken, StagingArea(broken).finished(), "run")
    StagingArea(broken).discard(StagingArea(broken).finished())
    assert verify(broken).notes == []


def test_many_findings_are_counted_but_not_all_listed(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.verification.report.KEPT", 2)

    def all_wrong(rows: damage.Rows) -> str:
        for row in rows:
            row["model"] = "other"
        return ""

    damage.edited("entities", all_wrong)(broken)
    report = verify(broken)
    assert (len(report.findings), report.total) == (2, report.counts[(Check.AGREEMENT, "entities")])
    assert report.total > 2


def test_a_snapshot_pruned_while_it_is_read_is_told(broken: Path) -> None:
    def prune_now(stage: str, done: int, total: int) -> None:
        if stage.startswith("keys"):
            shutil.rmtree(broken / "snapshots" / "00000003")

    with pytest.raises(SnapshotGoneError, match="Snapshot 3"):
        verify(broken, progress=prune_now)


def test_an_older_snapshot_may_be_pruned_meanwhile(broken: Path) -> None:
    def prune_now(stage: str, done: int, total: int) -> None:
        shutil.rmtree(Layout(broken).snapshot(1), ignore_errors=True)

    report = verify(broken, progress=prune_now)
    assert report.clean


def test_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(NotAWarehouseError):
        verify(tmp_path)


def test_progress_reaches_its_end(sound: Path) -> None:
    seen: dict[str, tuple[int, int]] = {}
    verify(sound, progress=lambda stage, done, total: seen.__setitem__(stage, (done, total)))
    assert {"files", "rows", "keys of documents", "ledger and duplicates"} <= seen.keys()
    assert all(done == total > 0 for done, total in seen.values())
