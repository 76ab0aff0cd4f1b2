"""What the tests run in processes of their own: writers beside each other.

Processes come from a fork server that has imported all of this, so that each starts in milliseconds.
"""

import multiprocessing
from datetime import datetime

from tests.warehouse.factory import Article, File, stage
from warehouse.commit import commit
from warehouse.staging import StagingArea

MONTHS = [datetime(2026, month, 5) for month in (1, 2, 3)]

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["pytest", "tests.faults.campaign"])


def write_own(root: str, writer: int, commits: int) -> None:
    """Commit one article after another, as runs of one deployment would."""
    for number in range(commits):
        article = Article(f"{writer}-{number}", text=f"Words {writer} {number}, they said.", day=MONTHS[number % 3])
        batch = stage(root, File(f"/in/{writer}/{number}", (article,)), name=f"w{writer}-{number}")
        commit(root, [batch], f"run-{writer}-{number}")
        StagingArea(root).discard([batch])
