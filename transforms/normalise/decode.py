"""Bytes to characters: byte order mark, then strict UTF-8, then Windows-1252; binary data is told apart.

Order and fallback as measured on news dumps: a text that is valid UTF-8 with any accent in it is UTF-8, and what is
left of Western news is Windows-1252. Text of other scripts has so many bytes beyond ASCII that it cannot be that.
"""

import codecs
import re
from dataclasses import dataclass
from functools import cache

from transforms.normalise.rules import load_rules
from transforms.normalise.warnings import DocumentWarning, warning

REPLACEMENT = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BYTE_ORDER_MARKS = tuple(mark for mark, _ in _MARKS)

# Control bytes that no text file needs; tab, the line ends, ETX (agency trailers) and escape do occur in text.
_CONTROL_BYTES = bytes(set(range(0x20)) - {0x03, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B})
# Random bytes hold 10 % of them; text holds none, or a few NULs in a damaged file.
_MAX_CONTROL_SHARE = 0.05
# In UTF-16 Western text nearly every second byte is NUL, and all of those on the same side.
_MIN_NUL_SHARE = 0.2
_ASCII = bytes(range(0x80))
_PROBE = 65536
# French and German have up to a tenth of letters beyond ASCII, other scripts nine tenths.
_MAX_HIGH_SHARE = 0.3
_MAX_DAMAGED_SHARE = 0.002


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without byte order mark and without surrogates; the codec's name; what had to be warned about."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded | None:
    """The text of ``data``, or None when the bytes are not text in any encoding that we read."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding)
    probe = data[:_PROBE]
    if _has_binary_signature(probe):
        return None
    if (encoding_of_nuls := utf16_without_mark(probe)) is not None:
        return _decode_as(data, encoding_of_nuls)
    if _control_share(probe) > _MAX_CONTROL_SHARE:
        return None
    if _is_utf8(data):
        return _decode_as(data, "utf-8")
    return _decode_legacy(data, probe) or _decode_cp1252(data)


def replace_surrogates(text: str) -> tuple[str, bool]:
    """``text`` with surrogate pairs joined and lone surrogates as U+FFFD, and whether there were any."""
    if text.isascii() or not _SURROGATE.search(text):
        return text, False
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), True


def _decode_as(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        pass
    try:  # surrogates written as if they were characters (CESU-8 and its like)
        text, _ = replace_surrogates(data.decode(encoding, "surrogatepass"))
        return Decoded(text, encoding, (warning(DocumentWarning.LONE_SURROGATES),))
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        return Decoded(text, encoding, (warning(DocumentWarning.INVALID_BYTES, f"{text.count(REPLACEMENT)} places"),))


def _decode_legacy(data: bytes, probe: bytes) -> Decoded | None:
    """Text of another script in an encoding of its own, as charset-normalizer finds it; None for Latin letters.

    See docs/decisions/0035-legacy-encodings.md.
    """
    if len(probe.translate(None, _ASCII)) <= _MAX_HIGH_SHARE * len(probe):
        return None
    from charset_normalizer import from_bytes  # noqa: PLC0415  few files need it

    best = from_bytes(probe, cp_isolation=list(load_rules("read_encodings")["guessed"])).best()
    if best is None:
        return None
    text = data.decode(best.encoding, "replace")
    damaged = text.count(REPLACEMENT)
    if damaged > _MAX_DAMAGED_SHARE * len(text):
        return None
    warnings = (warning(DocumentWarning.INVALID_BYTES, f"{damaged} places"),) if damaged else ()
    return Decoded(text, best.encoding.replace("_", "-"), warnings)


def _decode_cp1252(data: bytes) -> Decoded:
    """Windows-1252 as browsers read it: its five undefined bytes are C1 control characters."""
    try:
        return Decoded(data.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1").translate(_CP1252_HIGH)
        return Decoded(text, "cp1252")


def _cp1252_high() -> dict[int, str]:
    table = {}
    for byte in range(0x80, 0xA0):
        character = bytes([byte]).decode("cp1252", "ignore")
        if character:
            table[byte] = character
    return table


_CP1252_HIGH = _cp1252_high()


def _is_utf8(data: bytes) -> bool:
    """Whether UTF-8 is the better reading: valid, cut inside its last character, or valid in most places."""
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return True
        text = data.decode("utf-8", "replace")
        damaged = text.count(REPLACEMENT)
        multibyte = len(text) - damaged - (len(data) - len(data.translate(None, _ASCII)))
        return multibyte > damaged
    return True


def _has_binary_signature(probe: bytes) -> bool:
    return probe.startswith(_binary_signatures())


@cache
def _binary_signatures() -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(signature) for signature in load_rules("read_signatures")["binary"].values())


def _control_share(probe: bytes) -> float:
    return (len(probe) - len(probe.translate(None, _CONTROL_BYTES))) / max(1, len(probe))


def utf16_without_mark(probe: bytes) -> str | None:
    """The byte order of UTF-16 text that has no mark, by where its NULs are; None for anything else."""
    even, odd = probe[0::2].count(0), probe[1::2].count(0)
    if even + odd < _MIN_NUL_SHARE * len(probe) or not probe:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = probe[: len(probe) // 2 * 2].decode(encoding)
    except UnicodeDecodeError:
        return None
    controls = sum(character < " " and character not in "\t\n\r\x0b\x0c\x03\x1b" for character in text)
    return encoding if controls <= _MAX_CONTROL_SHARE * len(text) else None
