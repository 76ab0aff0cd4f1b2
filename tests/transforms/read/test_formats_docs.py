"""``docs/formats.md`` describes what is registered, and nothing else."""

import re
from pathlib import Path

from transforms.read import extensions
from transforms.read.archives import ARCHIVE_SUFFIXES
from transforms.read.formats import formats
from transforms.read.html import MAX_ELEMENTS
from transforms.read.options import MIB, ReadOptions
from transforms.read.packing import PACKINGS

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| ((?:`\.\w+` ?)+)\|", re.MULTILINE)


def test_every_reader_has_its_row_with_its_suffixes_and_its_section():
    rows = {name: tuple(re.findall(r"`(\.\w+)`", suffixes)) for name, suffixes in ROW.findall(PAGE)}
    assert rows == {format_.name: format_.extensions for format_ in formats()}
    headings = "".join(line for line in PAGE.splitlines() if line.startswith("### "))
    assert all(f"`{format_.name}`" in headings for format_ in formats())


def test_every_packing_is_named():
    assert all(f"`{packing.suffix}`" in PAGE for packing in PACKINGS)
    assert all(f"`{suffix}`" in PAGE for suffix in ARCHIVE_SUFFIXES if suffix.count(".") == 1)
    named = set(re.findall(r"`(\.[a-z0-9]+)`", PAGE))
    assert named == extensions()


def test_the_limits_are_those_of_the_code():
    options = ReadOptions()
    for figure in (
        f"{options.max_record_bytes // MIB} MiB",
        f"{options.max_held_bytes // MIB} MiB",
        f"{options.max_ratio} times",
        f"{options.max_members:,} files",
        f"{MAX_ELEMENTS:,}\n  elements",
    ):
        assert figure in PAGE, figure
