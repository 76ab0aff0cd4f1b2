"""Near duplicates: found by signatures, and named so that names stay."""

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.factory import Article, File, batch_tables, digest
from transforms.near_duplicates import MIN_WORDS, sign
from warehouse.commit import commit
from warehouse.near_duplicates import MIN_SIMILARITY, Finder, Signatures, alike
from warehouse.staging import StagingArea
from warehouse.tables import to_arrow

DAY = datetime(2026, 5, 1, tzinfo=UTC)
WORDS = [f"{first}{second}{third}" for first in "bdfgkl" for second in "aeiou" for third in ("n", "r", "st", "lm")]


def text_of(seed: int, words: int = 120) -> str:
    """Words without sense, always the same."""
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(words))


def edited(text: str, share: float, seed: int = 0) -> str:
    rng = random.Random(seed)
    words = text.split()
    for index in rng.sample(range(len(words)), int(share * len(words))):
        words[index] = "changed"
    return " ".join(words)


def ingest(root: Path, *articles: Article, day: int = 0, path: str | None = None) -> None:
    """One run: a file an article."""
    files = [File(path or f"in/{article.key}.txt", (article,), read_at=(2_000 + day) * 10**9) for article in articles]
    tables = batch_tables(files, f"run-{day}", DAY + timedelta(days=day))
    signed = [sign(article.document_id, article.text) for article in articles]
    tables["signatures"] = to_arrow("signatures", signed)
    name = digest(day, articles)[:20]
    commit(root, [StagingArea(root).write(name, tables, {})], f"run-{day}", now=DAY + timedelta(days=day))


def clusters(root: Path) -> dict[str, str]:
    """Cluster by key of the article."""
    rows = pd.read_parquet(root / "documents", columns=["document_id", "url", "near_duplicate_cluster"])
    keys = rows["url"].str.extract(r"//(\w+)\.", expand=False)
    return dict(zip(keys, rows["near_duplicate_cluster"], strict=True))


def key(name: str) -> str:
    return Article(name).document_id


def test_a_document_alone_is_its_own_cluster(tmp_path: Path) -> None:
    ingest(tmp_path, Article("a", text_of(1)), Article("b", text_of(2)), Article("short", "The river rose."))
    assert clusters(tmp_path) == {"a": key("a"), "b": key("b"), "short": key("short")}


def test_a_later_copy_takes_the_name_and_old_files_stay(tmp_path: Path) -> None:
    ingest(tmp_path, Article("a", text_of(1)), Article("b", text_of(2)))
    before = {path: path.stat().st_ino for path in (tmp_path / "documents").rglob("*.parquet")}
    ingest(tmp_path, Article("c", edited(text_of(1), 0.1), day=datetime(2026, 7, 1)), day=1)
    assert clusters(tmp_path) == {"a": key("a"), "b": key("b"), "c": key("a")}
    after = {path: path.stat().st_ino for path in (tmp_path / "documents").rglob("*.parquet")}
    assert before.items() <= after.items()


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_the_parts_do_not_depend_on_the_order(tmp_path: Path, order: tuple[str, ...]) -> None:
    texts = {"a": text_of(1), "b": edited(text_of(1), 0.1, 1), "c": edited(text_of(1), 0.1, 2)}
    for day, name in enumerate(order):
        ingest(tmp_path, Article(name, texts[name]), Article(f"x{name}", text_of(10 + day)), day=day)
    found = clusters(tmp_path)
    assert {found["a"], found["b"], found["c"]} == {key(order[0])}
    assert len(set(found.values())) == 4


def test_batches_of_one_commit_are_compared_with_each_other(tmp_path: Path) -> None:
    area, batches = StagingArea(tmp_path), []
    for name, text in (("a", text_of(1)), ("b", edited(text_of(1), 0.08))):
        article = Article(name, text)
        tables = batch_tables([File(f"in/{name}", (article,))], ingested_at=DAY)
        tables["signatures"] = to_arrow("signatures", [sign(article.document_id, text)])
        batches.append(area.write(f"batch-{name}", tables, {}))
    commit(tmp_path, batches, "run")
    assert len(set(clusters(tmp_path).values())) == 1


def test_two_clusters_that_meet_keep_the_older_name(tmp_path: Path) -> None:
    left, right = text_of(1), text_of(2)
    ingest(tmp_path, Article("old", left), day=0)
    ingest(tmp_path, Article("young", right), Article("young2", edited(right, 0.05)), day=1)
    assert clusters(tmp_path)["young"] != key("old")
    ingest(tmp_path, Article("both", f"{left}\n\n{right}"), day=2)
    assert set(clusters(tmp_path).values()) == {key("old")}


def test_exact_copies_of_short_texts_belong_together(tmp_path: Path) -> None:
    ingest(tmp_path, Article("a", "The river rose."), Article("b", "The river rose."))
    ingest(tmp_path, Article("c", "The river rose."), day=1)
    assert len(set(clusters(tmp_path).values())) == 1


def test_a_corrected_document_keeps_its_cluster(tmp_path: Path) -> None:
    ingest(tmp_path, Article("a", text_of(1)), Article("b", edited(text_of(1), 0.03)))
    name = clusters(tmp_path)["a"]
    ingest(tmp_path, Article("a", edited(text_of(1), 0.05, 5), title="Corrected"), day=1)
    assert clusters(tmp_path) == {"a": name, "b": name}
    signatures = pd.read_parquet(tmp_path / "signatures")
    assert sorted(signatures["document_id"]) == sorted([key("a"), key("b")])


