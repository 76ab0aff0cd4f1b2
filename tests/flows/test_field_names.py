"""Names of fields given on the command line, and archives of other kinds than zip, on their way to the readers."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from click import BadParameter

from flows.batch import run_batch
from flows.cli.ingest import _checked_fields
from flows.options import IngestOptions
from flows.run import Run
from flows.tasks import discover_sources, spec_of
from tests.flows.landing import dated, write_text
from transforms.read.options import parse_fields


def test_a_mapping_may_lie_in_a_file(tmp_path: Path) -> None:
    pairs = "title = headline\ntext = prose  # the article\n"
    file = write_text(tmp_path / "names.txt", pairs)
    assert _checked_fields(str(file)) == pairs
    assert _checked_fields("title=headline,text=prose") == "title=headline,text=prose"
    assert _checked_fields(None) is None
    assert parse_fields(pairs) == parse_fields("title=headline,text=prose")


@pytest.mark.parametrize("value", ["colour=red", "no-such-file.txt"])
def test_a_mapping_that_cannot_be_used_is_told_before_anything_starts(value: str) -> None:
    with pytest.raises(BadParameter):
        _checked_fields(value)


@pytest.mark.model
def test_a_mapping_reaches_the_readers(tmp_path: Path) -> None:
    write_text(tmp_path / "in" / "a.csv", f'kopf,prosa\nBridge,"{dated(1)}"\n')
    root = tmp_path / "data"
    found = {}
    for fields in ("", "title=kopf,text=prosa"):
        with Run.begin([str(tmp_path / "in")], str(root), IngestOptions(fields=fields)) as run:
            plan = discover_sources.fn(run)
            spec = spec_of(run, tuple(item.unit for item in plan.pending))
            found[fields] = run_batch(spec)
    assert found[""].rejects == {"no_text_field": 1}
    assert found["title=kopf,text=prosa"].documents == 1


def test_members_of_a_packed_tar_are_units(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number in range(3):
            data = dated(number).encode()
            info = tarfile.TarInfo(f"../{number}.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(packed.getvalue()))
    with Run.begin([str(tmp_path)], str(tmp_path / "data"), IngestOptions()) as run:
        plan = discover_sources.fn(run)
    assert [item.unit.member_name for item in plan.pending] == ["../0.txt", "../1.txt", "../2.txt"]
    assert len({item.unit.sha256 for item in plan.pending}) == 3
