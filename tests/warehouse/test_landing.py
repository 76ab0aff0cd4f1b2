import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import SourceNotFoundError
from warehouse.landing import LandingFile, Skipped, Unreadable, discover, open_binary, safe_text, sha256_of

TXT = frozenset({".txt", ".gz"})


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def names(found: object) -> list[str]:
    return [Path(item.path).name for item in found if isinstance(item, LandingFile)]  # type: ignore[attr-defined]


def test_folder_is_read_to_the_bottom_in_order(tmp_path: Path) -> None:
    fill(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "c.TXT", "d.jsonl.gz")
    assert names(discover([str(tmp_path)], TXT)) == ["b.txt", "c.TXT", "d.jsonl.gz", "z.txt", "c.txt"]


@pytest.mark.parametrize(
    "sources", [["{0}"], ["{0}/in/a.txt"], ["{0}/*/a.txt"], ["{0}/../{1}/in/./a.txt"], ["{0}/link"]]
)
def test_one_file_has_one_stored_path(tmp_path: Path, sources: list[str]) -> None:
    fill(tmp_path, "in/a.txt")
    (tmp_path / "link").symlink_to("in")
    given_as = [source.format(tmp_path, tmp_path.name) for source in sources]
    assert [item.path for item in discover(given_as, TXT)] == [f"{os.path.realpath(tmp_path)}/in/a.txt"]


def test_relative_source_has_an_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "in/a.txt")
    monkeypatch.chdir(tmp_path)
    assert [item.path for item in discover(["in"], TXT)] == [f"{os.path.realpath(tmp_path)}/in/a.txt"]


def test_each_file_once_however_often_it_is_named(tmp_path: Path) -> None:
    fill(tmp_path, "a.txt", "b.txt")
    folder, file = str(tmp_path), str(tmp_path / "a.txt")
    assert names(discover([file, folder, file, folder, f"{folder}/*.txt"], TXT)) == ["a.txt", "b.txt"]
    assert names(discover([folder, file], TXT)) == ["a.txt", "b.txt"]


def test_what_is_passed_over_is_told(tmp_path: Path) -> None:
    fill(tmp_path, ".hidden.txt", ".git/a.txt", "a.txt~", "photo.jpg", "README", "ok.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    found = list(discover([str(tmp_path)], TXT))
    assert {Path(item.path).name: item.why for item in found if isinstance(item, Skipped)} == {
        ".git": "hidden",
        ".hidden.txt": "hidden",
        "README": "no suffix",
        "a.txt~": "backup",
        "photo.jpg": "no reader for '.jpg'",
        "pipe.txt": "not a regular file",
    }
    assert names(found) == ["ok.txt"]


def test_loops_of_links_end(tmp_path: Path) -> None:
    fill(tmp_path, "in/a.txt")
    (tmp_path / "in" / "up").symlink_to("..")
    (tmp_path / "in" / "self.txt").symlink_to("self.txt")
    found = list(discover([str(tmp_path)], TXT))
    assert names(found) == ["a.txt"]
    assert [Path(item.path).name for item in found if isinstance(item, Unreadable)] == ["self.txt"]


def test_dangling_link_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("nowhere")
    (found,) = discover([str(tmp_path)], TXT)
    assert isinstance(found, Unreadable)
    assert not found.denied


@pytest.mark.parametrize("source", ["nothing", "nothing/*.txt"])
def test_missing_source_is_an_error_before_anything_is_read(tmp_path: Path, source: str) -> None:
    fill(tmp_path, "a.txt")
    with pytest.raises(SourceNotFoundError, match="Check the path"):
        discover([str(tmp_path), str(tmp_path / source)], TXT)


def test_names_need_not_be_utf8(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(raw)).write_text("x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (found,) = discover([str(tmp_path)], TXT)
    assert isinstance(found, LandingFile)
    assert found.path.endswith("caf\\xe9.txt")
    found.path.encode("utf-8")
    with open_binary(found) as stream:
        assert stream.read() == b"x"
    assert sha256_of(found) == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


NAME = st.one_of(
    st.binary(max_size=6), st.text("\\x0fé\udce9a", max_size=6).map(lambda t: t.encode("utf-8", "surrogateescape"))
)


@given(NAME, NAME)
def test_different_names_stay_different(one: bytes, other: bytes) -> None:
    safe_one, safe_other = safe_text(os.fsdecode(one)), safe_text(os.fsdecode(other))
    safe_one.encode("utf-8")
    assert (safe_one == safe_other) == (one == other)


@given(st.text(st.characters(exclude_characters="\\", exclude_categories=("Cs",))))
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert safe_text(name) == name
