"""Places to publish to: a folder, and a bucket of a real S3 API server on this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

# Without the extras delta and dev there is nothing to test.
NEEDED = ("deltalake", "moto", "boto3")
collect_ignore_glob = ["test_*.py"] if any(find_spec(name) is None for name in NEEDED) else []

BUCKET = "newsroom"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}


@dataclass(frozen=True)
class Place:
    url: str
    options: dict[str, str] = field(default_factory=dict)

    def table(self, name: str, version: int | None = None) -> Any:
        from deltalake import DeltaTable

        return DeltaTable(f"{self.url}/{name}", version=version, storage_options=self.options or None)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Address of the S3 server, a process of its own: deltalake keeps Python's lock while it waits for answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(port)
            client(address).create_bucket(Bucket=BUCKET)
            yield address
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def client(address: str) -> Any:
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=address,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=CREDENTIALS["AWS_REGION"],
    )


_numbers = count(1)


def bucket(address: str) -> Place:
    options = {**CREDENTIALS, "AWS_ENDPOINT_URL": address, "AWS_ALLOW_HTTP": "true"}
    return Place(f"s3://{BUCKET}/tables-{os.getpid()}-{next(_numbers)}", options)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A folder or a prefix of the bucket; nothing is there yet."""
    if request.param == "folder":
        return Place(str(tmp_path / "published"))
    return bucket(request.getfixturevalue("endpoint"))
