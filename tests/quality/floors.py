"""``python -m tests.quality.floors``: write ``floors.toml`` anew, a little below the figures of today.

Run it when the figures rose, or when the gold was changed on purpose; look at the difference before you keep it.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.quality.gold import annotate_gold, gold_articles, gold_digest
from tests.quality.measures import Figures, seed_figures
from transforms.annotate.engine import Annotator
from transforms.annotate.pipeline import DEFAULT_MODEL

FLOORS = Path(__file__).with_name("floors.toml")
SLACK = 0.01
"""How far below the measured figure a floor is set: other processors round the model's scores differently."""
RAISE_FROM = 0.02
"""A figure that stands this far above its floor should take the floor along."""
_HEADER = """\
# What the figures on the gold of seeds/ may not fall below: F1, or accuracy where the case is one of right or wrong.
# Written by `python -m tests.quality.floors`. Floors rise with the figures; to lower one needs a reason in the commit.
# The digest is that of the gold: whoever changes the gold sets the floors anew, knowingly.
"""


@dataclass(frozen=True, slots=True)
class Floors:
    """The pinned figures and the gold that they were measured on."""

    gold_digest: str
    figures: dict[str, float]


def read() -> Floors:
    """The floors as they are pinned."""
    content = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    return Floors(content["gold_digest"], content["floors"])


def render(figures: Figures, digest: str) -> str:
    """The content of the file for these figures."""
    lines = [f'"{name}" = {max(counts.f1 - SLACK, 0.0):.3f}' for name, counts in figures.items()]
    return f'{_HEADER}gold_digest = "{digest}"\n\n[floors]\n' + "\n".join(lines) + "\n"


def main() -> None:
    """Measure and write."""
    figures = seed_figures(gold_articles(), annotate_gold(Annotator(DEFAULT_MODEL)))
    FLOORS.write_text(render(figures, gold_digest()), encoding="utf-8")


if __name__ == "__main__":
    main()
