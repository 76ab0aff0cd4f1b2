"""Whatever an article holds, its HTML is text; and its marks are where the offsets say."""

from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("duckdb", reason="the extra explore is not installed: pip install -e '.[explore]'")

from flows.explore.markup import Cell, address, highlighted, plain, quote_list, shown, table, word_pattern
from tests.explore.world import EVIL_HOST, HOSTILE
from transforms.display.visible import visible

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
    assert read.tags == []
    assert read.text == plain(text) == visible(text)
    assert not set(plain(text)) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\x00\x1b")


@given(ANY_TEXT, ANY_TEXT)
def test_highlighting_changes_no_text(text: str, word: str) -> None:
    pattern = word_pattern(word, whole=False) if word else None
    assert Read(highlighted(text, pattern)).text == Read(shown(text)).text


def test_a_word_is_marked_where_it_stands_alone() -> None:
    assert highlighted("Tax on a taxi: tax.", word_pattern("tax", whole=True)).count("<mark>") == 2
    assert highlighted("Tax on a taxi: tax.", word_pattern("tax", whole=False)).count("<mark>") == 3


def test_links_are_escaped() -> None:
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
