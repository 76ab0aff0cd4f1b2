"""Several writers at once."""

from pathlib import Path

from tests.faults.worker import CONTEXT, write_own
from tests.warehouse.tables import check_invariants, read_all


def race(root: Path, writers: int, commits: int) -> None:
    """Let writers commit documents of their own, and check that all are there."""
    processes = [CONTEXT.Process(target=write_own, args=(str(root), writer, commits)) for writer in range(writers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    tables = read_all(root)
    check_invariants(tables)
    assert len(tables["documents"]) == writers * commits
    assert set(tables["sources"]["source_path"]) == {f"/in/{w}/{n}" for w in range(writers) for n in range(commits)}
