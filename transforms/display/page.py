"""An annotated article as one web page that needs nothing else: no network, no fonts, no other file.

What an article says is text here and nothing else. Three walls stand behind each other: the template escapes every
value, the data block is JSON without a character that could end it, and the page's own policy lets no script run but
the one whose hash it names.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from transforms.display.layers import ENTITY_GROUPS, Layer, Span, pieces, spans_of
from transforms.display.visible import visible, visible_characters
from transforms.records import Document, Entity, Quote

NOBODY = "nobody named"
UNDETERMINED = "und"
"""The code for a language that nobody knows (ISO 639-2)."""
_LANGUAGE = re.compile("[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Which state of the warehouse the page shows."""

    snapshot: int
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """The pages beside this one, where it is served and not a file of its own.

    Attributes:
        home: address of the first page, and ``home_name`` its name.
        speaker: address of the page of a quote's speaker; None where nobody is named.
        document: address of the page of the document with that id.
        code: lines that give the same rows, to unfold.
    """

    home: str
    home_name: str
    speaker: Callable[[Quote], str | None]
    document: Callable[[str], str]
    code: str


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    value: str
    href: str | None = None


def page(
    document: Document,
    entities: Sequence[Entity],
    quotes: Sequence[Quote],
    origin: Origin,
    site: Site | None = None,
) -> str:
    """The page as HTML, in UTF-8; the same rows give the same page."""
    told = [_quote(quote) for quote in quotes]
    written: str = _template().render(
        language=document.language if _LANGUAGE.fullmatch(document.language or "") else UNDETERMINED,
        title=title_of(document),
        facts=_facts(document, origin, site),
        site=site,
        code=visible(site.code) if site else "",
        speakers={quote.quote_index: site.speaker(quote) for quote in quotes} if site else {},
        entity_groups=ENTITY_GROUPS,
        body=marked(document, entities, quotes),
        quotes=told,
        data=_json_block({"document_id": document.document_id, "quotes": told}),
        style=Markup(style()),
        script=Markup(_script()),
        policy=Markup(policy()),
    )
    return written


