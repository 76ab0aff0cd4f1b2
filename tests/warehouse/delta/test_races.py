"""Several publishers at once: every snapshot one version a table, no file twice, none lost."""

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import warehouse
from tests.warehouse.delta.conftest import BUCKET, Place, bucket, client
from tests.warehouse.delta.test_publish import add, check_same, correct, filled, publish
from warehouse.delta import publication
from warehouse.tables import SNAPSHOT_TABLES


def test_the_server_honours_conditional_puts(endpoint: str) -> None:
    """Else the races below would prove nothing."""
    s3 = client(endpoint)
    s3.put_object(Bucket=BUCKET, Key="once", Body=b"1", IfNoneMatch="*")
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=BUCKET, Key="once", Body=b"2", IfNoneMatch="*")


@pytest.mark.parametrize("first", [True, False], ids=["new tables", "tables that are there"])
def test_whoever_comes_second_finds_the_work_done(root: Path, place: Place, monkeypatch: Any, first: bool) -> None:
    """Another publisher commits exactly between the look and the commit of this one."""
    filled(root)
    if not first:
        publish(root, place)
        correct(root)
    plain, rivals = publication._Publisher._commit, []

    def overtaken(self: Any, *arguments: Any) -> int:
        if not rivals:
            rivals.append(self)
            assert publish(root, place).changed
        return plain(self, *arguments)

    monkeypatch.setattr(publication._Publisher, "_commit", overtaken)
    assert not publish(root, place).changed
    assert {place.table(table.name).version() for table in SNAPSHOT_TABLES} == {0 if first else 1}
    check_same(root, place)


def test_an_older_snapshot_never_undoes_a_newer_one(root: Path, place: Place, monkeypatch: Any) -> None:
    filled(root)
    plain, rivals = publication._Publisher._commit, []

    def overtaken(self: Any, *arguments: Any) -> int:
        if not rivals:
            rivals.append(self)
            correct(root)
            assert publish(root, place).snapshot == 2
        return plain(self, *arguments)

    monkeypatch.setattr(publication._Publisher, "_commit", overtaken)
    publish(root, place)
    check_same(root, place)
    assert warehouse.published(place.url, storage_options=place.options).snapshot == 2


def test_a_newer_snapshot_goes_on_from_an_older_one(root: Path, place: Place, monkeypatch: Any) -> None:
    """The rival publishes the snapshot before, in between; this one must still take its files away."""
    filled(root)
    publish(root, place)
    add(root, "b")
    old = warehouse.open(root)
    correct(root)
    plain, rivals = publication._Publisher._commit, []

    def overtaken(self: Any, *arguments: Any) -> int:
        if not rivals:
            rivals.append(self)
            with monkeypatch.context() as earlier:
                earlier.setattr(publication, "open_warehouse", lambda root: old)
                assert publish(root, place).snapshot == 2
        return plain(self, *arguments)

    monkeypatch.setattr(publication._Publisher, "_commit", overtaken)
    assert publish(root, place).snapshot == 3
    check_same(root, place)
    check_same(root, place, snapshot=2)


@pytest.mark.parametrize("where", ["folder", "s3"])
def test_four_publishers_beside_commits(root: Path, tmp_path: Path, endpoint: str, where: str) -> None:
    place = bucket(endpoint) if where == "s3" else Place(str(tmp_path / "published"))
    filled(root)
    errors: list[BaseException] = []
    done = threading.Event()

    def keep_publishing() -> None:
        try:
            while not done.is_set():
                publish(root, place)
        except BaseException as error:
            errors.append(error)
            raise

    publishers = [threading.Thread(target=keep_publishing) for _ in range(4)]
    for publisher in publishers:
        publisher.start()
    for number in range(6):
        add(root, f"n{number}")
    done.set()
    for publisher in publishers:
        publisher.join()
    assert errors == []
    publish(root, place)
    check_same(root, place)
    for table in SNAPSHOT_TABLES:
        seen = Counter(commit.get("onrecord.snapshot") for commit in place.table(table.name).history())
        assert set(seen.values()) == {1}, (table.name, seen)
