"""Broken and hostile files, ingested as one folder: each comes out as its line of the table says.

The files and their manifest are those of ONRECORD_SHARED; the table below is how we read each line of the manifest.
Where the manifest leaves a choice, ``docs/rejects.md`` says what we chose and why.
"""

import csv
import ctypes
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.quality.shared import ROOT, shared_folder

FOLDER = shared_folder() / "bad_inputs"
MAX_SECONDS, MAX_MIB = 10.0, 1024.0
SEED = "UPPER.TXT"  # the article of which many cases are copies
NOT_UTF8 = rb"bad_\xff\xfe_name.txt".decode()

pytestmark = [
    pytest.mark.shared,
    pytest.mark.model,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no bad inputs at {FOLDER} (set ONRECORD_SHARED)"),
]


@dataclass(frozen=True)
class Expected:
    """What a case gives; None and empty where anything will do.

    ``same_text`` names a case whose text it shares; ``skipped`` says that the file is not read at all.
    """

    documents: int = 1
    rejects: tuple[str, ...] = ()
    date: str | None = "any"
    warning: str | None = None
    same_text: str | None = None
    language: str | None = None
    encoding: str | None = None
    source_format: str | None = None
    contains: str = ""
    lacks: str = "\ud800"
    skipped: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def rejected(*reasons: str) -> Expected:
    return Expected(documents=0, rejects=reasons)


COPY = Expected(same_text=SEED, date="2024-12-26")
SKIPPED = Expected(documents=0, skipped=True)

TABLE = {
    "empty.txt": rejected("empty"),
    "bom_only.txt": rejected("empty"),
    "header_only.txt": rejected("empty_body"),
    "bad_date.txt": Expected(date=None, warning="bad_date: 2024-13-45", same_text=SEED),
    "future_date.txt": Expected(date=None, warning="future_date"),
    "two_dates.txt": Expected(date="2024-12-26", warning="two_dates", same_text=SEED),
    "date_in_body_only.txt": Expected(date=None),
    "ambiguous_date.txt": Expected(date=None, warning="ambiguous_date"),
    "no_header.txt": Expected(date=None, same_text=SEED),
    "crlf.txt": COPY,
    "cr_only.txt": COPY,
    "bom_utf8.txt": COPY,
    "utf16le_bom.txt": Expected(same_text=SEED, date="2024-12-26", encoding="utf-16-le"),
    "cp1252.txt": Expected(same_text=SEED, date="2024-12-26", encoding="cp1252", contains="“"),
    "latin1_accents.txt": Expected(encoding="cp1252", contains="é"),
    # Whoever spoiled it dropped the last byte of each closing quote.
    "mojibake.txt": Expected(date="2024-12-26", warning="encoding_repaired", same_text=SEED),
    "binary_junk.txt": rejected("binary"),
    "png_named.txt": rejected("binary"),
    "nul_bytes.txt": Expected(warning="control_characters", same_text=SEED, lacks="\x00"),
    "big_single_line_50mb.txt": rejected("too_large"),
    "nested_quotes_10000.txt": Expected(),
    "unbalanced_quotes.txt": Expected(contains="“one inside"),
    "rtl_arabic.txt": Expected(language="ar", warning="unsupported_language"),
    "german.txt": Expected(language="de", warning="unsupported_language"),
    "french_guillemets.txt": Expected(language="fr"),
    "emoji.txt": Expected(),
    "surrogate_utf8.txt": Expected(warning="lone_surrogates", contains="\ufffd"),
    "json_lone_surrogate.json": Expected(warning="lone_surrogates", contains="\ufffd"),
    "long_token.txt": Expected(),
    "soft_hyphen_zw.txt": Expected(contains="government"),
    "hardwrap_72.txt": Expected(warning="lines_rejoined", contains="prospects for the coming", lacks="Reuter"),
    "csv_injection.txt": Expected(),
    "prompt_like.txt": Expected(),
    "html_script_only.html": rejected("no_main_text"),
    "html_deep_nest.html": rejected("no_main_text"),
    "html_cp1251.html": Expected(language="ru", encoding="cp1251", source_format="html"),
    "html_paywall.html": rejected("too_short"),
    "html_named.txt": Expected(source_format="html", lacks="<"),
    "good_then_bad.jsonl": Expected(documents=2, rejects=("bad_json",), facts={"detail": "line 2"}),
    "nan.json": Expected(),
    "bom.json": Expected(),
    "huge_int.json": Expected(),
    "truncated.txt.gz": rejected("truncated_archive"),
    "ok.txt.gz": COPY,
    "bomb.txt.gz": rejected("too_large_uncompressed"),
    "traversal.zip": Expected(facts={"members": ["../../../../escaped.txt", "/abs/path.txt", "good.txt"]}),
    "dup_a.txt": COPY,
    "dup_b.txt": Expected(same_text="dup_a.txt"),
    "sub1/same_id.txt": Expected(),
    "sub2/same_id.txt": Expected(),
    "name with spaces.txt": COPY,
    "naïve “quotes” 新闻.txt": COPY,
    "x" * 236 + ".txt": COPY,
    NOT_UTF8: COPY,
    ".hidden.txt": SKIPPED,
    "data.txt~": SKIPPED,
    "UPPER.TXT": COPY,
    "article.xyz": SKIPPED,
    "unreadable.txt": rejected("permission"),
    # The reader of XML takes it without the entity: what the entity names must not be in it.
    "xxe.xml": Expected(documents=-1, lacks="root:"),
}
FOLDERS = {"dir.txt/", "loop/up -> .."}
"""Lines of the manifest about folders: that the run ends is what they ask for."""


