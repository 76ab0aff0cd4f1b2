"""Steps on characters: each is ``str -> str``, linear, and does nothing to text that is already clean.

Quotation marks, dashes and ligatures stay as written: NFKC and "smart quote" repair damage news text.
"""

import re
import unicodedata
from functools import lru_cache

import ftfy
from ftfy.badness import BADNESS_RE

from transforms.normalise.rules import alternatives, load_rules

# Encoding repair only, as measured: 598 of 600 damaged texts came back exactly. ftfy's own default straightens quotes.
_REPAIR = ftfy.TextFixerConfig(
    unescape_html="auto",
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
_REPAIR_WITHOUT_ENTITIES = _REPAIR._replace(unescape_html=False)
_DAMAGE = re.compile("[\x1b\x80-\x9f\ud800-\udfff]")
"""What ftfy repairs besides mojibake: terminal escapes, C1 controls, surrogates."""
_MOJIBAKE = re.compile(BADNESS_RE.pattern, BADNESS_RE.flags | re.MULTILINE)  # ftfy looks at line by line
_MOJIBAKE_REACH = 6
"""Its longest match has seven characters, of which at least one is not ASCII."""
_NOT_ASCII = re.compile("[^\x00-\x7f]+")

_LINE_ENDS = re.compile("\r\n?")
_RARE_LINE_ENDS = str.maketrans({"\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n\n"})

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")

# Soft hyphen, zero-width space, word joiners, byte order mark, direction marks, invisible operators, interlinear
# annotation, tags, and the noncharacters that break other tools. Order of the text itself is not touched by them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# The two joiners are spelling in Arabic and Indic scripts, and the wide one holds emoji families together. Anywhere
# else (mostly after Latin letters) they are residue of a page layout. "\ufe0f" and the skin tones end an emoji.
_JOINER_AFTER = "[\u0600-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af]"
_EMOJI = "[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
_JOINERS = re.compile("[\u200c\u200d]+")
_HIDDEN = re.compile(f"{_INVISIBLE.pattern}|{_JOINERS.pattern}")
_SPELLED_AFTER = re.compile(_JOINER_AFTER)
_EMOJI_AFTER = re.compile(_EMOJI)
_ODD_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# What is neither white space nor without a width.
_VISIBLE = re.compile(rf"[^\s\u200c\u200d{_INVISIBLE.pattern[1:]}")
# Precomposed already, and no part of a composition: all below the combining marks, general punctuation, the euro sign.
_MAY_COMPOSE = re.compile("[^\x00-\u02ff\u2010-\u2027\u2030-\u205e\u20ac]")
_PLAIN = bytes([*range(0x20, 0x7F), 0x0A])
_CUT_CLOSING = re.compile(r"â€(?=[ \t\n\r.,;:!?)\]—–-]|\Z)")
_END_OF_TRANSMISSION = re.compile(
    rf"\n[ \t]*(?:{alternatives(load_rules('normalise_marks')['end_marks'])})[ \t]*\n?[ \t]*\x03\s*\Z"
)
_BLANK_LINES = re.compile("\n{3,}")


@lru_cache(maxsize=1)
def _rare(text: str) -> str:
    """The characters that are not plain ASCII, in their order: what nearly every step asks about, and few.

    By bytes, which is ten times faster than an expression: in UTF-8 no byte of another character looks like ASCII.
    """
    return text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")


def repair_encoding(text: str) -> str:
    """Mojibake repaired (``â€™`` to ``’``) and character references unescaped where the text holds no tags."""
    text = _with_last_bytes(text)
    # ftfy goes by lines. Where none looks damaged it would return them all, but for those with an ampersand.
    if _DAMAGE.search(_rare(text)) or _may_be_mojibake(text):
        return ftfy.fix_text(text, _REPAIR)
    return _unescaped(text) if "&" in text else text


def _may_be_mojibake(text: str) -> bool:
    """Whether ftfy would look closer: its expression, asked only about what stands near characters outside ASCII."""
    if text.isascii():
        return False
    near = (
        text[max(run.start() - _MOJIBAKE_REACH, 0) : run.end() + _MOJIBAKE_REACH] for run in _NOT_ASCII.finditer(text)
    )
    return _MOJIBAKE.search("\n".join(near)) is not None


def _unescaped(text: str) -> str:
    """Undamaged text with its character references unescaped, up to the line of the first tag."""
    tag = text.find("<")
    parts, position = [], 0
    while (at := text.find("&", position)) >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at) + 1 or len(text)
        if 0 <= tag < start:
            break
        parts += [text[position:start], ftfy.fix_text(text[start:end], _REPAIR)]
        position = end
    return "".join([*parts, text[position:]])


