"""What the user may decide about reading: size caps, and the names under which a dump keeps its fields.

All caps are enforced while bytes arrive and never by trusting a declared size.
"""

from dataclasses import dataclass

from transforms.errors import OnrecordError
from transforms.normalise.rules import load_rules

MIB = 1024 * 1024
# What people write for our names of fields.
_SYNONYMS = {"text": "body", "id": "guid", "author": "authors", "date": "published", "category": "section"}

FieldMap = tuple[tuple[str, str], ...]
"""Pairs of our name of a field and the source's name for it; an earlier pair goes before a later one."""


class FieldMapError(OnrecordError):
    """A mapping of fields cannot be understood."""

    def __init__(self, part: str) -> None:
        known = sorted({*load_rules("read_fields")["fields"], *_SYNONYMS})
        super().__init__(
            f"{part!r} is no mapping of a field.",
            remedy=f"Write pairs like title=headline,text=body. Fields that can be mapped: {', '.join(known)}.",
        )
        self.part = part


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Caps in bytes, and the mapping of fields.

    Attributes:
        max_record_bytes: one article: a text file, a page, a line of JSONL, a row of CSV, an item of a JSON list.
        max_held_bytes: a file or archive member that must be held in memory whole (JSON lists, members).
        max_unpacked_bytes: everything that one compressed stream may unpack to. A day of a web archive is several GiB;
            memory is bounded by the caps above, whatever comes.
        max_ratio: unpacked bytes for one packed byte. Prose packs 3 to 10 times, a bomb 1,000 times; looked at only
            past ``max_record_bytes``, because short repetitive files are harmless.
        max_members: files in one archive.
        fields: names of fields in JSON, JSONL and CSV, which go before the known ones of ``data/read_fields.toml``.
    """

    max_record_bytes: int = 10 * MIB
    max_held_bytes: int = 64 * MIB
    max_unpacked_bytes: int = 32 * 1024 * MIB
    max_ratio: int = 250
    max_members: int = 100_000
    fields: FieldMap = ()


def parse_fields(text: str) -> FieldMap:
    """The mapping that ``title=headline,text=body`` states, or the lines of a file with one pair each.

    Pairs are separated by commas or line ends; quotes around a name and comments after ``#`` are dropped.

    Raises:
        FieldMapError: a part is no pair, or names a field that we do not have.
    """
    known = load_rules("read_fields")["fields"]
    pairs = []
    for line in text.lstrip("\ufeff").splitlines():
        for part in line.partition("#")[0].split(","):
            if not part.strip():
                continue
            ours, equals, theirs = (piece.strip().strip("\"'") for piece in part.partition("="))
            field = _SYNONYMS.get(ours.lower(), ours.lower())
            if not equals or not theirs or field not in known:
                raise FieldMapError(part.strip())
            pairs.append((field, theirs))
    return tuple(pairs)
