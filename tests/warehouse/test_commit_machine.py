"""Random commits against a simple model: what a user may rely on, whatever the order of events."""

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import warehouse
from tests.warehouse.factory import SECOND, Article, File, stage
from tests.warehouse.tables import check_invariants, read_all
from warehouse.commit import CommitResult, commit
from warehouse.repeats import supersedes
from warehouse.staging import StagedBatch, StagingArea

ARTICLES = st.builds(
    Article,
    key=st.sampled_from("abcde"),
    text=st.sampled_from(["The river rose, they said.", "The bridge held, she said.", "No one knew, he told us."]),
    title=st.sampled_from(["One", "Two"]),
    day=st.sampled_from([None, datetime(2026, 3, 4), datetime(2026, 4, 5)]),
    modified_at=st.sampled_from([None, datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)]),
    quotes=st.integers(0, 2),
    entities=st.just(1),
    model=st.just("toy 1"),
    pipeline_version=st.just("1"),
)
CONTENTS = st.lists(ARTICLES, max_size=3).map(tuple)
PATHS = st.sampled_from(["/in/1", "/in/2", "/in/3"])


def version(article: Article) -> tuple[object, ...]:
    """What the record hash covers: quotes are made by us and do not count."""
    return article.text, article.title, article.day, article.modified_at


