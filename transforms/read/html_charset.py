"""The characters of a web page: what its bytes are beats what it declares, as far as bytes can tell."""

import re

from transforms.normalise.decode import BYTE_ORDER_MARKS, Decoded, decode
from transforms.normalise.rules import load_rules
from transforms.normalise.warnings import DocumentWarning, warning

_META = re.compile(rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.\-]{2,40})["']""")
_HEAD = 16384  # the standard looks at 1,024 bytes; pages with long scripts before it exist
# More damage than this says that the declared encoding is not the page's.
_MAX_DAMAGE = 0.002
_REPLACEMENT = "\ufffd"


def decode_page(data: bytes, declared: str | None = None) -> Decoded | None:
    """The text of a page; None when it is no text.

    Order: byte order mark; UTF-8 where the bytes are valid UTF-8 beyond ASCII, because pages that declare something
    else by mistake are common and other text is hardly ever valid UTF-8 by chance; the charset of the HTTP header;
    that of the page; Windows-1252. Labels mean what browsers take them for (WHATWG Encoding Standard).

    Args:
        data: the page.
        declared: the charset of the HTTP header.
    """
    if data.startswith(BYTE_ORDER_MARKS) or (not data.isascii() and _is_utf8(data)):
        return decode(data)
    for codec in _declared(data, declared):
        decoded = _decode_as(data, codec)
        if decoded is not None:
            return decoded
    return decode(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(data: bytes, header: str | None) -> list[str]:
    head = data[:_HEAD]
    labels = [header or ""]
    labels += [match[1].decode("ascii") for pattern in (_META, _XML) if (match := pattern.search(head))]
    charsets = load_rules("read_html")["charsets"]
    return [charsets[key] for label in labels if (key := label.strip("\"' ").lower()) in charsets]


def _decode_as(data: bytes, codec: str) -> Decoded | None:
    """The text under a declared codec; None where it does not fit. Windows-1252 is what is tried last anyway."""
    if codec == "cp1252" or (data.isascii() and codec != "iso2022_jp"):
        return None
    text = data.decode(codec, "replace")
    damaged = text.count(_REPLACEMENT)
    if damaged > _MAX_DAMAGE * len(text):
        return None
    warnings = (warning(DocumentWarning.INVALID_BYTES, f"{damaged} places"),) if damaged else ()
    return Decoded(text, codec.replace("_", "-"), warnings)
