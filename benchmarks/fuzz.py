"""Hostile bytes for each reader and for the quote matcher, guided by coverage: no crash but the declared errors.

    python -m benchmarks.fuzz [--minutes N] [--only html zip] [--jobs 2] [--resume] [--table] [--write docs/fuzzing.md]

Without minutes the text, JSON and archive readers and the quote matcher get 10 each and the others 2. Needs the extra
``fuzz`` (atheris). Each target runs in a process of its own, under build/fuzz/NAME: what it has learnt is kept there,
so that the next run goes on from it, and an input that makes it crash, take 20 seconds or 1.5 GiB lies there too; such
an input belongs into the tests. ``--resume`` leaves out what has had its time already, ``--table`` runs nothing.
"""

import argparse
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.fuzz_seeds import dictionary_of, seeds_of

LONG, SHORT = 10.0, 2.0
LONGER = ("text", "json", "jsonl", "archive", "packed", "quotes")
MAX_SECONDS, MAX_MIB = 20, 1536
MAX_BYTES = {"quotes": 2048}  # 8192 for others: rules that look at two sentences need no more, and are tried more often
FOLDER = Path("build/fuzz")
_DONE = re.compile(r"^Done \d+ runs in (\d+) second", re.MULTILINE)
_STATUS = re.compile(r"cov: (\d+) ft: (\d+) ")
_EXECUTIONS = re.compile(r"^stat::number_of_executed_units: (\d+)", re.MULTILINE)
_SLOWEST = re.compile(r"^stat::slowest_unit_time_sec: +(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Result:
    """What the log of a target says.

    Attributes:
        target: its name.
        day: when its log was written.
        seconds: for how long it ran, 0 where a finding ended it or it has not run.
        executions: inputs that were tried.
        coverage: edges of our code and libFuzzer's features that they reached.
        slowest: whole seconds that the slowest input took.
        findings: files with inputs that broke a promise.
    """

    target: str
    day: str = ""
    seconds: int = 0
    executions: int = 0
    coverage: tuple[int, int] = (0, 0)
    slowest: int = 0
    findings: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return self.seconds > 0 and not self.findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, help="for each target")
    parser.add_argument("--only", nargs="*", help="names of targets")
    parser.add_argument("--jobs", type=int, default=1, help="targets side by side")
    parser.add_argument("--resume", action="store_true", help="leave out what has had its time and found nothing")
    parser.add_argument("--table", action="store_true", help="run nothing")
    parser.add_argument("--write", type=Path, help="write the page")
    options = parser.parse_args()
    chosen = options.only or all_targets()
    wanted = {name: options.minutes or (LONG if name in LONGER else SHORT) for name in chosen}
    if options.table:
        wanted = {}
    if options.resume:
        wanted = {name: minutes for name, minutes in wanted.items() if not has_had(name, minutes)}
    with ThreadPoolExecutor(options.jobs) as pool:
        for result in pool.map(fuzz, wanted, wanted.values()):
            print(line(result), flush=True)
    results = [result_of(name) for name in all_targets()]
    table = "\n".join(["", *table_of(results)])
    print(table)
    if options.write:
        options.write.write_text(PAGE + table + "\n", encoding="utf-8")
    sys.exit(not all(result.clean for result in results if result.target in chosen))


def all_targets() -> list[str]:
    from transforms.read.formats import formats

    names = ["archive", "packed", "quotes", *(format_.name for format_ in formats())]
    return sorted(names, key=lambda name: name not in LONGER)


def has_had(target: str, minutes: float) -> bool:
    result = result_of(target)
    return result.clean and result.seconds >= minutes * 60


def fuzz(target: str, minutes: float) -> Result:
    """Run one target for its time, or until it finds something."""
    folder = FOLDER / target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds_of(target)):
        (corpus / f"seed{number}").write_bytes(data)
    pieces = dictionary_of(target)
    (folder / "dictionary").write_text(pieces, encoding="utf-8")
    for old in findings_in(folder):
        (folder / old).rename(folder / f"old-{old}")
    with (folder / "log.txt").open("w") as output:
        subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.fuzz_target", target, str(corpus)),
                *([f"-dict={folder}/dictionary"] if pieces else ()),
                *(
                    f"-artifact_prefix={folder}/",
                    f"-max_total_time={int(minutes * 60)}",
                    f"-max_len={MAX_BYTES.get(target, 8192)}",
                ),
                *(f"-timeout={MAX_SECONDS}", f"-rss_limit_mb={MAX_MIB}", "-print_final_stats=1"),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return result_of(target)


def findings_in(folder: Path) -> list[str]:
    return sorted(path.name for kind in ("crash", "timeout", "oom", "leak") for path in folder.glob(f"{kind}-*"))


def result_of(target: str) -> Result:
    """By its log, whenever it was written."""
    folder = FOLDER / target
    path = folder / "log.txt"
    if not path.is_file():
        return Result(target)
    log = path.read_text("utf-8", "replace")
    done, executions, slowest = (pattern.search(log) for pattern in (_DONE, _EXECUTIONS, _SLOWEST))
    status = _STATUS.findall(log)
    return Result(
        target,
        datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat(),
        int(done.group(1)) if done else 0,
        int(executions.group(1)) if executions else 0,
        (int(status[-1][0]), int(status[-1][1])) if status else (0, 0),
        int(slowest.group(1)) if slowest else 0,
        tuple(findings_in(folder)),
    )


def line(result: Result) -> str:
    state = "clean" if result.clean else f"FOUND SOMETHING OR FAILED, see {FOLDER / result.target / 'log.txt'}"
    return f"{result.target:12} {result.seconds:5} s {result.executions:>9} inputs  {state}"


def table_of(results: list[Result]) -> list[str]:
    """In Markdown; the total counts what ran to its end."""
    rows = ["| target | day | seconds | executions | edges | features | slowest input, s | findings |"]
    rows.append("|---|---|---:|---:|---:|---:|---:|---:|")
    for result in results:
        edges, features = result.coverage
        figures = f"{result.seconds} | {result.executions:,} | {edges:,} | {features:,} | {result.slowest}"
        found = len(result.findings) if result.seconds or result.findings else "not run"
        rows.append(f"| {result.target} | {result.day} | {figures} | {found} |")
    seconds, executions = (sum(getattr(result, name) for result in results) for name in ("seconds", "executions"))
    return [*rows, f"| together | | {seconds} | {executions:,} | | | | {sum(len(r.findings) for r in results)} |"]


PAGE = f"""# Fuzzing

`make fuzz` feeds hostile bytes to every reader and to the quote matcher, guided by coverage
([atheris](https://github.com/google/atheris), libFuzzer), and wrote this page. Nothing but the declared errors may come
out, and no input may take {MAX_SECONDS} seconds or {MAX_MIB} MiB.

- Readers: records are numbered upwards, whatever they hold can be stored, and normalising them fails in declared ways
  only. `archive` opens what it finds with the other readers; `packed` unpacks.
- `quotes`: any text under any parse. Regions lie in their paragraphs and do not overlap, `text[start:end]` is what the
  row says, rows are in order.

Edges and features are libFuzzer's measures of how much of our code was reached, in this run and by what earlier ones
have left. An input that breaks a promise becomes a test. `make fuzz ONLY="html csv"` runs some of the targets,
`python -m benchmarks.fuzz --resume` those that have not had their time.
"""


if __name__ == "__main__":
    main()
