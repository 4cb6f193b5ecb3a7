"""The one font of everything printed: shipped with the product, Chinese and Latin, each character looked up before it is drawn.

WenQuanYi Micro Hei (data/fonts, Apache-2.0): 34,600 characters with all of GB2312. What it lacks (rare names, emoji) stands
as 〓 on paper and is reported, never left blank.
"""

from functools import cache
from threading import Lock

from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from core.settings import ROOT

FILE = ROOT / "data" / "fonts" / "wqy-microhei.ttc"
NAME = "danliu"
INSTEAD = "\u3013"  # the geta mark: "here stands a character that cannot be printed"
_SILENT = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"  # joiners and variation marks have no shape of their own
_lock = Lock()


@cache
def _face() -> TTFont:
    return TTFont(NAME, str(FILE), subfontIndex=0)


def pdf_font() -> str:
    """The font's name for a PDF, registered at first use."""
    with _lock:
        if NAME not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(_face())
    return NAME


@cache
def bitmap_font(pixels: int) -> ImageFont.FreeTypeFont:
    """The font for a bitmap, so many pixels high."""
    return ImageFont.truetype(str(FILE), pixels, index=0)


@cache
def known() -> frozenset[str]:
    """Every character that the font has a shape for."""
    with _lock:
        return frozenset(chr(code) for code, glyph in _face().face.charToGlyph.items() if glyph)


def printable(text: str | None, lost: set[str] | None = None) -> str:
    """The text in one line as the font can show it; characters it lacks become 〓 and are added to `lost`."""
    line = " ".join(str(text or "").split())
    have = known()
    if have.issuperset(line):
        return line
    shown = []
    for sign in line:
        if sign in have:
            shown.append(sign)
        elif sign not in _SILENT:
            shown.append(INSTEAD)
            if lost is not None:
                lost.add(sign)
    return "".join(shown)


def width(text: str, size: float) -> float:
    """How wide the text is in points at a size in points."""
    return pdfmetrics.stringWidth(text, pdf_font(), size)


def fit(text: str, size: float, most: float) -> str:
    """The text cut with … where it would be wider than `most` points."""
    if width(text, size) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(text[:middle] + "…", size) <= most else (low, middle - 1)
    return text[:low] + "…"


def wrap(text: str, size: float, most: float, lines: int) -> list[str]:
    """The text in at most so many lines of `most` points each; what is left over is cut with …."""
    found: list[str] = []
    while text and len(found) < lines - 1:
        if width(text, size) <= most:
            break
        place = len(fit(text, size, most)) - 1
        if place < 1:
            break
        found.append(text[:place])
        text = text[place:].lstrip()
    return [*found, fit(text, size, most)] if text else found
