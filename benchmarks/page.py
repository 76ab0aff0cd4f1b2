"""Run the benchmarks of speed and write ``docs/benchmarks.md``: ``python -m benchmarks.page [--rounds 3]``.

The whole job needs ONRECORD_SHARED and the extra ``bench``; without them its section says so.
"""

import argparse
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from flows.pool import usable_cores

PAGE = Path("docs/benchmarks.md")
SECTIONS = (
    ("Annotation", "annotation", "What the engine does and why: [0033](decisions/0033-annotation-engine.md)."),
    (
        "The whole job",
        "whole_job",
        "From single files to committed Parquet, beside a script that a competent user would write "
        "(`benchmarks/straightforward.py`: glob, `nlp.pipe`, textacy, `to_parquet`) and beside `nlp.pipe` with nothing "
        "after it.",
    ),
    ("Small things", "startup", "Median wall time of whole commands."),
)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    lines = [
        "# Benchmarks",
        "",
        "*Written by `make bench`; change `benchmarks/`, not this page.* The others: `make bench-warehouse` "
        "([its page](benchmarks-warehouse.md)), `make bench-quotes` ([quality](quality.md)), `make bench-html`, "
        "`make bench-near`, `make bench-normalise`, `make bench-landing`, `make bench-overhead`.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {usable_cores()} cores ({platform.machine()}). Seconds depend on the machine "
        "and its load; ratios, measured side by side in one run, less.",
    ]
    for title, module, words in SECTIONS:
        command = [sys.executable, "-m", f"benchmarks.{module}", "--rounds", str(rounds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        said = done.stdout.rstrip() if done.returncode == 0 else "Not measured: see the error of the command."
        lines += ["", f"## {title}", "", words, "", f"`python -m benchmarks.{module} --rounds {rounds}`", "", said]
        print(f"## {title}\n\n{said}\n", flush=True)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
