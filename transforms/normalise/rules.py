"""Rules of language and format, kept as TOML files in ``transforms/data`` and read once a process."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_rules(name: str) -> dict[str, Any]:
    """The content of ``transforms/data/<name>.toml``. Callers must not change it: it is shared."""
    return tomllib.loads(files("transforms.data").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def alternatives(words: Iterable[str]) -> str:
    """A regular expression that matches any of the words literally, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
