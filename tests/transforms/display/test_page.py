"""The page is well-formed, says what the rows say, and takes nothing of the article for markup."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.display.articles import HOSTILE_WORDS, ORIGIN, annotated, article, entity, hostile, quote
from transforms.display.page import Site, marked, page
from transforms.display.page import policy as page_policy
from transforms.display.visible import visible
from transforms.records import MarkedKind, MarkedSpan

VOID = {"meta", "input"}


class Reader(HTMLParser):
    """Elements that must nest, their texts by attribute, and the scripts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.names: list[str] = []
        self.texts: dict[tuple[str, str | None], str] = {}
        self.text = ""
        self.scripts: list[str] = []
        self.feed(str(html))
        self.close()
        assert self.stack == [], "elements left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        if tag not in VOID:
            self.stack.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag, f"</{tag}> crosses another element"

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.stack]
        if "script" in tags:
            self.scripts.append(data)
        if "button" in tags:
            return
        self.text += data
        for _, attributes in self.stack:
            for item in attributes.items():
                self.texts[item] = self.texts.get(item, "") + data


def policy(html: str) -> str:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert found
    return found[1]


def data(html: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    value: dict[str, object] = json.loads(found[1])
    return value


def test_each_span_is_its_words() -> None:
    document, entities, quotes = annotated()
    read = Reader(marked(document, entities, quotes))
    assert read.text == document.text
    assert read.texts["data-quote", "1"] == quotes[1].content
    assert read.texts["data-of", "0"] == "saidIlse Thornbury of the Port Board"  # cue and speaker
    assert read.texts["title", "PERSON: Ilse Thornbury"] == "Ilse Thornbury"
    assert read.texts["title", "dateline"] == "MARROWBY —"
    assert read.names.count("p") == 3
    assert read.names.count("button") == 2


@given(st.data())
def test_any_spans_give_well_formed_markup(data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from("ab <&>\"'\n\u202e\x1b“”"), max_size=30))
    offsets = st.integers(0, len(text))
    spans = st.tuples(offsets, offsets).map(sorted)
    quotes, entities = [], []
    for number in range(data.draw(st.integers(0, 5))):
        (start, end), (first, last), (begin, stop) = (data.draw(spans) for _ in range(3))
        quotes.append(
            quote(text, "", None, None, number, content_start=start, content_end=end, speaker_start=first,
                  speaker_end=last, cue_start=begin, cue_end=stop)
        )  # fmt: skip
        entities.append(entity(text, "", start=begin, end=last))
    marks = [MarkedSpan(MarkedKind.BYLINE, *data.draw(spans))]
    read = Reader(marked(article(text, marked_spans=tuple(marks)), entities, quotes))
    assert read.text == visible(text)
    for row in quotes:
        expected = "".join(visible(text[row.content_start : row.content_end]))
        assert read.texts.get(("data-quote", str(row.quote_index)), "") == expected


def test_the_page_tells_what_the_rows_say() -> None:
    document, entities, quotes = annotated()
    html = page(document, entities, quotes, ORIGIN)
    read = Reader(html)
    for told in ("The crane stays", "The Marrow Mail", "toy 1" if document.model else "not annotated", "3, committed"):
        assert told in read.text
    told = data(html)["quotes"]
    assert isinstance(told, list)
    facts = dict(told[1]["facts"])
    assert facts["Canonical name"] == "Ilse Thornbury"
    assert facts["Speaker as written"] == "She"
    assert (facts["Cue"], facts["Found by"], facts["Confidence"]) == ("added", "cue_after", "0.74")
    assert page(document, entities, quotes, ORIGIN) == html


def test_the_policy_allows_the_page_s_own_style_and_script_and_nothing_else() -> None:
    html = page(*annotated(), ORIGIN)
    allowed = policy(html)
    assert allowed.startswith("default-src 'none';")
    assert "unsafe" not in allowed
    for kind, name in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(rf"<{name}>(.*?)</{name}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in allowed
    assert " style=" not in html, "the policy would forbid it"
    assert not re.search(r"""\b(?:src|href)="[^#]""", html), "nothing is loaded and nothing is linked"


def test_a_hostile_article_stays_text() -> None:
    harmless, (document, entities, quotes) = page(*annotated(), ORIGIN), hostile()
    html = page(document, entities, quotes, ORIGIN)
    read = Reader(html)
    assert set(read.names) == set(Reader(harmless).names), "no element that a harmless article does not have"
    assert len(read.scripts) == 2
    assert json.loads(read.scripts[0])["quotes"][0]["who"] == visible(HOSTILE_WORDS["end of a script"])
    assert read.scripts[1] == Reader(harmless).scripts[1]
    assert "".join(visible(document.text)) in read.text
    body = html.replace("\n", "").replace("\t", "")
    assert visible(body) == body


def test_the_block_of_data_cannot_be_left() -> None:
    block = re.search(r'id="data">(.*?)</script>', page(*hostile(), ORIGIN), re.DOTALL)
    assert block
    assert not set("<>&") & set(block[1])


def test_an_article_without_quotes_says_so() -> None:
    html = page(article(""), [], [], ORIGIN)
    assert "No quotes were found." in Reader(html).text


SITE = Site(
    "/", "Explorer", lambda quote: f"/?who={quote.speaker_canonical}", lambda key: f"/article/{key}", "a = '<b>'"
)


def test_beside_other_pages_it_leads_to_them() -> None:
    document, entities, quotes = annotated()
    html = page(replace(document, duplicate_of="other"), entities, quotes, ORIGIN, SITE)
    assert '<nav aria-label="Pages"><a href="/">Explorer</a></nav>' in html
    assert f'href="/?who={quotes[0].speaker_canonical}"' in html
    assert '<a href="/article/other" rel="noopener noreferrer">other</a>' in html
    assert "a = &#39;&lt;b&gt;&#39;" in html
    alone = page(document, entities, quotes, ORIGIN)
    assert "<nav" not in alone
    assert "in pandas" not in alone


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://a.example/x", True),
        ("http://a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//host/x", False),
        ("ftp://a/b", False),
        ("https:///x", False),
        ("http://[", False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, linked: bool) -> None:
    document, entities, quotes = annotated()
    html = page(replace(document, url=url), entities, quotes, ORIGIN)
    assert (f'<a href="{url}" rel="noopener noreferrer">' in html) == linked


def test_an_address_is_escaped() -> None:
    document, entities, quotes = annotated()
    html = page(replace(document, url='https://a.example/?x="><script>'), entities, quotes, ORIGIN)
    assert 'href="https://a.example/?x=&#34;&gt;&lt;script&gt;"' in html


def test_the_policy_for_a_header_is_that_of_the_page() -> None:
    assert page_policy() == policy(page(*annotated(), ORIGIN))
