"""Sources by URL: a store in memory, an S3 server and a web server on loopback."""

import os
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import fsspec
import pytest

from warehouse import remote
from warehouse.errors import SourceNotFoundError, SourceUnavailableError
from warehouse.landing import LandingFile, Skipped, check, discover, open_binary, sha256_of
from warehouse.remote import Trouble, judge

TXT = frozenset({".txt", ".gz"})
SHA_OF_X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


@pytest.fixture
def memory() -> Iterator[str]:
    store = fsspec.filesystem("memory")
    top = f"/{uuid.uuid4().hex}"
    yield f"memory://{top}"
    if store.exists(top):
        store.rm(top, recursive=True)


def fill(url: str, **files: bytes) -> None:
    for name, content in files.items():
        path = f"{url}/{name.replace('__', '/').replace('_', '.')}"
        with fsspec.open(path, "wb") as file:
            file.write(content)


def paths(sources: list[str]) -> list[str]:
    return [item.path for item in discover(sources, TXT) if isinstance(item, LandingFile)]


def test_a_folder_of_a_store_is_read_to_the_bottom_in_order(memory: str) -> None:
    fill(memory, b_txt=b"b", a__z_txt=b"z", a__b__c_txt=b"c", photo_jpg=b"j")
    found = paths([memory])
    assert found == [f"{memory}/{name}" for name in ("b.txt", "a/z.txt", "a/b/c.txt")]
    skipped = [item for item in discover([memory], TXT) if isinstance(item, Skipped)]
    assert [item.why for item in skipped] == ["no reader for '.jpg'"]


def test_one_file_has_one_name_however_it_is_given(memory: str) -> None:
    fill(memory, in__a_txt=b"x")
    ways = [memory, f"{memory}/in", f"{memory}/in/a.txt", f"{memory}/*/a.txt", f"{memory}/**/*.txt"]
    assert len({tuple(paths([way])) for way in ways}) == 1
    assert len(paths(ways)) == 1


def test_hidden_files_and_folders_are_passed_over(memory: str) -> None:
    for name in (".git/a.txt", ".b.txt", "c.txt"):
        with fsspec.open(f"{memory}/{name}", "wb") as file:
            file.write(b"x")
    assert [path[-6:] for path in paths([memory])] == ["/c.txt"]


def test_a_file_has_size_time_and_content(memory: str) -> None:
    before = datetime.now(UTC).timestamp()
    fill(memory, a_txt=b"x")
    (file,) = discover([memory], TXT)
    assert isinstance(file, LandingFile)
    assert file.size == 1
    assert before - 1 <= file.mtime_ns / 1e9 <= datetime.now(UTC).timestamp() + 1
    assert sha256_of(file) == SHA_OF_X
    with open_binary(file) as stream:
        assert (stream.read(), stream.seek(0), stream.read()) == (b"x", 0, b"x")


def test_local_files_and_urls_go_together(memory: str, tmp_path: Path) -> None:
    fill(memory, a_txt=b"x")
    (tmp_path / "b.txt").write_text("y")
    found = paths([memory, str(tmp_path), (tmp_path / "b.txt").as_uri()])
    assert [path.rsplit("/", 1)[-1] for path in found] == ["b.txt", "a.txt"]


@pytest.mark.parametrize("below", ["/none.txt", "/none/*.txt"])
def test_what_is_not_there_is_an_error_before_anything_is_read(memory: str, below: str) -> None:
    fill(memory, a_txt=b"x")
    with pytest.raises(SourceNotFoundError, match="Check the path"):
        discover([memory, memory + below], TXT)
    check([memory])


def test_an_unknown_scheme_is_told() -> None:
    with pytest.raises(SourceUnavailableError, match="Protocol not known: nosuch") as caught:
        discover(["nosuch://a/b"], TXT)
    assert not caught.value.retryable


def test_a_missing_package_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(SourceUnavailableError, match=r"pip install 'onrecord\[s3\]'"):
        check(["s3://bucket/a.txt"])


def test_names_carry_no_password() -> None:
    assert remote.stored_name("https://ann:secret@ellery.example/a.txt?x=1") == "https://ellery.example/a.txt?x=1"
    assert remote.stored_name("s3://bucket/a@b.txt") == "s3://bucket/a@b.txt"


class _StatusError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (FileNotFoundError("x"), Trouble.MISSING),
        (_StatusError(404), Trouble.MISSING),
        (PermissionError("x"), Trouble.DENIED),
        (_StatusError(403), Trouble.DENIED),
        (_StatusError(503), Trouble.PASSING),
        (_StatusError(429), Trouble.PASSING),
        (ConnectionResetError("x"), Trouble.PASSING),
        (TimeoutError("x"), Trouble.PASSING),
        (_StatusError(400), Trouble.OTHER),
        (ValueError("x"), Trouble.OTHER),
    ],
)
def test_errors_of_stores_are_understood(error: Exception, trouble: Trouble) -> None:
    assert judge(error) is trouble


