"""Bytes of a text file -> text: byte-order marks, UTF-16, GB18030, and UTF-8 that was encoded twice.

A file is UTF-8 if all of it decodes as UTF-8, else GB18030 if that gives Chinese text, else Windows-1252: the order of
how likely a seller's file is each (Taobao writes GBK, the others UTF-8 with a mark, facts of real exports).
"""

import codecs
import re
from dataclasses import dataclass

from core.errors import BadRequest
from core.i18n import N_

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# UTF-8 of a two- or three-byte UTF-8 sequence whose bytes were taken for Latin-1.
_TWICE = re.compile(rb"(?:\xc3[\x82-\xb4]\xc2[\x80-\xbf])|\xc3\xaf\xc2\xbb\xc2\xbf")
_TWICE_TEXT = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]{1,3}"
)
_WINDOWS = {
    ord(bytes([code]).decode("cp1252")): code
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_LARGE = 16 << 20  # bytes from which a file goes through in pieces
_PIECE = 4 << 20


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the name of its encoding, and what was mended on the way."""

    text: str
    encoding: str
    twice: bool = False  # UTF-8 encoded twice, repaired
    lost: int = 0  # characters that could not be decoded


def decode(raw: bytes) -> Decoded:
    """The text of the bytes. Raises BadRequest for what is no text at all."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw, name)
    if wide := _wide(raw):
        return _strictly(raw, wide)
    if b"\x00" in raw[:65536] or _control_share(raw[:65536]) > 0.02:
        raise _no_text()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(raw, error)
    if _is_twice(raw, text):
        return Decoded(_once(text), "utf-8", twice=True)
    return Decoded(text, "utf-8")


@dataclass(frozen=True, slots=True)
class Utf8:
    """The text as UTF-8 bytes without a mark; the rest as in Decoded."""

    data: bytes
    encoding: str
    twice: bool = False
    lost: int = 0


def to_utf8(raw: bytes) -> Utf8:
    """As `decode`, in UTF-8. A large file goes through in pieces: its whole text never stands in memory beside it."""
    if len(raw) <= _LARGE:
        small = decode(raw)
        return Utf8(small.text.encode("utf-8", errors="replace"), small.encoding, small.twice, small.lost)
    head = decode(raw[: raw.rfind(b"\n", 0, _LARGE) + 1] or raw[:_LARGE])
    encoding = head.encoding
    if encoding in ("utf-8", "utf-8-sig") and not head.twice:
        if _all_utf8(raw):
            return Utf8(raw[3:] if encoding == "utf-8-sig" else raw, encoding)
        encoding = "gb18030" if head.text.isascii() else encoding
    if head.twice:
        whole = decode(raw)
        return Utf8(whole.text.encode("utf-8", errors="replace"), whole.encoding, whole.twice, whole.lost)
    reader = codecs.getincrementaldecoder(encoding)(errors="replace")
    pieces, lost = [], 0
    for start in range(0, len(raw), _PIECE):
        text = reader.decode(raw[start : start + _PIECE], final=start + _PIECE >= len(raw))
        lost += text.count("\ufffd")
        pieces.append(text.encode("utf-8", errors="replace"))
    return Utf8(b"".join(pieces).removeprefix(codecs.BOM_UTF8), encoding, lost=lost)


def _all_utf8(raw: bytes) -> bool:
    reader = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(raw), _PIECE):
            reader.decode(raw[start : start + _PIECE], final=start + _PIECE >= len(raw))
    except UnicodeDecodeError:
        return False
    return True


def _strictly(raw: bytes, name: str) -> Decoded:
    text = raw.decode(name, errors="replace")
    lost = text.count("\ufffd")
    if lost > max(3, len(text) // 1000):
        raise _no_text()
    if name == "utf-8-sig" and _is_twice(raw, text):
        return Decoded(_once(text), name, twice=True, lost=lost)
    return Decoded(text.removeprefix("\ufeff"), name, lost=lost)


def _not_utf8(raw: bytes, error: UnicodeDecodeError) -> Decoded:
    if error.start >= len(raw) - 3:  # a file cut in the middle of its last character
        return Decoded(raw[: error.start].decode("utf-8"), "utf-8", lost=1)
    text = raw.decode("gb18030", errors="replace")
    lost = text.count("\ufffd")
    if lost <= len(text) // 2000 and _chinese(text):
        return Decoded(text, "gb18030", lost=lost)
    almost = raw.decode("utf-8", errors="replace")
    if almost.count("\ufffd") <= len(almost) // 2000:
        return Decoded(almost, "utf-8", lost=almost.count("\ufffd"))
    if _control_share(raw[:65536]) > 0.001:
        raise _no_text() from error
    return Decoded(raw.decode("cp1252", errors="replace"), "cp1252")


def _wide(raw: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain ASCII is zero."""
    head = raw[:4096]
    if len(head) < 4 or head.count(0) < len(head) // 8:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else ""


def _control_share(head: bytes) -> float:
    strange = sum(1 for byte in head if byte < 32 and byte not in (9, 10, 11, 12, 13, 27))
    return strange / max(1, len(head))


def _chinese(text: str) -> bool:
    """Whether what is not ASCII is mostly everyday Chinese (first-level GB2312 and its punctuation), not a lucky decode."""
    foreign = [letter for letter in text[:200_000] if ord(letter) > 127][:4000]
    if not foreign:
        return True
    everyday = 0
    for letter in foreign:
        code = letter.encode("gb18030")
        everyday += len(code) == 2 and 0xA1 <= code[0] <= 0xD7 and code[1] >= 0xA1
    return everyday / len(foreign) > 0.7


def _is_twice(raw: bytes, text: str) -> bool:
    """Whether nearly all that is not ASCII is UTF-8 taken for Latin-1; a few such pairs may be what somebody meant."""
    if not _TWICE.search(raw):
        return False
    foreign = sum(1 for letter in text if ord(letter) > 127)
    mended = sum(len(found.group()) for found in _TWICE_TEXT.finditer(text) if _mend(found) != found.group())
    return mended >= 0.9 * foreign


def _once(text: str) -> str:
    """Text whose UTF-8 bytes were taken for Latin-1 or Windows-1252 and encoded again -> the text that was meant."""
    try:
        return text.translate(_WINDOWS).encode("latin-1").decode("utf-8").removeprefix("\ufeff")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return _TWICE_TEXT.sub(_mend, text).removeprefix("\ufeff")


def _mend(match: re.Match[str]) -> str:
    try:
        return match.group().translate(_WINDOWS).encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return match.group()


def _no_text() -> BadRequest:
    return BadRequest(
        N_("This file is neither a table nor text that can be read."),
        N_("Give the export as csv, xlsx, xls, json, ndjson or parquet; open it once in a spreadsheet to check it."),
    )
