"""A reader beside the writers that are killed: plain pandas, through the real path, and through ``warehouse.open``."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import warehouse
from tests.faults.scenes import documents_digest, quotes_digest, write_json

TABLES = {"documents": documents_digest, "quotes": quotes_digest}
COLUMNS = {
    "documents": ["document_id", "text", "published_on"],
    "quotes": ["document_id", "quote_index", "content", "model"],
}


class Reader:
    """Reads again and again, and compares what it finds with what may be there.

    ``allowed.json`` lists the digests of all states so far, the one that is being made among them; ``done.json`` tells
    how many are finished, so that no read may find an older one; ``doing.json`` names the change under way.
    """

    def __init__(self, root: Path, notes: Path) -> None:
        self.root = root
        self.notes = notes
        self.seen: Counter[str] = Counter()

    def read_until_stopped(self) -> None:
        while not (self.notes / "stop").exists():
            for how in (self._plain, self._real, self._pinned):
                self._read(how)
            write_json(self.notes / "seen.json", self.seen)

    def _read(self, how: Callable[[], dict[str, pd.DataFrame]]) -> None:
        name = how.__name__.strip("_")
        least, doing = self._note("done"), self._note("doing")
        try:
            found = how()
        except FileNotFoundError:
            # A take-down exchanges older snapshots: who reads one then may fail.
            during = {doing, self._note("doing")} & {"forget"}
            self.seen[f"{name}: not found" + (" during a take-down" if during else "")] += 1
        except Exception as error:  # noqa: BLE001  whatever it is, it is counted and makes the suite fail
            self.seen[f"{name}: {type(error).__name__}"] += 1
        else:
            self.seen[f"{name}: reads"] += 1
            self._judge(name, found, least)

    def _judge(self, name: str, found: dict[str, pd.DataFrame], least: int) -> None:
        states = self._note("allowed")
        fitting = set(range(least, len(states)))
        for table, rows in found.items():
            value = TABLES[table](rows)
            fitting &= {number for number, state in enumerate(states) if state[table] == value}
        if not fitting:
            self.seen[f"{name}: wrong rows"] += 1
            for table, rows in found.items():
                rows.to_csv(self.notes / f"wrong-{name}-{table}-{self.seen[f'{name}: wrong rows']}.csv")

    def _note(self, name: str):  # type: ignore[no-untyped-def]
        return json.loads((self.notes / f"{name}.json").read_text())

    def _plain(self) -> dict[str, pd.DataFrame]:
        table = ("documents", "quotes")[self.seen["plain: reads"] % 2]
        return {table: pd.read_parquet(self.root / table, columns=COLUMNS[table])}

    def _real(self) -> dict[str, pd.DataFrame]:
        real = Path(os.path.realpath(self.root / "current"))
        return {table: pd.read_parquet(real / table, columns=COLUMNS[table]) for table in TABLES}

    def _pinned(self) -> dict[str, pd.DataFrame]:
        opened = warehouse.open(self.root)
        return {"documents": opened.documents(), "quotes": opened.quotes()}


def read_beside(root: str, notes: str) -> None:
    """What the reader's process runs."""
    Reader(Path(root), Path(notes)).read_until_stopped()
