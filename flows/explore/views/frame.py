"""What all pages share: navigation, the snapshot's line, and errors in words."""

from collections.abc import Callable

import streamlit as st

from flows.explore.database import Database
from flows.explore.markup import STYLE, shown
from flows.explore.served import served
from flows.explore.views import health, outlets, speakers, together, topics
from warehouse.errors import NoSuchSnapshotError, SnapshotGoneError, WarehouseError

LOOK_EVERY = "20s"
"""How often an open page looks whether a newer snapshot is there: one link is read."""

PINNED = "pinned_snapshot"


def run() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="onrecord explorer", layout="wide")
    st.html(f"<style>{STYLE}</style>")
    pages = [
        st.Page(_page(speakers.draw), title="Speakers", url_path="speakers", default=True),
        st.Page(_page(topics.draw), title="Topics", url_path="topics"),
        st.Page(_page(outlets.draw), title="Outlets", url_path="outlets"),
        st.Page(_page(together.draw), title="Together", url_path="together"),
        st.Page(_page(health.draw), title="Health", url_path="health"),
    ]
    st.navigation(pages, position="top").run()
    served().viewed()


def _page(draw: Callable[[Database], None]) -> Callable[[], None]:
    def page() -> None:
        try:
            database = _pinned()
            _snapshot_line(database.snapshot)
            draw(database)
        except (SnapshotGoneError, NoSuchSnapshotError):
            st.warning("This snapshot is no longer kept.")
            st.button("Go on with the newest", on_click=_unpin, type="primary")
        except WarehouseError as error:
            st.html(f'<p class="onrecord" role="alert">{shown(error)}</p>')

    return page


def _pinned() -> Database:
    """The database of this visitor's snapshot: that which was the newest when the page was opened."""
    if PINNED not in st.session_state:
        st.session_state[PINNED] = served().newest()
    return served().database(st.session_state[PINNED])


def _unpin() -> None:
    st.session_state.pop(PINNED, None)


@st.fragment(run_every=LOOK_EVERY)
def _snapshot_line(snapshot: int) -> None:
    database = served().database(snapshot)
    st.html(
        f'<p class="onrecord facts">Snapshot <b>{snapshot}</b> of {shown(database.root)}, committed '
        f"{database.tables.created_at:%Y-%m-%d %H:%M} UTC. Read-only.</p>"
    )
    newest = served().newest()
    if newest != snapshot and st.button(f"Newer snapshot {newest}: reload", type="primary"):
        _unpin()
        st.rerun()