def test_a_first_member_with_another_text_leaves_its_name_to_the_others(tmp_path: Path) -> None:
    ingest(tmp_path, Article("a", text_of(1)), day=0)
    ingest(tmp_path, Article("b", edited(text_of(1), 0.05)), day=1)
    ingest(tmp_path, Article("a", text_of(9), title="Rewritten"), day=2)
    found = clusters(tmp_path)
    assert found["b"] == key("a")
    assert found["a"].startswith(f"{key('a')}-")


def test_reading_all_again_by_other_rules_keeps_the_names(tmp_path: Path) -> None:
    texts = {"a": text_of(1), "b": edited(text_of(1), 0.05), "c": text_of(3)}
    for day, name in enumerate(("b", "a", "c")):
        ingest(tmp_path, Article(name, texts[name]), day=day)
    before = clusters(tmp_path)
    assert before["a"] == key("b")
    ingest(tmp_path, *(Article(name, text, pipeline_version="2") for name, text in texts.items()), day=9)
    assert clusters(tmp_path) == before


def test_a_document_that_goes_takes_its_signature_with_it(tmp_path: Path) -> None:
    ingest(tmp_path, Article("a", text_of(1)), path="in/f")
    ingest(tmp_path, Article("b", text_of(2)), path="in/f", day=1)
    assert list(pd.read_parquet(tmp_path / "signatures")["document_id"]) == [key("b")]


def test_bytes_written_do_not_grow_with_what_is_stored(tmp_path: Path) -> None:
    for number in range(6):
        ingest(
            tmp_path, *(Article(f"n{number}x{index}", text_of(100 * number + index)) for index in range(50)), day=number
        )
    sizes = sorted(path.stat().st_size for path in (tmp_path / "signatures").glob("add-*.parquet"))
    assert len(sizes) == 6
    assert sizes[-1] < 1.2 * sizes[0]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.02, 0.05, 0.1]))
def test_edited_copies_are_found(seed: int, share: float) -> None:
    text = text_of(seed, 200)
    rows = [sign("one", text), sign("two", edited(text, share, seed)), sign("three", text_of(seed + 1, 200))]
    signatures = Signatures.of(to_arrow("signatures", rows))
    assert (0, 1) in {tuple(sorted(pair)) for pair in Finder(signatures).among_new()}
    assert all(2 not in pair for pair in Finder(signatures).among_new())


def test_the_estimate_is_near_the_true_similarity() -> None:
    for share in (0.02, 0.05, 0.1, 0.3):
        one = text_of(7, 400)
        two = edited(one, share)
        sets = [set(zip(text.split(), text.split()[1:], text.split()[2:], strict=False)) for text in (one, two)]
        true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        rows = Signatures.of(to_arrow("signatures", [sign("a", one), sign("b", two)]))
        estimate = (rows.numbers[0] == rows.numbers[1]).mean()
        assert abs(estimate - true) < 0.15
        assert bool(alike(rows.numbers[:1], rows.shingles[:1], rows.numbers[1:], rows.shingles[1:])[0]) == (
            true > MIN_SIMILARITY or share < 0.3
        )


@given(st.integers(0, 10**6), st.integers(0, 40))
def test_pairs_are_those_of_a_table_of_bands(seed: int, count: int) -> None:
    """Each document is compared with the first and the latest one before it that has the same band, as in a dict."""
    chance = np.random.default_rng(seed)
    numbers = chance.integers(0, 2**16, (count, 128)).astype(np.uint16)
    for _ in range(count):
        one, two = chance.integers(0, count, 2)
        same = chance.random(128) < chance.choice([0.5, 0.8, 1.0])
        numbers[two, same] = numbers[one, same]
    rows = Signatures([str(n) for n in range(count)], numbers, np.full(count, 100, np.int32))
    wanted: set[tuple[int, int]] = set()
    sharing: dict[tuple[int, bytes], list[int]] = {}
    for number in range(count):
        for band in range(42):
            before = sharing.setdefault((band, numbers[number, 3 * band : 3 * band + 3].tobytes()), [])
            wanted |= {(other, number) for other in before[:1] + before[-1:]}
            before.append(number)

    def similar(pair: tuple[int, int]) -> bool:
        return bool((numbers[pair[0]] == numbers[pair[1]]).mean() >= MIN_SIMILARITY)

    # Counts of 100 words leave no pair that is alike only as a part.
    assert set(Finder(rows).among_new()) == {pair for pair in wanted if similar(pair)}
    stored = {pair for pair in Finder(rows).among_stored(rows) if pair[0] != pair[1]}
    together = {frozenset(pair) for same in sharing.values() for pair in combinations(same, 2)}
    assert all(frozenset(pair) in together and similar(pair) for pair in stored)
    few = {frozenset(pair) for same in sharing.values() if len(same) <= 4 for pair in combinations(same, 2)}
    assert {pair for pair in few if similar((min(pair), max(pair)))} <= {frozenset(pair) for pair in stored}


def test_many_equal_texts_cost_no_square() -> None:
    row = sign("x", text_of(1))
    numbers = np.tile(np.frombuffer(row.signature, "<u2"), (5_000, 1))
    many = Signatures([str(n) for n in range(5_000)], numbers, np.full(5_000, row.shingle_count, np.int32))
    assert len(list(Finder(many).among_new())) < 2 * 5_000


def test_signatures_do_not_see_case_punctuation_or_skipped_stretches() -> None:
    text = text_of(1)
    assert sign("a", text) == sign("a", f"“{text.upper()}!”")
    assert sign("a", text + "\nRead more here") != sign("a", text)
    assert sign("a", text + "\nRead more here", [(len(text), len(text) + 15)]) == sign("a", text)
    assert sign("a", " ".join(["word"] * (MIN_WORDS - 1))).shingle_count == 0
