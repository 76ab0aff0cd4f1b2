"""A small warehouse that is changed in every way there is, and what its tables must hold after each change."""

import hashlib
import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

import warehouse
from flows.linking import rebuild
from tests.warehouse.factory import SECOND, Article, File, digest, entity_rows, quote_rows, stage
from warehouse.commit import commit
from warehouse.incoming import Annotation
from warehouse.ledger import ANNOTATIONS
from warehouse.staging import StagingArea
from warehouse.tables import to_arrow
from warehouse.tables.convert import rows_to_arrow

ARTICLES = 12
MONTHS = [datetime(2026, month, 5) for month in (1, 2, 3, 4)]
VERSION_1 = Path(__file__).parents[1] / "warehouse" / "layouts" / "version-1.tar.xz"

CYCLE = ("ingest", "compact", "ingest", "link", "reannotate", "ingest", "forget")
"""The changes, in turn."""


@dataclass(frozen=True)
class State:
    """What the tables hold: articles by key. Two of them, 0 and 1, always have the same text."""

    articles: dict[str, Article] = field(default_factory=dict)

    def digests(self) -> dict[str, str]:
        """By table, a hash of the rows that a reader must find."""
        documents = [(one.document_id, one.text, one.day) for one in self.articles.values()]
        groups = {_group(key): one for key, one in self.articles.items()}
        quotes = [
            (name, index, one.text[index : index + 9], one.model)
            for name, one in groups.items()
            for index in range(one.quotes)
        ]
        return {"documents": _hash(documents), "quotes": _hash(quotes)}


def _group(key: str) -> str:
    return "k0" if key == "k1" else key


GROUPS = {Article(key).document_id: _group(key) for key in [f"k{n}" for n in range(ARTICLES)]}
GROUPS |= {Article(f"new-{n}").document_id: f"new-{n}" for n in range(2_000)}


def _hash(rows: Iterable[tuple[object, ...]]) -> str:
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


def documents_digest(rows: pd.DataFrame) -> str:
    """The hash of rows that were read."""
    days = [day.to_pydatetime() for day in rows["published_on"]]
    return _hash(zip(rows["document_id"], rows["text"], days, strict=True))


def quotes_digest(rows: pd.DataFrame) -> str:
    """The same of quotes; those of copies may stand under either."""
    groups = rows["document_id"].map(GROUPS)
    return _hash(zip(groups, rows["quote_index"], rows["content"], rows["model"], strict=True))


@dataclass(frozen=True)
class Change:
    """One change, so small that it can be sent to a process, and what the tables hold after it."""

    kind: str
    number: int
    after: State
    subject: str = ""

    def run(self, root: Path) -> None:
        """Carry it out, from staging to the end; running it again changes nothing."""
        CHANGES[self.kind](root, self)


def next_change(state: State, number: int, kind: str) -> Change:
    """The change after a state."""
    articles = dict(state.articles)
    if kind == "ingest":
        articles |= {one.key: one for one in version(number)}
        articles[f"new-{number}"] = _new(number)
        return Change(kind, number, State(articles))
    if kind == "forget":
        subject = next((key for key in articles if key.startswith("new-")), "")
        articles.pop(subject, None)
        return Change(kind, number, State(articles), subject)
    if kind == "reannotate":
        newer = {key: replace(one, model=f"toy {number}") for key, one in articles.items()}
        return Change(kind, number, State(newer))
    return Change(kind, number, state)


def version(number: int) -> tuple[Article, ...]:
    """All articles of the file that each ingest corrects, each in another month than in the version before."""
    return tuple(
        Article(
            f"k{n}",
            text=f"Version {number} of number {max(n, 1)}, they said.",
            day=MONTHS[(n + number) % len(MONTHS)],
        )
        for n in range(ARTICLES)
    )


def _new(number: int) -> Article:
    return Article(f"new-{number}", text=f"News {number} for good, they said.", day=MONTHS[number % len(MONTHS)])


def _ingest(root: Path, change: Change) -> None:
    moment = change.number * SECOND
    corrected = File("/in/all", version(change.number), read_at=moment, mtime=moment)
    news = File(f"/in/new-{change.number}", (_new(change.number),), read_at=moment, mtime=moment)
    batch = stage(root, corrected, news, name=f"ingest-{change.number}")
    commit(root, [batch], f"run-{change.number}")
    StagingArea(root).discard([batch])


def _reannotate(root: Path, change: Change) -> None:
    standing = set(pd.read_parquet(root.joinpath("current").resolve() / "quotes")["document_id"])
    articles = [one for one in change.after.articles.values() if one.document_id in standing]
    facts = [
        Annotation(
            document_id=one.document_id,
            text_hash=digest(one.text)[:16],
            published_on=one.day,
            entity_count=one.entities,
            quote_count=one.quotes,
            model=one.model,
            pipeline_version=one.pipeline_version,
            run_id=f"run-{change.number}",
        )
        for one in articles
    ]
    tables = {
        "annotations": rows_to_arrow(ANNOTATIONS, facts),
        "entities": to_arrow("entities", [row for one in articles for row in entity_rows(one)]),
        "quotes": to_arrow("quotes", [row for one in articles for row in quote_rows(one)]),
    }
    batch = StagingArea(root).write(f"reannotate-{change.number}", tables, {})
    commit(root, [batch], f"run-{change.number}")
    StagingArea(root).discard([batch])


def _forget(root: Path, change: Change) -> None:
    if change.subject:
        warehouse.forget(root, Article(change.subject).document_id)


def _compact(root: Path, change: Change) -> None:
    warehouse.compact(root)


def _migrate(root: Path, change: Change) -> None:
    commit(root, [], "run")


def _link(root: Path, change: Change) -> None:
    rebuild(root)


CHANGES = {
    "ingest": _ingest,
    "reannotate": _reannotate,
    "forget": _forget,
    "compact": _compact,
    "link": _link,
    "migrate": _migrate,
}


def unpack_version_1(folder: Path) -> Path:
    """A warehouse of the previous layout."""
    with tarfile.open(VERSION_1) as archive:
        archive.extractall(folder, filter="data")
    return folder / "data"


def write_json(path: Path, value: Any) -> None:
    """In one step, so that a reader finds the old or the new."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(value))
    beside.replace(path)
