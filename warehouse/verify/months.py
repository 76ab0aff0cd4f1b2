"""Month by month: rows lie in the month of their day, children agree with their document, counts and spans are true.

Children lie in the partition of their document, so a month can be checked by itself. Held at once are the heads of its
documents and, for the spans, the texts of a part of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import Table
from warehouse.hashes import row_hashes
from warehouse.layout import MONTH_KEY, UNKNOWN_MONTH
from warehouse.snapshots import Snapshot
from warehouse.tables import CHILD_TABLES
from warehouse.tables.documents import DOCUMENTS
from warehouse.tables.entities import ENTITIES
from warehouse.tables.quotes import QUOTES
from warehouse.verify.keys import batches
from warehouse.verify.report import Check, Progress, Report

TEXT_BYTES = 128 * 2**20
"""Texts that are held at once; of a larger month the children are read several times."""

REPEATED = ("published_on", "model", "pipeline_version")
COUNTS = {ENTITIES: "entity_count", QUOTES: "quote_count"}
QUOTE_SPANS = ("content", "cue", "speaker")


@dataclass(frozen=True)
class Heads:
    """The documents of a month, as far as their children are compared with them."""

    ids: pa.Array
    repeated: pa.Table
    counts: dict[str, npt.NDArray[np.int64]]


class MonthCheck:
    """Checks the partitioned tables of one snapshot."""

    def __init__(self, root: Path, snapshot: Snapshot, report: Report, progress: Progress) -> None:
        self._root = root
        self._snapshot = snapshot
        self._report = report
        self._progress = progress
        self._done = 0

    def check_all(self) -> None:
        """Every month that has a folder in any of the tables."""
        tables = (DOCUMENTS, *CHILD_TABLES)
        total = sum(self._report.rows[table.name] for table in tables)
        months = {
            folder.name.partition("=")[2]
            for table in tables
            for folder in self._snapshot.directory(table).glob(f"{MONTH_KEY}=*")
        }
        for month in sorted(months):
            heads = self._heads(month)
            for child in CHILD_TABLES:
                self._check_children(child, month, heads)
            if not self._report.quick:
                for texts, whole in self._texts(month):
                    self._check_spans(month, texts, whole)
            self._progress("rows", self._done, total)

    def _files(self, table: Table, month: str) -> list[Path]:
        return self._snapshot.files(table, {month})

    def _heads(self, month: str) -> Heads:
        columns = ["document_id", *REPEATED, *COUNTS.values()]
        parts = [DOCUMENTS.schema().empty_table().select(columns)]
        for file in self._files(DOCUMENTS, month):
            for rows in batches(file, columns):
                self._check_partition(DOCUMENTS, file, month, rows)
                parts.append(rows)
        rows = pa.concat_tables(parts)
        counts = {name: rows.column(name).to_numpy().astype(np.int64) for name in COUNTS.values()}
        return Heads(rows.column("document_id").combine_chunks(), rows.select(REPEATED), counts)

    def _check_partition(self, table: Table, file: Path, month: str, rows: pa.Table) -> pa.ChunkedArray:
        """Which rows lie where their day says."""
        self._done += rows.num_rows
        own = pc.fill_null(pc.strftime(rows.column("published_on"), format="%Y-%m"), UNKNOWN_MONTH)
        right = pc.equal(own, month)
        for row in self._wrong(rows, right):
            day = row["published_on"]
            expected = UNKNOWN_MONTH if day is None else f"{day:%Y-%m}"
            self._add(Check.PARTITION, f"{MONTH_KEY}={expected}", f"{MONTH_KEY}={month}", table, file, row)
        return right

    def _check_children(self, table: Table, month: str, heads: Heads) -> None:
        counted = np.zeros(len(heads.ids), np.int64)
        for file in self._files(table, month):
            for rows in batches(file, [*table.key, "document_id", *REPEATED]):
                self._check_partition(table, file, month, rows)
                position = pc.index_in(rows.column("document_id"), value_set=heads.ids)
                for row in self._wrong(rows, pc.is_valid(position)):
                    found = f"none with document_id {row['document_id']}"
                    self._add(Check.PARENT, "a document in the same month", found, table, file, row)
                self._check_repeated(table, file, rows, heads.repeated.take(position.combine_chunks()))
                places = pc.drop_null(position).to_numpy()
                counted += np.bincount(places, minlength=len(counted))
        declared = heads.counts[COUNTS[table]]
        for place in np.flatnonzero(counted != declared):
            expected, found = f"{COUNTS[table]} {counted[place]}, as many as there are", str(declared[place])
            self._report.add(Check.COUNT, expected, found, table="documents", row=heads.ids[int(place)].as_py())

    def _check_repeated(self, table: Table, file: Path, rows: pa.Table, parents: pa.Table) -> None:
        known = pc.is_valid(parents.column("pipeline_version"))
        for name in REPEATED:
            ours, theirs = rows.column(name), parents.column(name)
            both_null = pc.and_(pc.is_null(ours), pc.is_null(theirs))
            same = pc.fill_null(pc.equal(ours, theirs), False)
            right = pc.or_(pc.or_(same, both_null), pc.invert(known))
            if not pc.all(right).as_py():
                wrong = pc.invert(right)
                expected = theirs.filter(wrong).to_pylist()
                for row, value in zip(rows.filter(wrong).to_pylist(), expected, strict=True):
                    self._add(Check.AGREEMENT, f"{name} {value} of its document", str(row[name]), table, file, row)

    # Spans

    def _texts(self, month: str) -> Iterator[tuple[dict[str, str], bool]]:
        """Texts by document, about 128 MB of them at a time, and whether these are all of the month."""
        columns = ["document_id", "text", "char_count", "word_count", "marked_spans"]
        texts: dict[str, str] = {}
        held, first = 0, True
        for file in self._files(DOCUMENTS, month):
            for rows in batches(file, columns):
                for row in rows.to_pylist():
                    self._check_document(file, row)
                    texts[row["document_id"]] = row["text"]
                held += rows.column("text").nbytes
                if held > TEXT_BYTES:
                    yield texts, False
                    texts, held, first = {}, 0, False
        yield texts, first

    def _check_document(self, file: Path, row: dict[str, Any]) -> None:
        text = row["text"]
        for name, counted in (("char_count", len(text)), ("word_count", len(text.split()))):
            if row[name] != counted:
                self._add(Check.COUNT, f"{name} {counted}, as many as there are", str(row[name]), DOCUMENTS, file, row)
        for span in row["marked_spans"]:
            if not 0 <= span["start"] < span["end"] <= len(text):
                found = f"{span['kind']} at {span['start']} to {span['end']}"
                self._add(Check.SPAN, f"marked spans inside 0 to {len(text)}", found, DOCUMENTS, file, row)

    def _check_spans(self, month: str, texts: dict[str, str], whole: bool) -> None:
        mentions = [np.zeros(0, np.uint64)]
        for file, rows in self._of_these(ENTITIES, month, ["start", "end", "text"], texts, whole):
            mentions.append(row_hashes(rows, ENTITIES.key))
            for name, start, end, said, owner in _columns(rows, ("mention_id", "start", "end", "text", "document_id")):
                found = texts[owner][start:end] if 0 <= start < end else None
                if found != said:
                    self._tell_span(ENTITIES, file, name, "text", start, end, said, found)
        known = np.concatenate(mentions)
        spans = [f"{name}{part}" for name in QUOTE_SPANS for part in ("", "_start", "_end")]
        columns = [*spans, "quoted_parts", "speaker_mention_id"]
        for file, rows in self._of_these(QUOTES, month, columns, texts, whole):
            self._check_mentions(file, rows, known)
            for name in QUOTE_SPANS:
                self._check_quote_span(file, rows, name, texts)
            self._check_parts(file, rows)

    def _of_these(
        self, table: Table, month: str, columns: list[str], texts: dict[str, str], whole: bool
    ) -> Iterator[tuple[Path, pa.Table]]:
        """Rows of a table that belong to the documents; those without any are a finding of their own."""
        ids = pa.array(list(texts), pa.string())
        for file in self._files(table, month):
            for rows in batches(file, [*table.key, "document_id", *columns]):
                mine = pc.is_in(rows.column("document_id"), value_set=ids)
                yield file, rows if whole and pc.all(mine).as_py() else rows.filter(mine)

    def _check_quote_span(self, file: Path, rows: pa.Table, name: str, texts: dict[str, str]) -> None:
        columns = ("quote_id", f"{name}_start", f"{name}_end", name, "document_id")
        for key, start, end, said, owner in _columns(rows, columns):
            if said is None:
                if (start, end) != (-1, -1):
                    self._tell_span(QUOTES, file, key, name, start, end, said, texts[owner][max(start, 0) : end])
                continue
            found = texts[owner][start:end] if 0 <= start < end else None
            if found != said:
                self._tell_span(QUOTES, file, key, name, start, end, said, found)

    def _check_parts(self, file: Path, rows: pa.Table) -> None:
        columns = ("quote_id", "content_start", "content_end", "quoted_parts")
        for key, start, end, parts in _columns(rows, columns):
            for part in parts:
                if not start <= part["start"] < part["end"] <= end:
                    found = f"{part['start']} to {part['end']}"
                    row = {"quote_id": key}
                    self._add(Check.SPAN, f"quoted_parts inside {start} to {end}", found, QUOTES, file, row)

    def _check_mentions(self, file: Path, rows: pa.Table, known: npt.NDArray[np.uint64]) -> None:
        named = rows.filter(pc.is_valid(rows.column("speaker_mention_id")))
        there = np.isin(row_hashes(named, ["speaker_mention_id"]), known)
        for row in named.filter(pa.array(~there)).to_pylist():
            found = f"none with mention_id {row['speaker_mention_id']}"
            self._add(Check.PARENT, "a row of entities for its speaker", found, QUOTES, file, row)

    def _tell_span(
        self, table: Table, file: Path, key: str, name: str, start: int, end: int, said: str | None, found: str | None
    ) -> None:
        where = f"{name} at {start} to {end}"
        there = "no stretch of the text" if found is None else repr(_short(found))
        row = {table.key[0]: key}
        self._add(
            Check.SPAN, f"{where} to be {'absent' if said is None else repr(_short(said))}", there, table, file, row
        )

    # Telling

    def _wrong(self, rows: pa.Table, right: pa.ChunkedArray) -> list[dict[str, Any]]:
        if pc.all(right).as_py() is not False:
            return []
        wrong: list[dict[str, Any]] = rows.filter(pc.invert(right)).to_pylist()
        return wrong

    def _add(self, check: Check, expected: str, found: str, table: Table, file: Path, row: dict[str, Any]) -> None:
        name = file.relative_to(self._root).as_posix()
        self._report.add(check, expected, found, table=table.name, file=name, row=row[table.key[0]])


def _columns(rows: pa.Table, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    return zip(*(rows.column(name).to_pylist() for name in names), strict=True) if rows.num_rows else iter(())


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
