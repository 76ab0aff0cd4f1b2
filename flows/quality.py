"""Does a run look like those before it? A feed that changes its layout shows here first: fewer quotes, other languages.

A jump is told when a measure lies outside what the last runs did by three things at once: by a margin that somebody
would care about, by more than those runs differ among themselves, and by more than so few articles can tell by chance.
The limits are a judgement; on steady feeds they stay silent (see ``tests/flows/test_quality.py``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

RUNS_COMPARED = 10
FEWEST_RUNS = 3
"""Fewer earlier runs do not say what is usual."""

FEWEST = 20
"""Articles, quotes or records on which a measure must rest, here and in an earlier run."""

CARED_SHARE = 0.10
"""A share that moves by less, in absolute terms, is no jump."""

CARED_RATE = 0.30
"""A rate that moves by less, in relative terms, is no jump."""

SIGMAS = 4.0
SIGMA_OF_MAD = 1.4826
"""Standard deviation by median absolute deviation, for normal values."""

OVERDISPERSION = 4.0
"""Variance by mean of quotes and entities in an article: articles differ more than chance alone would make them."""

LANGUAGES_SHOWN = 5


class Measure(BaseModel):
    """One measure of this run beside the runs before it."""

    model_config = ConfigDict(frozen=True)

    name: str
    share: bool
    value: float
    earlier: list[float]  # the oldest first
    jumped: bool

    @property
    def usual(self) -> float | None:
        """The median of the earlier runs, None without any."""
        return median(self.earlier) if self.earlier else None

    @property
    def values(self) -> list[float]:
        """The earlier runs and this one."""
        return [*self.earlier, self.value]

    def told(self, value: float | None) -> str:
        """A value in this measure's own form."""
        if value is None:
            return "–"
        return f"{100 * value:.1f} %" if self.share else f"{value:,.2f}"

    def warning(self) -> str:
        """One sentence about a jump."""
        runs = len(self.earlier)
        return f"{self.name} is {self.told(self.value)}; the last {runs} runs had {self.told(self.usual)}."


def compare(run: dict[str, Any], earlier: pd.DataFrame) -> list[Measure]:
    """The measures of a run.

    Args:
        run: counts by the column names of ``runs``; ``languages`` as documents by code.
        earlier: rows of ``runs``, newest first, this run not among them; those of other flows and failed ones are left
            out here.
    """
    before = [_counts(row) for row in earlier.to_dict("records") if row["state"] == "completed"]
    before = [counts for counts in before if counts["documents_read"] > 0][:RUNS_COMPARED][::-1]
    found = (_measure(kind, run, before) for kind in _kinds(run))
    return [measure for measure in found if measure is not None]


def _counts(row: dict[Any, Any]) -> dict[str, Any]:
    languages = row.get("languages")
    counted = {} if languages is None else {item["language"]: item["documents"] for item in languages}
    return {**row, "languages": counted}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A measure: one count divided by another; a share when it cannot exceed 1."""

    name: str
    top: str
    bottom: str
    share: bool


def _kinds(run: dict[str, Any]) -> Iterator[_Kind]:
    yield _Kind("Quotes an article", "quotes_found", "documents_annotated", False)
    yield _Kind("Entities an article", "entities_found", "documents_annotated", False)
    yield _Kind("Words an article", "words", "documents_annotated", False)
    yield _Kind("Quotes whose speaker is unresolved", "quotes_unresolved", "quotes_found", True)
    yield _Kind("Records refused", "rejects_found", "records_read", True)
    for language in sorted(run["languages"], key=lambda code: (-run["languages"][code], code))[:LANGUAGES_SHOWN]:
        yield _Kind(f"Articles in {language}", f"language {language}", "documents_read", True)


def _measure(kind: _Kind, run: dict[str, Any], before: Sequence[dict[str, Any]]) -> Measure | None:
    if not (size := _number(run, kind.bottom)):
        return None
    value = _number(run, kind.top) / size
    rates = [(_number(row, kind.top) / below, below) for row in before if (below := _number(row, kind.bottom))]
    steady = [rate for rate, below in rates if below >= FEWEST]
    enough = size >= FEWEST and len(steady) >= FEWEST_RUNS
    jumped = enough and _jumps(value, size, steady, kind.share)
    return Measure(name=kind.name, share=kind.share, value=value, earlier=[rate for rate, _ in rates], jumped=jumped)


def _number(counts: dict[str, Any], name: str) -> float:
    if name.startswith("language "):
        return float(counts["languages"].get(name.removeprefix("language "), 0))
    return max(0.0, float(counts[name]))  # -1 where an older version did not count


def _jumps(value: float, size: float, steady: Sequence[float], share: bool) -> bool:
    usual = median(steady)
    off = abs(value - usual)
    among = SIGMA_OF_MAD * median([abs(rate - usual) for rate in steady])
    chance = sqrt(usual * (1 - usual) / size) if share else sqrt(OVERDISPERSION * usual / size)
    cared = CARED_SHARE if share else CARED_RATE * usual
    return off > cared and off > SIGMAS * among and off > SIGMAS * chance