class Model:
    """Dictionaries that follow the rules in words: who holds what, which version of it, and what is kept out."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.given: dict[str, list[str]] = {}
        self.documents: dict[str, Article] = {}
        self.forgotten: set[str] = set()
        self.forgotten_paths: set[str] = set()
        self.forgotten_bodies: set[str] = set()
        self.forgotten_contents: set[str] = set()

    def ingest(self, files: list[File]) -> None:
        stored = dict(self.documents)
        for file in sorted(files, key=lambda item: item.path):
            known = self.files.get(file.path)
            given = self.given.get(file.path, [])
            admitted = [one for one in self._one_each(file) if not self._kept_out(one, file, stored.get(one.key))]
            for article in admitted:
                current = self.documents.get(article.key)
                if current is None or self._replaces(article, current, file, known, given):
                    self.documents[article.key] = article
            self.given[file.path] = [one.key for one in admitted]
        self.files |= {file.path: file for file in files}
        held = {key for given in self.given.values() for key in given}
        self.documents = {key: article for key, article in self.documents.items() if key in held}

    def _kept_out(self, article: Article, file: File, stored: Article | None) -> bool:
        if article.key in self.forgotten or file.path in self.forgotten_paths:
            return True
        if stored is not None and stored.text == article.text:
            return False
        return article.text in self.forgotten_bodies or file.sha256 in self.forgotten_contents

    def forget(self, key: str) -> None:
        article = self.documents.pop(key)
        self.forgotten.add(key)
        copied = any(other.text == article.text for other in self.documents.values())
        if not copied:
            self.forgotten_bodies.add(article.text)
        for path, given in self.given.items():
            if key in given:
                given.remove(key)
                if len(self.files[path].articles) == 1:
                    self.forgotten_paths.add(path)
                    if not copied:
                        self.forgotten_contents.add(self.files[path].sha256)

    @staticmethod
    def _one_each(file: File) -> list[Article]:
        best: dict[str, Article] = {}
        for article in file.articles:
            if article.key not in best or supersedes(article.modified_at, best[article.key].modified_at):
                best[article.key] = article
        return list(best.values())

    @staticmethod
    def _replaces(article: Article, stored: Article, file: File, known: File | None, given: list[str]) -> bool:
        read_before = known is not None and known.sha256 == file.sha256 and article.key in given
        if version(article) == version(stored) or read_before:
            return False
        return supersedes(article.modified_at, stored.modified_at)


class Commits(RuleBasedStateMachine):
    """Files appear, change, are read again; batches are committed late, together, or twice."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "data"
        self.model = Model()
        self.clock = 1
        self.last: list[StagedBatch] = []

    @initialize()
    def begin(self) -> None:
        commit(self.root, [], "run")

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(contents=st.dictionaries(PATHS, CONTENTS, min_size=1))
    def ingest_files(self, contents: dict[str, tuple[Article, ...]]) -> None:
        self.clock += 1
        now = self.clock * SECOND
        files = [File(path, articles, mtime=now, read_at=now) for path, articles in contents.items()]
        self._commit(files, [stage(self.root, file, ingested_at=self._moment()) for file in files])

    @precondition(lambda self: self.model.files)
    @rule(data=st.data())
    def read_files_again(self, data: st.DataObject) -> None:
        self.clock += 1
        path = data.draw(st.sampled_from(sorted(self.model.files)))
        file = replace(self.model.files[path], read_at=self.clock * SECOND)
        before = (list(self.model.given[path]), dict(self.model.documents))
        result = self._commit([file], [stage(self.root, file, ingested_at=self._moment())])
        unchanged = before == (self.model.given[path], self.model.documents)
        # Rejects in the place of what was forgotten get their exact positions by the first reading.
        assert self.model.forgotten or (result.snapshot is None) == unchanged
        assert commit(self.root, self.last, "again").snapshot is None

    @precondition(lambda self: self.model.documents)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.documents)))
        self.model.forget(key)
        result = warehouse.forget(self.root, Article(key).document_id)
        assert result.documents == (Article(key).document_id,)

    @rule()
    def compact(self) -> None:
        warehouse.compact(self.root)
        assert warehouse.compact(self.root).snapshot is None

    @precondition(lambda self: self.last)
    @rule()
    def commit_again(self) -> None:
        assert commit(self.root, self.last, "again").snapshot is None

    @precondition(lambda self: self.last)
    @rule()
    def discard(self) -> None:
        StagingArea(self.root).discard(self.last)
        assert StagingArea(self.root).finished() == []
        self.last = []

    def _moment(self) -> datetime:
        return datetime(2026, 6, 1, tzinfo=UTC).replace(microsecond=self.clock * 1000)

    def _commit(self, files: list[File], batches: list[StagedBatch]) -> CommitResult:
        before = set(self.model.documents)
        self.model.ingest(files)
        result = commit(self.root, batches, "run")
        StagingArea(self.root).discard(self.last)
        self.last = batches
        after = set(self.model.documents)
        assert result.documents_added == len(after - before)
        assert result.documents_removed == len(before - after)
        return result

    @invariant()
    def tables_are_what_the_model_says(self) -> None:
        if not (self.root / "documents").exists():
            return
        tables = read_all(self.root)
        check_invariants(tables)
        rows = tables["documents"].set_index("document_id")
        assert set(rows.index) == {article.document_id for article in self.model.documents.values()}
        for article in self.model.documents.values():
            row = rows.loc[article.document_id]
            day = None if pd.isna(row["published_on"]) else row["published_on"].to_pydatetime()
            assert (row["text"], row["title"], day) == (article.text, article.title, article.day)
        ledger = tables["sources"].set_index("source_path")["document_ids"].map(list).to_dict()
        expected = {path: {Article(key).document_id for key in given} for path, given in self.model.given.items()}
        assert {path: set(ids) for path, ids in ledger.items()} == expected
        assert set(tables["forgotten"]["document_id"]) == {Article(key).document_id for key in self.model.forgotten}
        self._older_snapshots_have_forgotten_too()

    def _older_snapshots_have_forgotten_too(self) -> None:
        gone = {Article(key).document_id for key in self.model.forgotten}
        for snapshot in (self.root / "snapshots").iterdir():
            for name in ("documents", "entities", "quotes"):
                assert gone.isdisjoint(pd.read_parquet(snapshot / name)["document_id"])


# No shrinking for ever: a failure of ten steps can be read as it is.
TestCommits = Commits.TestCase
TestCommits.settings = settings(
    max_examples=10,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
