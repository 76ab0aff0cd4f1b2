"""The snippets of ``docs/cookbook.md`` with their results: run, compared, written anew (``make cookbook``)."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from flows.batch import run_batch
from flows.options import IngestOptions
from flows.run import Run
from flows.tasks import commit_batches, discover_sources
from tests.flows.landing import spec_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "cookbook.md"
INGESTED = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""After the dates of all articles: none of them lies in the future."""

_SNIPPET = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<result>.*?)```", re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """A piece of code, what it is said to print, and the heading above it."""

    heading: str
    code: str
    result: str
    line: int


def snippets(page: str) -> list[Snippet]:
    """In the order of the page."""
    found = []
    for match in _SNIPPET.finditer(page):
        heading = [title[1] for title in _HEADING.finditer(page, 0, match.start())][-1]
        found.append(Snippet(heading, match["code"], match["result"], page.count("\n", 0, match.start()) + 2))
    return found


def results(folder: Path) -> list[str]:
    """What each snippet of the page prints, one after the other in one process, in a folder where ``data`` lies.

    In a process of its own, since snippets set options of pandas.
    """
    scripts = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": scripts, "ONRECORD_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.cookbook", "run"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed: list[str] = json.loads(done.stdout)
    return printed


def _run() -> Iterator[str]:
    space: dict[str, Any] = {"__name__": "cookbook"}
    for snippet in snippets(PAGE.read_text("utf-8")):
        printed = StringIO()
        # So that a traceback names the line of the page.
        code = compile("\n" * (snippet.line - 1) + snippet.code, str(PAGE), "exec")
        with redirect_stdout(printed):
            exec(code, space)
        yield "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


def make_warehouse(root: Path) -> Path:
    """The articles of ``seeds/`` as one run ingests them."""
    with Run.begin([str(ROOT / "seeds")], str(root), IngestOptions()) as run:
        plan = discover_sources.fn(run)
        spec = spec_of(root, [item.unit for item in plan.pending], run_id=run.run_id)
        commit_batches.fn(run, plan, [run_batch(replace(spec, ingested_at=INGESTED))])
    return root


def refreshed(page: str, printed: list[str]) -> str:
    """The page with these results in the place of its own."""
    left = iter(printed)
    return _SNIPPET.sub(lambda match: f"```python\n{match['code']}```\n\n```text\n{next(left)}```", page)


def main() -> None:
    """Write the results anew; with ``run``, print them as JSON."""
    if sys.argv[1:] == ["run"]:
        print(json.dumps(list(_run())))
        return
    page = PAGE.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        make_warehouse(Path(folder) / "data")
        printed = results(Path(folder))
    PAGE.write_text(refreshed(page, printed), encoding="utf-8")
    print(f"{len(printed)} results written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