@dataclass
class Outcome:
    documents: pd.DataFrame
    sources: pd.DataFrame
    rejects: pd.DataFrame
    report: dict[str, Any]
    base: Path


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """The folder ingested once, by a user who may not read everything where that is possible."""
    base = tmp_path_factory.mktemp("bad")
    with tarfile.open(FOLDER / "cases.tar.xz") as archive:
        archive.extractall(base, filter="tar")
    _run(base)
    tables = {name: pd.read_parquet(base / "data" / name) for name in ("documents", "sources", "rejects")}
    yield Outcome(**tables, report=json.loads((base / "report.json").read_text("utf-8")), base=base)
    (base / "bad_inputs" / "unreadable.txt").chmod(0o600)


def _run(base: Path) -> None:
    paths = [base / "bad_inputs", base / "data", base / "report.json"]
    done = subprocess.run(
        [sys.executable, "-B", "-m", "tests.flows.ingest_alone", *map(str, paths)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(base), "PREFECT_HOME": str(base / "prefect")},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_obey_permissions if os.geteuid() == 0 else None,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def _obey_permissions() -> None:
    """Take from root what lets it read everything (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH), for what is run next."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def test_every_line_of_the_manifest_has_its_line_here() -> None:
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name"].removesuffix(" (non-UTF-8 name)") for row in csv.DictReader(file)}
    unlike = {name for name in names if not name.startswith("xxx")} ^ {n for n in TABLE if not n.startswith("xxx")}
    assert unlike == FOLDERS


def test_every_case_comes_out_as_expected(outcome: Outcome) -> None:
    by_name = {name: _texts(outcome, name) for name in TABLE}
    differences = {
        name: problems
        for name, expected in TABLE.items()
        if (problems := list(_problems(outcome, name, expected, by_name)))
    }
    assert not differences, "\n".join(f"{name[:40]}: {', '.join(found)}" for name, found in differences.items())


def _path(outcome: Outcome, name: str) -> str:
    folder = (outcome.base / "bad_inputs").resolve()
    if name.startswith("xxx"):
        name = next(path.name for path in folder.iterdir() if path.name.startswith("xxx"))
    return f"{folder}/{name}"


def _texts(outcome: Outcome, name: str) -> pd.DataFrame:
    mine = outcome.sources[outcome.sources.source_path == _path(outcome, name)]
    ids = {document_id for ids in mine.document_ids for document_id in ids}
    return outcome.documents[outcome.documents.document_id.isin(ids)]


def _problems(outcome: Outcome, name: str, expected: Expected, by_name: dict[str, pd.DataFrame]) -> Iterator[str]:
    documents = by_name[name]
    rejects = outcome.rejects[outcome.rejects.source_path == _path(outcome, name)]
    known = (outcome.sources.source_path == _path(outcome, name)).any()
    if expected.skipped == known and expected.documents >= 0:
        yield "read" if known else "not in the ledger"
    if len(documents) != expected.documents >= 0:
        yield f"{len(documents)} documents"
    if tuple(sorted(rejects.reason)) != expected.rejects and expected.documents >= 0:
        yield f"rejects {sorted(rejects.reason)}"
    members = outcome.sources[outcome.sources.source_path == _path(outcome, name)].source_member.dropna()
    if sorted(members) != expected.facts.get("members", []):
        yield f"members {sorted(members)}"
    if "detail" in expected.facts and not rejects.detail.str.contains(expected.facts["detail"]).all():
        yield f"detail {list(rejects.detail)}"
    if expected.same_text and set(documents.text_hash) != set(by_name[expected.same_text].text_hash):
        yield f"another text than {expected.same_text}"
    for document in documents.itertuples():
        yield from _problems_of_document(document, expected)


def _problems_of_document(document: Any, expected: Expected) -> Iterator[str]:
    date = None if pd.isna(document.published_on) else str(document.published_on.date())
    if expected.date not in ("any", date):
        yield f"date {date}"
    if expected.warning and not any(text.startswith(expected.warning) for text in document.warnings):
        yield f"warnings {list(document.warnings)}"
    for attribute in ("language", "encoding", "source_format"):
        wanted, found = getattr(expected, attribute), getattr(document, attribute)
        if wanted and wanted != found:
            yield f"{attribute} {found}"
    if expected.contains not in document.text or expected.lacks in document.text:
        yield f"text {document.text[:60]!r}"


def test_equal_names_in_two_folders_are_two_documents(outcome: Outcome) -> None:
    ids = [_texts(outcome, name).document_id.item() for name in ("sub1/same_id.txt", "sub2/same_id.txt")]
    assert len(set(ids)) == 2


def test_one_document_keeps_both_of_its_paths(outcome: Outcome) -> None:
    assert _texts(outcome, "dup_a.txt").document_id.item() == _texts(outcome, "dup_b.txt").document_id.item()


def test_no_case_takes_long_and_memory_stays_small(outcome: Outcome) -> None:
    slow = {name: seconds for name, seconds in outcome.report["seconds"].items() if seconds > MAX_SECONDS}
    assert not slow
    assert outcome.report["peak_mib"] < MAX_MIB


def test_nothing_is_written_outside_the_data_folder(outcome: Outcome) -> None:
    assert {path.name for path in outcome.base.iterdir()} <= {"bad_inputs", "data", "report.json", "prefect"}
    with tarfile.open(FOLDER / "cases.tar.xz") as archive:
        listed = {member.name.removeprefix("./") for member in archive}
    there = {
        str(path.relative_to(outcome.base))
        for path in (outcome.base / "bad_inputs").rglob("*")
        if not path.is_symlink()
    }
    assert {path for path in there if "loop/up" not in path} <= listed | {"bad_inputs"}
    assert not Path("/abs/path.txt").exists()
    assert not list(outcome.base.parent.glob("escaped.txt"))
