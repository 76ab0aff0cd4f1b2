"""Run the benchmarks of speed and write ``docs/benchmarks.md``: ``python -m benchmarks.page [--rounds 3] [--fresh]``.

The whole job needs ONRECORD_SHARED and the extra ``bench``; without them its section says so. Each section is a command
of its own. What was measured with the same commit and rounds is kept in ``.bench`` and not measured again; ``--fresh``
measures all of it, ``--only`` some. The page is written after each section, with what there is.
"""

import argparse
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import kept
from flows.pool import usable_cores

PAGE = Path("docs/benchmarks.md")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its title, the words under it, and the command that measures it."""

    title: str
    module: str
    words: str
    arguments: tuple[str, ...] = ()
    takes_rounds: bool = True

    def command(self, rounds: int) -> str:
        """Without the interpreter."""
        return " ".join([f"benchmarks.{self.module}", *self.arguments, *([f"--rounds {rounds}"] * self.takes_rounds)])


SECTIONS = (
    Section("Annotation", "annotation", "What the engine does and why: [0033](decisions/0033-annotation-engine.md)."),
    Section(
        "The whole job",
        "whole_job",
        "From single files to committed Parquet, beside a script that a competent user would write "
        "(`benchmarks/straightforward.py`: glob, `nlp.pipe`, textacy, `to_parquet`) and beside `nlp.pipe` with nothing "
        "after it; then a run that finds nothing new, and one with 1 % new files.",
    ),
    Section(
        "Share of each step",
        "shares",
        "CPU seconds of the steps of a run, with spaCy's models by our kernels, "
        "[see 0036](decisions/0036-own-stages.md).",
        ("--articles 1000",),
        takes_rounds=False,
    ),
    Section(
        "The same with plain spaCy",
        "shares",
        "The same steps and command where spaCy runs as it is: what everything beside the model is of such a job.",
        ("--articles 1000", "--engine plain"),
        takes_rounds=False,
    ),
    Section("Small things", "startup", "Median wall time of whole commands."),
)


def measured(section: Section, rounds: int) -> str:
    """What the section's command prints."""
    command = [sys.executable, "-m", *section.command(rounds).split()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.rstrip() if done.returncode == 0 else ""


def page(said: dict[str, str], rounds: int) -> str:
    """Markdown."""
    lines = [
        "# Benchmarks",
        "",
        "*Written by `make bench`; change `benchmarks/`, not this page.* The others: `make bench-scale` "
        "([how cost grows](benchmarks-scale.md)), `make bench-stream`, `make bench-warehouse` "
        "([its page](benchmarks-warehouse.md)), `make bench-quotes` ([quality](quality.md)), `make bench-html`, "
        "`make bench-near`, `make bench-normalise`, `make bench-landing`, `make bench-overhead`.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {usable_cores()} cores ({platform.machine()}), commit {kept.version()}. "
        "Seconds depend on the machine and its load; ratios, measured side by side in one run, less.",
    ]
    for section in SECTIONS:
        command = section.command(rounds)
        text = said.get(command) or "Not measured: see the error of the command."
        lines += ["", f"## {section.title}", "", section.words, "", f"`python -m {command}`", "", text]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure what is missing and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured with this commit")
    parser.add_argument("--only", nargs="+", help="modules to measure; of the others what is kept stays")
    arguments = parser.parse_args()
    known = kept.load("page") or {}
    for section in SECTIONS:
        command = section.command(arguments.rounds)
        before = known.get(command, {})
        is_wanted = not arguments.only or section.module in arguments.only
        if is_wanted and (arguments.fresh or before.get("version") != kept.version() or not before.get("said")):
            known[command] = {"version": kept.version(), "said": measured(section, arguments.rounds)}
            kept.keep("page", known)
            print(f"## {section.title}\n\n{known[command]['said']}\n", flush=True)
        PAGE.write_text(page({name: one["said"] for name, one in known.items()}, arguments.rounds), encoding="utf-8")


if __name__ == "__main__":
    main()
