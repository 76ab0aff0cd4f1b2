"""Kill it, race it, and tell the figures: ``python -m tests.faults [--kills N] [--write PAGE]`` (``make faults``).

Prints as it goes. Ends with 1 when anything was lost, doubled or read wrongly.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.campaign import Campaign, Tally
from tests.faults.races import race

MIGRATION_SHARE = 12
"""One kill in so many is of a migration, from a fresh copy of the previous layout each."""

RACES = ((2, 50), (4, 25))
"""Writers, and commits of each: 200 in all."""


def _say(line: str) -> None:
    print(line, flush=True)


def kill(kills: int, folder: Path) -> Tally:
    """Kills while the tables change in every way, those of a migration among them."""
    migrations = kills // MIGRATION_SHARE
    _say(f"{kills - migrations} kills of commits, compactions, re-annotations and take-downs, beside a reader")
    tally = Campaign(folder / "changes", _say).run(kills - migrations)
    _say(f"{migrations} kills of migrations from the previous layout, beside a reader")
    moved = Campaign(folder / "migrations", _say, seed=2).migrate(migrations)
    tally.injected += moved.injected
    tally.random += moved.random
    tally.reads += moved.reads
    tally.found_before += moved.found_before
    tally.found_after += moved.found_after
    return tally


def mistakes(reads: Counter[str]) -> list[str]:
    """What a reader met and must not."""
    found = [f"{name}: {count}" for name, count in reads.items() if _is_mistake(name) and count]
    missed = sum(count for name, count in reads.items() if name.startswith("plain: not found"))
    if missed > 0.01 * reads["plain: reads"]:
        found.append(f"plain reads that found nothing: {missed} of {reads['plain: reads']}")
    return found


def _is_mistake(name: str) -> bool:
    """Plain reads may raise FileNotFoundError; others only while a take-down exchanges the snapshot that they read."""
    return not (name.endswith(("reads", "during a take-down")) or name == "plain: not found")


def page(tally: Tally, commits: Counter[int], seconds: float) -> str:
    """The figures as a page of the documentation."""
    kinds = sorted(tally.injected.keys() | tally.random.keys())
    rows = "\n".join(f"| {kind} | {tally.injected[kind]} | {tally.random[kind]} |" for kind in kinds)
    reads = "\n".join(f"| {name} | {_line(tally.reads, name)} |" for name in ("plain", "real", "pinned"))
    races = "\n".join(f"| {writers} | {count} | 0 |" for writers, count in commits.items())
    return f"""# Faults

*Written by `make faults` on {datetime.now(UTC):%Y-%m-%d} in {seconds / 60:.0f} minutes: {os.cpu_count()} cores,
Python {platform.python_version()}.*

{tally.kills} writers were ended by SIGKILL: half of them before their n-th call that changes the file system, half at a
random moment. After each kill the tables held the state before the change ({tally.found_before} times) or the one
after it ({tally.found_after} times). Running the change again lost and doubled nothing, and running it once more
changed nothing.

| change | killed before a call | killed at a random moment |
|---|---|---|
{rows}

All the while a reader read the same tables with pandas: by their stable names (plain), through the real path of the
snapshot (real), and with `warehouse.open` (pinned). Each read was compared with what may be there: rows of one state of
the tables, and none older than the last finished change. A take-down exchanges older snapshots, so a reader of one may
fail then.

| reader | reads | wrong rows | file not found | of these during a take-down | other errors |
|---|---|---|---|---|---|
{reads}

Several writers at once, each committing documents of its own:

| writers | commits | documents lost or doubled |
|---|---|---|
{races}
"""


def _line(reads: Counter[str], name: str) -> str:
    known = ("reads", "wrong rows", "not found", "not found during a take-down")
    values = {one: reads[f"{name}: {one}"] for one in known}
    other = sum(count for key, count in reads.items() if key.startswith(f"{name}: ")) - sum(values.values())
    missed = values["not found"] + values["not found during a take-down"]
    cells = [values["reads"], values["wrong rows"], missed, values["not found during a take-down"], other]
    return " | ".join(f"{cell:,}" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=320)
    parser.add_argument("--write", type=Path, help="page to write the figures to")
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        tally = kill(options.kills, Path(folder))
        commits: Counter[int] = Counter()
        for writers, each in RACES:
            race(Path(folder) / f"race-{writers}" / "data", writers, each)
            commits[writers] = writers * each
            _say(f"{writers} writers, {writers * each} commits: nothing lost")
    text = page(tally, commits, time.monotonic() - begin)
    if options.write:
        options.write.write_text(text)
    _say(text)
    found = mistakes(tally.reads)
    for one in found:
        _say(f"MISTAKE {one}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