class _Pages(BaseHTTPRequestHandler):
    busy: ClassVar[int] = 0

    def _answer(self, body: bool) -> None:
        if self.path.startswith("/busy") and body and _Pages.busy > 0:
            _Pages.busy -= 1
            self.send_error(503)
            return
        if "none" in self.path:
            self.send_error(404)
            return
        if "secret" in self.path:
            self.send_error(403)
            return
        self.send_response(200)
        if "sizeless" not in self.path:
            self.send_header("Content-Length", "1")
        self.send_header("Last-Modified", "Mon, 03 Feb 2025 08:00:00 GMT")
        self.end_headers()
        if body:
            self.wfile.write(b"x")

    def do_GET(self) -> None:
        self._answer(True)

    def do_HEAD(self) -> None:
        self._answer(False)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("page", ["/a.txt", "/story?id=3&part=2", "/sizeless.txt", "/news/"])
def test_a_page_is_a_file(site: str, page: str) -> None:
    (file,) = discover([site + page], TXT)
    assert isinstance(file, LandingFile)
    assert file.path == site + page
    assert file.mtime_ns == int(datetime(2025, 2, 3, 8, tzinfo=UTC).timestamp()) * 10**9
    assert sha256_of(file) == SHA_OF_X


def test_pages_that_cannot_be_had(site: str) -> None:
    with pytest.raises(SourceNotFoundError):
        discover([f"{site}/none.txt"], TXT)
    with pytest.raises(SourceUnavailableError, match="credentials") as caught:
        discover([f"{site}/secret.txt"], TXT)
    assert not caught.value.retryable


def test_a_busy_server_is_asked_again(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "WAITS", (0.01, 0.01))
    _Pages.busy = 2
    (file,) = discover([f"{site}/busy.txt"], TXT)
    assert isinstance(file, LandingFile)
    assert sha256_of(file) == SHA_OF_X
    _Pages.busy = 9
    with pytest.raises(OSError, match="503"):
        open_binary(file)
    _Pages.busy = 0


def test_a_server_that_is_not_there_may_be_there_later() -> None:
    with pytest.raises(SourceUnavailableError) as caught:
        check(["http://127.0.0.1:1/a.txt"])
    assert caught.value.retryable


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket on a real S3 API server."""
    server_module = pytest.importorskip("moto.server")
    boto = pytest.importorskip("s3fs")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "invented")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.delenv("AWS_PROFILE", raising=False)
        boto.S3FileSystem.clear_instance_cache()
        boto.S3FileSystem().mkdir("ellery")
        yield "s3://ellery"
        boto.S3FileSystem.clear_instance_cache()
    server.stop()


def test_a_bucket_is_a_landing_zone(bucket: str) -> None:
    fill(f"{bucket}/news", a_txt=b"x", in__b_txt=b"y", c_jpg=b"z")
    assert paths([f"{bucket}/news"]) == [f"{bucket}/news/a.txt", f"{bucket}/news/in/b.txt"]
    assert paths([f"{bucket}/news/*/b.txt"]) == [f"{bucket}/news/in/b.txt"]
    (file,) = discover([f"{bucket}/news/a.txt"], TXT)
    assert isinstance(file, LandingFile)
    assert abs(file.mtime_ns / 1e9 - datetime.now(UTC).timestamp()) < 60
    assert sha256_of(file) == SHA_OF_X


def test_a_large_object_is_read_in_pieces(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "FETCHED_AT_ONCE", 10)
    content = os.urandom(100_000)
    fill(f"{bucket}/big", a_txt=content)
    (file,) = discover([f"{bucket}/big"], TXT)
    assert isinstance(file, LandingFile)
    with open_binary(file) as stream:
        stream.seek(50_000)
        assert stream.read(7) == content[50_000:50_007]


def test_what_a_bucket_has_not(bucket: str) -> None:
    with pytest.raises(SourceNotFoundError):
        discover([f"{bucket}/none/"], TXT)
    with pytest.raises(SourceNotFoundError):
        discover(["s3://no-such-bucket/a.txt"], TXT)


def test_an_object_that_goes_after_the_listing_is_an_os_error(bucket: str) -> None:
    fill(f"{bucket}/gone", a_txt=b"x")
    (file,) = discover([f"{bucket}/gone"], TXT)
    assert isinstance(file, LandingFile)
    fsspec.filesystem("s3").rm(f"{bucket}/gone/a.txt")
    with pytest.raises(FileNotFoundError):
        open_binary(file)
