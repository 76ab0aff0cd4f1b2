"""What a run calls itself. Nothing heavy is imported: ``onrecord status`` must answer at once."""

from collections.abc import Sequence
from pathlib import Path


def label_of(sources: Sequence[str]) -> str:
    """Sources in few words: "seeds", "a.zip, b.zip and 3 more"."""
    names = [Path(source).name or source for source in sources]
    return ", ".join(names) if len(names) <= 2 else f"{names[0]}, {names[1]} and {len(names) - 2} more"
