"""The snippets of the README and of pages with their results: run, compared, written anew (``make cookbook``)."""

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
PAGES = (ROOT / "README.md", ROOT / "docs" / "first-ten-minutes.md", ROOT / "docs" / "cookbook.md")
COLUMNS = "100"
"""Width of the terminal that commands see: what a page shows without a bar to scroll."""
INGESTED = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""After the dates of all articles: none of them lies in the future."""

_SNIPPET = re.compile(
    r"^```(?P<language>python|sh)\n(?P<code>(?:(?!```).)*)```\n\n```text\n(?P<result>(?:(?!```).)*)```",
    re.DOTALL | re.MULTILINE,
)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """A piece of Python or of shell, what it is said to print, and the heading above it."""

    heading: str
    language: str
    code: str
    result: str
    line: int


def snippets(page: str) -> list[Snippet]:
    """In the order of the page."""
    found = []
    for match in _SNIPPET.finditer(page):
        heading = [title[1] for title in _HEADING.finditer(page, 0, match.start())][-1]
        line = page.count("\n", 0, match.start()) + 2
        found.append(Snippet(heading, match["language"], match["code"], match["result"], line))
    return found


def results(folder: Path, page: Path) -> list[str]:
    """What each snippet of the page prints, one after the other in one process, in a folder where ``data`` lies.

    In a process of its own, since snippets set options of pandas.
    """
    scripts = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {
        **{"PATH": scripts, "ONRECORD_DATA": "data", "PYTHONPATH": str(ROOT), "COLUMNS": COLUMNS},
    }
    command = [sys.executable, "-m", "tests.cookbook", "run", str(page)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed: list[str] = json.loads(done.stdout)
    return printed


def _run(page: Path) -> Iterator[str]:
    space: dict[str, Any] = {"__name__": "cookbook"}
    for snippet in snippets(page.read_text("utf-8")):
        told = _shell(snippet.code) if snippet.language == "sh" else _python(snippet, page, space)
        yield "".join(f"{line.rstrip()}\n" for line in told.splitlines())


def _python(snippet: Snippet, page: Path, space: dict[str, Any]) -> str:
    printed = StringIO()
    # So that a traceback names the line of the page.
    code = compile("\n" * (snippet.line - 1) + snippet.code, str(page), "exec")
    with redirect_stdout(printed):
        exec(code, space)
    return printed.getvalue()


def _shell(code: str) -> str:
    done = subprocess.run(
        ["bash", "-euc", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}"
    return done.stdout


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
    return _SNIPPET.sub(lambda match: f"```{match['language']}\n{match['code']}```\n\n```text\n{next(left)}```", page)


def main() -> None:
    """Write the results anew; with ``run``, print them as JSON."""
    if sys.argv[1:2] == ["run"]:
        print(json.dumps(list(_run(Path(sys.argv[2])))))
        return
    with tempfile.TemporaryDirectory() as folder:
        make_warehouse(Path(folder) / "data")
        for page in PAGES:
            printed = results(Path(folder), page)
            page.write_text(refreshed(page.read_text("utf-8"), printed), encoding="utf-8")
            print(f"{len(printed)} results written to {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
