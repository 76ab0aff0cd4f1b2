"""Help for judging the first bytes of a file."""

from functools import lru_cache

from transforms.normalise.decode import decode

_ENOUGH = 4096


def text_of_head(head: bytes, size: int = _ENOUGH) -> str:
    """The first bytes as text without leading white space, empty for binary data; the last character may be damaged."""
    return _text_of(head[:size])


@lru_cache(maxsize=8)
def _text_of(head: bytes) -> str:
    """A dozen formats ask about the same bytes, of two or three lengths."""
    decoded = decode(head)
    return decoded.text.lstrip() if decoded is not None else ""
