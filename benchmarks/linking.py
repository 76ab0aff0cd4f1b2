"""What a rebuild of ``canonical_entities`` costs: ``python -m benchmarks.linking DATA [DOCUMENTS…]``.

Takes the first documents (by their ids, which are hashes) of an annotated warehouse into a new one, and rebuilds it in
a process of its own: when all ids are new, when nothing changes, and when a tenth of the documents is new.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

import warehouse
from benchmarks.commit_once import peak_bytes
from flows.linking import rebuild
from warehouse.commit import commit
from warehouse.incoming import source_rows_of
from warehouse.ledger import source_parts
from warehouse.staging import StagingArea
from warehouse.tables import TABLES

DEFAULT_SIZES = (250, 500, 1_000)
LINKED = {"entities": "entity_id", "quotes": "speaker_entity_id"}


class Source:
    """An annotated warehouse, from which rows are taken as if they were new."""

    def __init__(self, data: str) -> None:
        opened = warehouse.open(data)
        names = ("documents", "sources", *LINKED)
        self.tables = {name: opened.dataset(name).to_table(columns=list(TABLES[name].column_names)) for name in names}
        documents = self.tables["documents"]
        standing = documents.filter(pc.is_null(documents.column("duplicate_of")))
        self.ids = sorted(standing.column("document_id").to_pylist())
        self.holders = {key: row for row in source_rows_of(self.tables["sources"]) for key in row.document_ids}

    def stage(self, root: Path, ids: Sequence[str], name: str) -> None:
        """Commit these documents to another warehouse."""
        tables = {"documents": self._of("documents", ids), "sources": source_parts([self.holders[one] for one in ids])}
        for table, column in LINKED.items():
            rows = self._of(table, ids)
            index = rows.column_names.index(column)
            tables[table] = rows.set_column(index, rows.schema.field(index), pa.nulls(rows.num_rows, pa.string()))
        batch = StagingArea(root).write(name, tables, {})
        commit(root, [batch], name)
        StagingArea(root).discard([batch])

    def _of(self, table: str, ids: Sequence[str]) -> pa.Table:
        rows = self.tables[table]
        return rows.filter(pc.is_in(rows.column("document_id"), value_set=pa.array(ids))).cast(TABLES[table].schema())


def _measure(root: str, sender) -> None:  # type: ignore[no-untyped-def]
    before = peak_bytes()
    wall, cpu = time.perf_counter(), time.process_time()
    result = rebuild(root)
    seconds = time.perf_counter() - wall, time.process_time() - cpu
    sender.send((*seconds, (peak_bytes() - before) / 1e6, result))


def measure(root: Path) -> tuple[float, float, float, object]:
    """Wall and CPU seconds, megabytes that the process grew by, and the result."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(str(root), sender))
    process.start()
    answer: tuple[float, float, float, object] = receiver.recv()
    process.join()
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="an annotated warehouse")
    parser.add_argument("documents", nargs="*", type=int, default=DEFAULT_SIZES)
    chosen = parser.parse_args()
    source = Source(chosen.data)
    print(
        "| documents | rebuild | CPU s | wall s | MB more | entities | files written |\n|---|---|---|---|---|---|---|"
    )
    for size in chosen.documents:
        ids = source.ids[:size]
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "data"
            source.stage(root, ids[: -size // 10], "most")
            rebuild(root)
            source.stage(root, ids[-size // 10 :], "rest")
            tenth = measure(root)
            again = measure(root)
            whole = Path(folder) / "whole"
            source.stage(whole, ids, "all")
            for name, found in (("all is new", measure(whole)), ("a tenth is new", tenth), ("nothing is new", again)):
                wall, cpu, grown, result = found
                counts = f"{result.entities:,} | {result.files}"  # type: ignore[attr-defined]
                print(f"| {size:,} | {name} | {cpu:.2f} | {wall:.2f} | {grown:.0f} | {counts} |", flush=True)


if __name__ == "__main__":
    main()
