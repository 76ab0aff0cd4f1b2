"""What a page says about its article: JSON-LD first, then meta elements, then the visible heading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from transforms.normalise.rules import load_rules
from transforms.read.errors import StreamError
from transforms.read.json_record import author_names
from transforms.read.json_values import JsonValue, parse_json

if TYPE_CHECKING:
    from lxml.etree import _Element

_COMMENT = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*$")
_MAX_NODES = 2000  # of JSON-LD: a page describes an article and its surroundings, not a database
_MAX_AUTHOR = 80
JSON_LD = "json-ld"


@dataclass(slots=True)
class PageFacts:
    """What the page declares; None and empty where it declares nothing.

    ``titles`` are all forms of the title, ``dates`` all declared dates of publication with the place of each (its
    name as ``published_at_source`` shows it), the best first.
    """

    titles: list[str] = field(default_factory=list)
    url: str | None = None
    canonical_url: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    language: str | None = None
    description: str | None = None
    dates: list[tuple[str, str]] = field(default_factory=list)
    modified: str | None = None
    free: bool = True
    body: str | None = None


def read_facts(tree: "_Element", url: str | None) -> PageFacts:
    """The declared facts of a parsed page.

    Args:
        tree: the page's root element.
        url: where it came from, if known: decides between several articles that the page describes.
    """
    meta = _metas(tree)
    facts = PageFacts()
    facts.url, facts.canonical_url = _first(meta, "url")[1], _canonical(tree, url)
    node = _article_node(tree, {item for item in (url, facts.url, facts.canonical_url) if item})
    _from_json_ld(facts, node)
    facts.titles += _titles(tree, meta)
    facts.publisher = facts.publisher or _first(meta, "publisher")[1]
    facts.section = facts.section or _first(meta, "section")[1]
    facts.description = _first(meta, "description")[1] or _text(node.get("description"))
    facts.language = facts.language or tree.get("lang") or _first(meta, "language")[1]
    facts.authors = facts.authors or _meta_authors(meta)
    names = load_rules("read_html")["meta"]["published"]
    facts.dates += [(f"meta {name}", meta[name]) for name in names if name in meta]
    facts.dates += [("time", moment) for moment in _time_elements(tree)]
    facts.modified = facts.modified or _first(meta, "modified")[1]
    return facts


def _metas(tree: "_Element") -> dict[str, str]:
    """The first value of each meta element, by lower-case name."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _first(meta: dict[str, str], fact: str) -> tuple[str | None, str | None]:
    for name in load_rules("read_html")["meta"][fact]:
        if name in meta:
            return name, meta[name]
    return None, None


def _canonical(tree: "_Element", url: str | None) -> str | None:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            try:
                return str(urljoin(url or "", element.get("href").strip()))
            except ValueError:
                return None
    return None


def _titles(tree: "_Element", meta: dict[str, str]) -> list[str]:
    names = load_rules("read_html")["meta"]["title"]
    titles = [meta[name] for name in names if name in meta]
    for tag in ("h1", "title"):
        for element in tree.iter(tag):
            text = " ".join("".join(element.itertext()).split())
            if text:
                titles.append(text)
                break
    return titles


def _meta_authors(meta: dict[str, str]) -> tuple[str, ...]:
    for name in load_rules("read_html")["meta"]["authors"]:
        names = _clean_names(author_names(meta.get(name, "")))
        if names:
            return names
    return ()


def _clean_names(names: list[str]) -> tuple[str, ...]:
    """Names of people or agencies: no addresses, no essays."""
    kept = [" ".join(name.split()) for name in names]
    return tuple(dict.fromkeys(name for name in kept if name and len(name) <= _MAX_AUTHOR and "://" not in name))


def _time_elements(tree: "_Element") -> Iterator[str]:
    """The moments of each ``<time>`` that calls itself the date of publication."""
    for element in tree.iter("time"):
        marks = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        moment = element.get("datetime")
        if moment and (element.get("pubdate") is not None or "publish" in marks):
            yield moment


def _article_node(tree: "_Element", urls: set[str]) -> dict[str, JsonValue]:
    """The JSON-LD object of the page's article; where several are described, the one with the page's address."""
    articles = [node for node in _nodes(tree) if _is_article(node)]
    for node in articles:
        if urls & {item for item in (_text(node.get("url")), _text(node.get("mainEntityOfPage"))) if item}:
            return node
    return next((node for node in articles if "datePublished" in node), articles[0] if articles else {})


def _nodes(tree: "_Element") -> Iterator[dict[str, JsonValue]]:
    left = _MAX_NODES
    for element in tree.iter("script"):
        if "ld+json" not in (element.get("type") or "").lower() or not element.text:
            continue
        try:
            waiting: list[JsonValue] = [parse_json(_COMMENT.sub("", element.text).strip().encode()).value]
        except StreamError:  # a page's broken script is no reason to refuse the page
            continue
        while waiting and left > 0:
            value = waiting.pop(0)
            left -= 1
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                yield value
                waiting += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value]


def _is_article(node: dict[str, JsonValue]) -> bool:
    kinds = node.get("@type")
    endings = tuple(load_rules("read_html")["schema"]["endings"])
    return any(
        isinstance(kind, str) and kind.endswith(endings) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _from_json_ld(facts: PageFacts, node: dict[str, JsonValue]) -> None:
    headline = _text(node.get("headline")) or _text(node.get("name"))
    facts.titles += [headline] if headline else []
    facts.authors = _clean_names([name for person in _people(node.get("author")) for name in author_names(person)])
    publisher = _text(node.get("publisher"))
    facts.publisher = None if publisher is None or "://" in publisher else publisher  # a reference is no name
    facts.section = _text(node.get("articleSection"))
    facts.language = _text(node.get("inLanguage"))
    published = _text(node.get("datePublished"))
    facts.dates += [(f"{JSON_LD} datePublished", published)] if published else []
    facts.modified = _text(node.get("dateModified"))
    body = node.get("articleBody")
    facts.body = body if isinstance(body, str) else None
    facts.free = str(node.get("isAccessibleForFree", True)).lower() not in ("false", "no", "0")


def _people(value: JsonValue) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := _text(item))]


def _text(value: Any) -> str | None:
    """A string, the name or address of an object, or the first of a list that has one."""
    if isinstance(value, list):
        return next((text for item in value if (text := _text(item))), None)
    if isinstance(value, dict):
        return next((text for key in ("name", "@value", "@id", "url") if (text := _text(value.get(key)))), None)
    return " ".join(unescape(value).split()) or None if isinstance(value, str) else None
