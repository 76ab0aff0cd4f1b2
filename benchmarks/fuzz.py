"""Hostile bytes for each reader, guided by coverage: no crash but the declared errors.

``python -m benchmarks.fuzz [--minutes 2] [--only html zip]``; without minutes the text, JSON and archive readers get
10 each and the others 2. Needs ``pip install atheris``. Each target runs in a process of its own; an input that makes
one crash, take 20 seconds or 1.5 GiB is kept in build/fuzz/NAME, and belongs into the tests of that reader.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.fuzz_seeds import seeds_of

LONG, SHORT = 10.0, 2.0
LONGER = ("text", "json", "jsonl", "archive", "packed")
MAX_SECONDS, MAX_MIB = 20, 1536
FOLDER = Path("build/fuzz")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, help="for each target")
    parser.add_argument("--only", nargs="*", help="names of targets")
    options = parser.parse_args()
    from transforms.read.formats import formats

    targets = options.only or ["archive", "packed", *(format_.name for format_ in formats())]
    findings = [name for name in targets if not fuzz(name, options.minutes or (LONG if name in LONGER else SHORT))]
    print(f"\n{len(targets)} targets; with findings: {', '.join(findings) or 'none'}")
    sys.exit(bool(findings))


def fuzz(target: str, minutes: float) -> bool:
    """Whether nothing was found."""
    folder = FOLDER / target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds_of(target)):
        (corpus / f"seed{number}").write_bytes(data)
    log = folder / "log.txt"
    with log.open("w") as output:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.fuzz_target", target, str(corpus)),
                *(f"-artifact_prefix={folder}/", f"-max_total_time={int(minutes * 60)}", "-max_len=8192"),
                *(f"-timeout={MAX_SECONDS}", f"-rss_limit_mb={MAX_MIB}", "-print_final_stats=1"),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    figures = [
        line.split(":")[-1].strip()
        for line in log.read_text("utf-8", "replace").splitlines()
        if "executed_units" in line
    ]
    state = "clean" if done.returncode == 0 else f"FOUND SOMETHING, see {log}"
    print(f"{target:12} {minutes:4.1f} min {figures[0] if figures else '?':>9} inputs  {state}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
