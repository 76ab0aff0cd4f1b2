"""Results of benchmarks on disk, so that an interrupted one goes on where it stopped; in ``.bench``, not in git."""

import json
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(".bench")


def version() -> str:
    """The commit that is measured, with a mark when files were changed since."""
    said = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"


def load(name: str) -> Any:
    """What was kept under a name; None when nothing was."""
    file = FOLDER / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def keep(name: str, value: Any) -> None:
    """Keep something that JSON can hold."""
    FOLDER.mkdir(exist_ok=True)
    beside = FOLDER / f"{name}.tmp"
    beside.write_text(json.dumps(value, indent=1), encoding="utf-8")
    beside.replace(FOLDER / f"{name}.json")