def policy() -> str:
    """The content security policy of the page: this one style sheet, this one script, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style())}'; script-src '{_hash(_script())}'; "
        "base-uri 'none'; form-action 'none'"
    )


def style() -> str:
    """The style sheet."""
    return _data("display_page.css")


def _script() -> str:
    return _data("display_page.js")


def title_of(document: Document) -> str:
    """The headline, or what names the document without one."""
    return visible(document.title or f"Document {document.document_id}")


def marked(document: Document, entities: Sequence[Entity], quotes: Sequence[Quote]) -> Markup:
    """The text with an element for each span; a span that crosses another one is cut where they meet."""
    shown = visible_characters(document.text)
    writer = _Elements(entities, quotes)
    parts: list[str] = []
    for piece in pieces(len(shown), spans_of(document, entities, quotes)):
        parts += writer.close(piece.closed)
        parts += [writer.open(span, first=span.start == piece.start) for span in piece.opened]
        parts.append(escape("".join(shown[piece.start : piece.end])))
    return Markup("").join([*map(Markup, parts), *map(Markup, writer.close(len(writer.open_names)))])


class _Elements:
    """Opens and closes elements, so that none is left open or crosses another."""

    def __init__(self, entities: Sequence[Entity], quotes: Sequence[Quote]) -> None:
        self.open_names: list[str] = []
        self._entities = entities
        self._who = {quote.quote_index: visible(who(quote)) for quote in quotes}

    def open(self, span: Span, *, first: bool) -> Markup:
        name, attributes, after = self._element(span, first)
        self.open_names.append(name)
        written = Markup("").join(Markup(' {}="{}"').format(key, value) for key, value in attributes.items())
        return Markup("<{}{}>{}").format(name, written, after)

    def close(self, count: int) -> list[Markup]:
        return [Markup("</{}>").format(self.open_names.pop()) for _ in range(count)]

    def _element(self, span: Span, first: bool) -> tuple[str, dict[str, Any], Markup]:
        nothing = Markup("")
        match span.layer:
            case Layer.PARAGRAPH:
                return "p", {"dir": "auto"}, nothing
            case Layer.MARKED:
                return "span", {"class": "furniture", "title": span.kind.replace("_", " ")}, nothing
            case Layer.QUOTE:
                attributes = {"class": f"quote {span.kind}", "data-quote": span.number}
                return "mark", attributes, self._button(span.number) if first else nothing
            case Layer.ENTITY:
                entity = self._entities[span.number]
                title = visible(f"{entity.label}: {entity.canonical_name}")
                return "span", {"class": f"entity {span.kind}", "title": title}, nothing
        return "span", {"class": span.layer.name.lower(), "data-of": span.number}, nothing

    def _button(self, number: int) -> Markup:
        return Markup(
            '<button type="button" class="ref" id="ref-{0}" data-quote="{0}" aria-pressed="false" '
            'aria-controls="about" aria-label="Quote {0}: {1}">{0}</button>'
        ).format(number, self._who[number])


def who(quote: Quote) -> str:
    """Who said it, by the best name there is."""
    return quote.speaker_canonical or quote.speaker or NOBODY


def how(quote: Quote) -> str:
    """In what words it is reported, and how the speaker was found."""
    said = " · ".join(part for part in (quote.speaker, quote.cue) if part) or "no cue"
    return f"{said}; {quote.quote_type}, {quote.attribution_method}, {quote.confidence:.2f}"


def _quote(quote: Quote) -> dict[str, Any]:
    facts = [
        ("Canonical name", who(quote)),
        ("Speaker as written", quote.speaker),
        ("Kind of speaker", str(quote.speaker_type)),
        ("Cue", quote.cue),
        ("To whom", quote.addressee),
        ("Reported by", quote.via),
        ("Type", str(quote.quote_type)),
        ("Found by", quote.attribution_method),
        ("Confidence", f"{quote.confidence:.2f}"),
        ("Words", quote.content),
        ("Offsets", f"{quote.content_start}–{quote.content_end}"),
    ]
    return {
        "number": quote.quote_index,
        "type": str(quote.quote_type),
        "who": visible(who(quote)),
        "how": visible(how(quote)),
        "content": visible(quote.content),
        "facts": [[name, visible(value)] for name, value in facts if value],
    }


def _facts(document: Document, origin: Origin, site: Site | None) -> list[_Fact]:
    # Without its folder: a page is passed on, and where a file lay here concerns nobody else.
    name = document.source_path.rsplit("/", 1)[-1]
    place = " › ".join(part for part in (name, document.source_member) if part)
    facts = [
        ("Publisher", document.publisher or "not given"),
        ("Published", f"{document.published_on:%Y-%m-%d}" if document.published_on else "no date"),
        ("Authors", ", ".join(document.authors)),
        ("Address", document.url or ""),
        ("Source", f"{place}, record {document.source_record} ({document.source_format})"),
        ("Document", document.document_id),
        ("Language", document.language or "not decided"),
        ("Model", document.model or "not annotated"),
        ("Pipeline version", document.pipeline_version),
        ("Snapshot", f"{origin.snapshot}, committed {origin.committed_at:%Y-%m-%d %H:%M} UTC"),
        ("Copy of", document.duplicate_of or ""),
        ("Warnings", ", ".join(document.warnings)),
    ]
    links = {"Address": _of_the_web(document.url)}
    if site and document.duplicate_of:
        links["Copy of"] = site.document(document.duplicate_of)
    return [_Fact(name, visible(value), links.get(name)) for name, value in facts if value]


def _of_the_web(url: str | None) -> str | None:
    """The address, if it is one that a browser may be sent to."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def _json_block(value: object) -> Markup:
    """JSON for a ``<script>`` element: no character in it can end the element or begin a comment."""
    written = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return Markup(written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _data(name: str) -> str:
    return resources.files("transforms.data").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    # Blocks leave no lines behind; the style and script must stay as hashed.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_data("display_page.html"))