def only_entities(text: str) -> bool:
    """Whether :func:`repair_encoding` changes character references in ``text`` and nothing else."""
    return ftfy.fix_text(_with_last_bytes(text), _REPAIR_WITHOUT_ENTITIES) == text


def _with_last_bytes(text: str) -> str:
    """Mojibake of closing quotes made whole again: strict Windows-1252 has no character for their last byte.

    Left alone, ``â€`` before a space would be taken for the dagger. Only where an opening quote was damaged too.
    """
    return _CUT_CLOSING.sub("â€\x9d", text) if "â€œ" in text else text


def visible(text: str) -> bool:
    """Whether there is more in it than white space and characters without a width."""
    return _VISIBLE.search(text) is not None


def unify_line_ends(text: str) -> str:
    """CRLF and CR to LF."""
    return _LINE_ENDS.sub("\n", text) if "\r" in text else text


def drop_end_mark(text: str) -> str:
    """An agency's end mark before the ETX that ends a transmission goes with it: it frames the story."""
    return _END_OF_TRANSMISSION.sub("", text) if "\x03" in text else text


def unify_rare_line_ends(text: str) -> str:
    """Vertical tab, form feed, NEL and Unicode's line and paragraph separators to LF."""
    return text.translate(_RARE_LINE_ENDS) if any(chr(end) in _rare(text) for end in _RARE_LINE_ENDS) else text


def drop_controls(text: str) -> str:
    """C0 and C1 control characters but tab and line end go."""
    return _CONTROLS.sub("", text) if _CONTROLS.search(_rare(text)) else text


def has_odd_controls(text: str) -> bool:
    """Whether :func:`drop_controls` drops more than ETX, which ends the articles of agency wires."""
    return any(run.group() != "\x03" for run in _CONTROLS.finditer(_rare(text)))


def drop_invisible(text: str) -> str:
    """Soft hyphens, zero-width and direction characters go; joiners stay inside emoji and where they are spelling."""
    if not _HIDDEN.search(_rare(text)):
        return text
    return _JOINERS.sub(_kept_joiner, _INVISIBLE.sub("", text))


def _kept_joiner(run: re.Match[str]) -> str:
    """One joiner, the first of its run, where it stands between two characters that it can join."""
    text, start, end = run.string, run.start(), run.end()
    if start == 0 or end == len(text) or text[end].isspace():
        return ""
    before, joiner = text[start - 1], text[start]
    spelled = _SPELLED_AFTER.match(before) or (joiner == "\u200d" and _EMOJI_AFTER.match(before))
    return joiner if spelled else ""


def plain_spaces(text: str) -> str:
    """Tabs, no-break spaces and the typographic spaces become a space, one for one."""
    return _ODD_SPACE.sub(" ", text) if _ODD_SPACE.search(_rare(text)) else text


def compose(text: str) -> str:
    """Unicode normal form C."""
    return unicodedata.normalize("NFC", text) if _MAY_COMPOSE.search(_rare(text)) else text


def trim_lines(text: str) -> str:
    """No spaces at line ends, at most one blank line in a row, nothing before the first and after the last word."""
    lines = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip(" \t\n")


def one_line(text: str) -> str:
    """Runs of white space to one space: for titles and names."""
    return " ".join(text.split())


CHARACTER_STEPS = (unify_line_ends, unify_rare_line_ends, drop_controls, drop_invisible, plain_spaces, compose)
