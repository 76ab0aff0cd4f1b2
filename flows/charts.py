"""Small charts as pictures that lie inside the Markdown itself: the UI shows them without any file or network.

Tried in the UI: an SVG written into the Markdown loses all but its text, an image artifact prints its whole
address over the page; a picture as a ``data:`` address is shown as it is. Each has a ground of its own, since the UI
may be dark.
"""

import base64
from collections.abc import Sequence
from html import escape

from transforms.display.visible import visible

WIDTH = 640
ROW = 26
LABEL = 170
INK = "#1f2937"
PALE = "#93c5fd"
BLUE = "#2563eb"
RED = "#dc2626"
FONT = 'font-family="system-ui, sans-serif" font-size="13"'


def bars(title: str, rows: Sequence[tuple[str, float]], unit: str = "") -> str:
    """A Markdown image: one horizontal bar a row, longest first as given; empty without rows.

    Args:
        title: also the text for those who see no pictures.
        rows: label and length, which is not negative.
        unit: behind each number.
    """
    if not rows:
        return ""
    longest = max(value for _, value in rows) or 1.0
    parts = [
        f'<g transform="translate(0,{34 + index * ROW})">'
        f'<text x="{LABEL - 8}" y="14" text-anchor="end" fill="{INK}">{escape(_cut(label))}</text>'
        f'<rect x="{LABEL}" y="2" width="{max(1.0, (WIDTH - LABEL - 90) * value / longest):.1f}" height="17" rx="2" '
        f'fill="{BLUE}"/>'
        f'<text x="{LABEL + 6 + (WIDTH - LABEL - 90) * value / longest:.1f}" y="15" fill="{INK}">'
        f"{_number(value)}{escape(unit)}</text></g>"
        for index, (label, value) in enumerate(rows)
    ]
    return _image(title, WIDTH, 44 + ROW * len(rows), parts)


def line(title: str, values: Sequence[float], *, warn: bool = False) -> str:
    """A Markdown image: a value over runs, the last one marked; empty with fewer than two.

    Args:
        title: also the text for those who see no pictures.
        values: the oldest first.
        warn: mark the last one in red.
    """
    if len(values) < 2:
        return ""
    top, bottom = max(values), min(values)
    spread = (top - bottom) or abs(top) or 1.0
    step = (WIDTH - 110) / (len(values) - 1)
    points = [(20 + index * step, 100 - 50 * (value - bottom) / spread) for index, value in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{BLUE}"/>' for x, y in points[:-1])
    x, y = points[-1]
    colour = RED if warn else BLUE
    last = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
        f'<text x="{x + 10:.1f}" y="{y + 5:.1f}" fill="{colour}" font-weight="bold">{_number(values[-1])}</text>'
    )
    return _image(title, WIDTH, 120, [f'<polyline points="{path}" fill="none" stroke="{PALE}"/>', dots, last])


def _image(title: str, width: int, height: int, parts: Sequence[str]) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {FONT}>'
        f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>'
        f'<text x="12" y="21" fill="{INK}" font-weight="bold">{escape(title)}</text>{"".join(parts)}</svg>'
    )
    return f"![{_plain(title)}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.2f}"


def _cut(label: str, limit: int = 22) -> str:
    label = visible(label)  # a control character would make it no XML
    return label if len(label) <= limit else label[: limit - 1] + "…"


def _plain(title: str) -> str:
    """Text that cannot end the image's own brackets."""
    return "".join(char for char in title if char not in "[]()\n\\")
