"""Boilerplate is learned at the start of a run, from what is stored and what is to come."""

from pathlib import Path

from flows.boilerplate import _texts, learn_boilerplate, sample
from flows.cutting import BatchSize, Pending
from flows.plan import Plan, make_plan
from flows.reading import read_units
from flows.recipe import known_boilerplate
from flows.spec import BatchSpec
from flows.spool import Spool
from tests.flows.landing import MOMENT, spec_of, write_text
from tests.warehouse.factory import Article, File, stage
from transforms.normalise.identity import document_id
from transforms.read import ReadOptions
from warehouse.boilerplate import FILE
from warehouse.commit import commit
from warehouse.forgetting import forget
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


RARE = "The Example Herald also prints a weekly page on the weather."


def stored_articles(rare: int) -> list[Article]:
    """Twenty articles with the footer, the first few with another line beside it."""
    story = "Story {} is about a river and about the people of the town who live beside it.\n\n{}"
    return [Article(f"a{n}", story.format(n, f"{RARE}\n\n{FOOTER}" if n < rare else FOOTER)) for n in range(20)]


def test_what_is_stored_counts_too(tmp_path: Path) -> None:
    root = tmp_path / "data"
    files = [File(f"in/{article.key}", (article,)) for article in stored_articles(rare=0)]
    commit(root, [stage(root, *files)], "run", now=MOMENT)
    write_text(tmp_path / "in" / "new.txt", "Nobody was hurt.")
    assert learn_boilerplate(spec(root), plan_of(tmp_path / "in"))
    assert known_boilerplate(str(root)).of("The Example Herald") == {FOOTER.casefold()}


def test_a_take_down_leaves_no_line_that_too_few_others_have(tmp_path: Path) -> None:
    root = tmp_path / "data"
    articles = stored_articles(rare=5)
    commit(root, [stage(root, *(File(f"in/{one.key}", (one,)) for one in articles))], "run", now=MOMENT)
    plan = plan_of(land(tmp_path / "in", range(5)))
    assert learn_boilerplate(spec(root), plan)
    assert known_boilerplate(str(root)).of("The Example Herald") == {FOOTER.casefold(), RARE.casefold()}
    forget(root, articles[0].document_id)
    assert not (root / FILE).exists()
    assert learn_boilerplate(spec(root), plan), "the next run learns anew, from what is left"
    assert known_boilerplate(str(root)).of("The Example Herald") == {FOOTER.casefold()}


def test_what_was_taken_down_teaches_nothing_when_it_comes_again(tmp_path: Path) -> None:
    root = tmp_path / "data"
    plan = plan_of(land(tmp_path / "in", range(30)))
    units = sample(plan.pending)
    coming = list(_texts(units, spec(root), frozenset()))
    reading = next(read_units(units[:1], spec(root), lambda record, _: document_id(record)))
    first = reading.documents[0]
    assert len(list(_texts(units, spec(root), frozenset({first})))) == len(coming) - 1


def test_a_sample_is_chosen_by_bytes(tmp_path: Path) -> None:
    pending: list[Pending] = list(plan_of(land(tmp_path / "in", range(30))).pending)
    assert sample(pending, 7) == sample(pending[::-1], 7)
    assert len(sample(pending, 7)) == 7
    assert len(sample(pending)) == 30
