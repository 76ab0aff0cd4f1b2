"""The peer: the same rows as Delta tables, changed by the library deltalake the way its users do."""

from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

import warehouse

TABLES = ("documents", "entities", "quotes")


def tree_bytes(top: Path) -> int:
    return sum(path.stat().st_size for path in top.rglob("*") if path.is_file())


class Delta:
    """The same rows as Delta tables that deltalake writes itself, the way its users do."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fill(self, source: Path) -> None:
        warehouse.publish(source, self.root)

    def append(self, tables: dict[str, Any]) -> int:
        before = tree_bytes(self.root)
        for name in TABLES:
            months = pc.strftime(tables[name].column("published_on"), format="%Y-%m")
            write_deltalake(f"{self.root}/{name}", tables[name].append_column("month", months), mode="append")
        return tree_bytes(self.root) - before

    def correct(self, tables: dict[str, Any]) -> int:
        before = tree_bytes(self.root)
        key = tables["documents"].column("document_id")[0].as_py()
        month = pc.strftime(tables["documents"].column("published_on"), format="%Y-%m")[0].as_py()
        for name in TABLES:
            DeltaTable(f"{self.root}/{name}").delete(f"month = '{month}' AND document_id = '{key}'")
        self.append(tables)
        return tree_bytes(self.root) - before
