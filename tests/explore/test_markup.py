"""Whatever an article holds, its HTML is text; and its marks are where the offsets say."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("duckdb", reason="the extra explore is not installed: pip install -e '.[explore]'")

from flows.explore.articles import Span, stretches
from flows.explore.markup import Cell, address, highlighted, outside, plain, quote_list, shown, table, word_pattern
from tests.explore.world import EVIL_HOST, HOSTILE

ANY_TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("<>&\"'\u202e\u2066 \n"), max_size=40)


class Read(HTMLParser):
    """The tags and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@given(ANY_TEXT)
def test_any_text_is_shown_as_itself_with_its_controls_named(text: str) -> None:
    read = Read(shown(text))
    assert set(read.tags) <= {"span"}
    named = re.sub(
        "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]",
        lambda found: f"U+{ord(found[0]):04X}",
        text,
    )
    assert read.text == named
    assert not set(plain(text)) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\x00\x1b")


@given(ANY_TEXT, ANY_TEXT)
def test_highlighting_changes_no_text(text: str, word: str) -> None:
    pattern = word_pattern(word, whole=False) if word else None
    assert Read(highlighted(text, pattern)).text == Read(shown(text)).text


def test_a_word_is_marked_where_it_stands_alone() -> None:
    assert highlighted("Tax on a taxi: tax.", word_pattern("tax", whole=True)).count("<mark>") == 2
    assert highlighted("Tax on a taxi: tax.", word_pattern("tax", whole=False)).count("<mark>") == 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//host/x", "ftp://a/b", "https:///x", "http://[", None, "", 3.0]
)
def test_only_addresses_of_the_web_become_links(url: object) -> None:
    assert outside(url) is None


def test_links_are_escaped() -> None:
    assert outside('https://a.example/?x="><script>') == "https://a.example/?x=&quot;&gt;&lt;script&gt;"
    assert address("/", who='"><script>', about=None) == "/?who=%22%3E%3Cscript%3E"
    assert address("/") == "/"


def test_tables_and_lists_let_no_tag_through() -> None:
    cells = table(HOSTILE, ("a", HOSTILE), [(Cell(HOSTILE, address("/", who=HOSTILE)), HOSTILE), ("x", "y")])
    row = {
        "document_id": HOSTILE,
        "quote_index": 3,
        "quote_type": "direct",
        "content": HOSTILE,
        "cue": HOSTILE,
        "speaker": HOSTILE,
        "speaker_canonical": HOSTILE,
        "speaker_key": HOSTILE,
        "attribution_method": HOSTILE,
        "confidence": 0.5,
        "published_on": pd.NaT,
        "title": HOSTILE,
        "publisher": HOSTILE,
    }
    listed = quote_list(pd.DataFrame([row]), 1, word_pattern("script", whole=False))
    for html in (cells, listed):
        read = Read(html)
        assert not set(read.tags) & {"script", "img", "style", "iframe"}
        assert not [name for name, _ in read.attributes if name.startswith("on")]
        assert "<script>window.hacked" in read.text
        assert EVIL_HOST not in html


SPANS = st.lists(
    st.builds(
        Span,
        st.integers(-2, 14),
        st.integers(-2, 14),
        st.sampled_from(["direct", "mixed", "indirect", "cue", "speaker", "entity"]),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(st.text(max_size=12), SPANS)
def test_stretches_are_the_text_and_lie_under_the_spans_that_cover_them(text: str, spans: list[Span]) -> None:
    pieces = list(stretches(text, spans))
    assert "".join(piece.text for piece in pieces) == text
    at, covered, opened = 0, [], []
    for piece in pieces:
        covered += [(span, place) for span in piece.over for place in range(at, at + len(piece.text))]
        opened += [span for span in piece.opened if span.start == at]
        at += len(piece.text)
    shown_spans = [span for span in spans if 0 <= span.start < min(span.end, len(text))]
    expected = [(span, place) for span in shown_spans for place in range(span.start, min(span.end, len(text)))]
    assert sorted(covered, key=repr) == sorted(expected, key=repr)
    assert sorted(opened, key=repr) == sorted(shown_spans, key=repr)
