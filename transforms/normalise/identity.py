"""What makes a document the same document: identifiers and hashes, from the source's own facts only.

The identifier hashes the fewest raw stable fields: the canonical URL or GUID where the record carries one, else its raw
bytes. Never the cleaned text, which changes with our code, and never a path.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from urllib.parse import urlsplit, urlunsplit

from transforms.normalise.rules import load_rules
from transforms.records import RawRecord

_HASH_BYTES = 16  # 128 bits: no two of a billion documents meet by chance
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Fields of a record that describe how we read it, not what the source says.
_NOT_FROM_SOURCE = frozenset(
    {
        "source_record",
        "source_format",
        "raw",
        "encoding",
        "extraction_method",
        "warnings",
        "published_raw_source",
        "hard_wrapped",
    }
)


def canonical_url(url: str | None) -> str | None:
    """An http(s) address in one spelling; None for what is no such address.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters. Path and the other parameters
    stay byte for byte, because sites differ in what they make of them.
    """
    try:
        parts = urlsplit((url or "").strip())
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair.partition("=")[0]))
    return urlunsplit((parts.scheme, netloc, parts.path or "/", query, ""))


def best_url(record: RawRecord) -> str | None:
    """The canonical URL of the article: the page's own word for it, unless it names another site or a front page."""
    own, declared = canonical_url(record.url), canonical_url(record.canonical_url)
    if declared is None or _is_front_page(declared):
        return own
    if own is not None and host_of(own) != host_of(declared):
        return own
    return declared


def document_id(record: RawRecord) -> str:
    """32 hexadecimal digits. The kinds of identity cannot collide: each hash begins with the kind."""
    url = best_url(record)
    # Several items of a feed may be places of one page: their own identifiers tell them apart, their address does not.
    is_place = record.guid is not None and bool(urlsplit((record.url or "").strip()).fragment)
    if url is not None and not _is_front_page(url) and not is_place:
        return hash_parts(["url", url])
    if record.guid:
        return hash_parts(["guid", record.guid])
    return hashlib.blake2b(b"raw\0" + record.raw, digest_size=_HASH_BYTES).hexdigest()


def record_hash(record: RawRecord) -> str:
    """Hash of all fields that came from the source: any correction there changes it."""
    parts: list[str | None] = []
    for field in fields(record):
        if field.name in _NOT_FROM_SOURCE:
            continue
        value = getattr(record, field.name)
        parts += [field.name, str(len(value)), *value] if isinstance(value, tuple) else [field.name, value]
    return hash_parts(parts)


def text_hash(text: str) -> str:
    """Hash of the canonical text: equal for exact duplicates."""
    return hashlib.blake2b(text.encode("utf-8"), digest_size=_HASH_BYTES).hexdigest()


def host_of(url: str | None) -> str | None:
    """The host of an address without ``www.``, None when there is none."""
    canonical = canonical_url(url)
    return (urlsplit(canonical).hostname or "").removeprefix("www.") or None if canonical else None


def hash_parts(parts: Iterable[str | None]) -> str:
    """Hash of a sequence of strings, prefix free: each part carries its length, and None is not the empty string."""
    digest = hashlib.blake2b(digest_size=_HASH_BYTES)
    for part in parts:
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(b"-" if part is None else b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def _is_tracking(name: str) -> bool:
    rules = load_rules("normalise_urls")
    return name.lower() in rules["names"] or name.lower().startswith(tuple(rules["prefixes"]))


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
