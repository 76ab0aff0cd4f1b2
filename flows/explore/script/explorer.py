"""What Streamlit runs for each visitor and each change."""

from flows.explore.views.frame import run

run()
