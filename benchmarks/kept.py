"""Results of benchmarks on disk, so that an interrupted one goes on where it stopped; in ``.bench``, not in git."""

import json
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(".bench")


MEASURED = ("benchmarks", "flows", "transforms", "warehouse")


def version() -> str:
    """The last commit of the code that is measured, with a mark when files were changed since."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *MEASURED)
    return _git("log", "-1", "--format=%h", "--", *MEASURED) + ("-changed" if changed else "")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout.strip()


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
