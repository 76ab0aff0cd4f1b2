"""Help for judging the first bytes of a file."""

from transforms.normalise.decode import decode

_ENOUGH = 4096


def text_of_head(head: bytes, size: int = _ENOUGH) -> str:
    """The first bytes as text without leading white space, empty for binary data; the last character may be damaged."""
    decoded = decode(head[:size])
    return decoded.text.lstrip() if decoded is not None else ""
