"""Boilerplate is learned at the start of a run, from what is stored and what is to come."""

from pathlib import Path

from flows.boilerplate import learn_boilerplate, sample
from flows.plan import BatchSize, Pending, Plan, make_plan
from flows.recipe import known_boilerplate
from flows.spec import BatchSpec
from flows.spool import Spool
from tests.flows.landing import MOMENT, spec_of, write_text
from tests.warehouse.factory import Article, File, stage
from transforms.read import ReadOptions
from warehouse.boilerplate import FILE
from warehouse.commit import commit
from warehouse.ledger import Ledger

FOOTER = "The Example Herald is printed on paper from managed woods."


def land(folder: Path, numbers: range) -> Path:
    for number in numbers:
        write_text(
            folder / f"{number}.txt",
            f"Story {number} is about a river and about the people of the town who live beside it.\n\n{FOOTER}\n",
        )
    return folder


def plan_of(folder: Path, articles: int = 10) -> Plan:
    return make_plan([str(folder)], Ledger.load(folder / "none"), [], ReadOptions(), BatchSize(articles, 10**6))


def spec(root: Path) -> BatchSpec:
    root.mkdir(exist_ok=True)
    return spec_of(root, ())


def test_too_little_teaches_nothing(tmp_path: Path) -> None:
    plan = plan_of(land(tmp_path / "in", range(10)))
    assert not learn_boilerplate(spec(tmp_path / "data"), plan)
    assert not known_boilerplate(str(tmp_path / "data")).lines


def test_the_first_run_learns_from_what_it_is_about_to_read(tmp_path: Path) -> None:
    plan = plan_of(land(tmp_path / "in", range(30)))
    assert learn_boilerplate(spec(tmp_path / "data"), plan)
    assert known_boilerplate(str(tmp_path / "data")).of(None) == {FOOTER.casefold()}
    assert not learn_boilerplate(spec(tmp_path / "data"), plan), "a run that is started again keeps what it had learned"


def test_order_and_batches_make_no_difference(tmp_path: Path) -> None:
    folder = land(tmp_path / "in", range(30))
    one, other = plan_of(folder), plan_of(folder, articles=3)
    backwards = reversed(list(other.pending))
    other.pending = Spool()
    for item in backwards:
        other.pending.append(item)
    assert learn_boilerplate(spec(tmp_path / "one"), one)
    assert learn_boilerplate(spec(tmp_path / "other"), other)
    assert (tmp_path / "one" / FILE).read_bytes() == (tmp_path / "other" / FILE).read_bytes()


def test_what_is_stored_counts_too(tmp_path: Path) -> None:
    root = tmp_path / "data"
    files = [
        File(
            f"in/{n}",
            (
                Article(
                    f"a{n}",
                    f"Story {n} is about a river and about the people of the town who live beside it.\n\n{FOOTER}",
                ),
            ),
        )
        for n in range(20)
    ]
    commit(root, [stage(root, *files)], "run", now=MOMENT)
    write_text(tmp_path / "in" / "new.txt", "Nobody was hurt.")
    assert learn_boilerplate(spec(root), plan_of(tmp_path / "in"))
    assert known_boilerplate(str(root)).of("The Example Herald") == {FOOTER.casefold()}


def test_a_sample_is_chosen_by_bytes(tmp_path: Path) -> None:
    pending: list[Pending] = list(plan_of(land(tmp_path / "in", range(30))).pending)
    assert sample(pending, 7) == sample(pending[::-1], 7)
    assert len(sample(pending, 7)) == 7
    assert len(sample(pending)) == 30
