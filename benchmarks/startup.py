"""How long small things take, as multiples of ``python -c "import pandas"`` in the same run.

``python -m benchmarks.startup [--rounds 5]``
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ONRECORD = str(Path(sys.executable).parent / "onrecord")
SAMPLE = "seeds/000_0a60103a4232d51d.txt"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        environment = {**os.environ, "PREFECT_HOME": f"{name}/prefect"}
        environment.pop("PREFECT_API_URL", None)
        data = f"{name}/data"
        ingest = [ONRECORD, "ingest", SAMPLE, "--data"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*ingest, data], env=environment, check=True, **quiet)
        sides = {
            'python -c "import pandas"': [sys.executable, "-c", "import pandas"],
            "onrecord --help": [ONRECORD, "--help"],
            "onrecord quotes": [ONRECORD, "quotes", "--speaker", "Lavrov", "--data", data],
            "onrecord ingest of one file": ingest,
        }
        seconds: dict[str, list[float]] = {side: [] for side in sides}
        for number in range(rounds):
            for side, command in sides.items():
                if command is ingest and number >= 3:
                    continue
                line = [*command, f"{name}/data{number}"] if command is ingest else command
                begin = time.perf_counter()
                subprocess.run(line, env=environment, check=True, **quiet)
                seconds[side].append(time.perf_counter() - begin)
    medians = {side: statistics.median(values) for side, values in seconds.items()}
    first = next(iter(medians.values()))
    print("| command | seconds | times pandas' import |\n|---|---|---|")
    for side, value in medians.items():
        print(f"| {side} | {value:.2f} | {value / first:.1f} |")


if __name__ == "__main__":
    main()
