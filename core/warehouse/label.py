"""The label of an order as a picture in black and white: one drawing for every printer that knows pictures.

A picture frees the label from the printer's own fonts, which seldom know Chinese. 8 dots a millimetre (203 dpi) unless told.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw

from core.i18n import _
from core.warehouse import code128, font
from core.warehouse.sheet import Sheet

SIZES: dict[str, tuple[int, int]] = {"100x50": (800, 400), "60x40": (480, 320), "80x50": (560, 400)}
"""Paper -> dots across and down. 80 mm rolls print 72 mm, hence 560 of their dots."""


@dataclass(frozen=True, slots=True)
class Label:
    """A drawn label and the characters the font lacks."""

    picture: Image.Image
    lost: frozenset[str]


def draw(sheet: Sheet, paper: str = "100x50", *, reprint: bool = False) -> Label:
    """Slip number as bar code and text, order, shop, warehouse and courier, what is inside; 1 bit a dot, 0 = black."""
    wide, high = SIZES.get(paper, SIZES["100x50"])
    lost: set[str] = set()
    picture = Image.new("1", (wide, high), 1)
    pen = ImageDraw.Draw(picture)
    edge = 16
    bottom = _bars(pen, sheet.slip_no, wide, edge, high // 4)
    scale = high / 400
    y = bottom + 6
    marks = [f"[{_('REPRINT')}]"] * reprint + [f"[{_('FROZEN – do not pick')}]"] * sheet.held
    rows: list[tuple[str, int]] = [
        (" ".join([sheet.slip_no, *marks]), round(40 * scale)),
        (f"{_('Order')} {sheet.platform_no}", round(28 * scale)),
        (" · ".join(part for part in (sheet.shop, sheet.warehouse, sheet.courier) if part), round(26 * scale)),
    ]
    rows += [(_line(sheet, place), round(24 * scale)) for place in range(min(len(sheet.lines), 8))]
    for text, size in rows:
        step = round(size * 1.28)
        if y + step > high - 4:
            break
        _write(picture, edge, y, fitted(font.printable(text, lost), size, wide - 2 * edge), size)
        y += step
    return Label(picture, frozenset(lost))


def _write(picture: Image.Image, x: float, y: int, text: str, size: int) -> None:
    """A row of text, character by character from a store of drawn ones: ten times as fast as drawing each row anew."""
    far = _advances(size)
    for sign in text:
        if sign != " ":
            picture.paste(0, (round(x) - 2, y), _shape(sign, size))
        x += far[sign]


@lru_cache(maxsize=20_000)
def _shape(sign: str, size: int) -> Image.Image:
    """A character as a mask, without grey edges: a printer has none."""
    mask = Image.new("1", (math.ceil(_advances(size)[sign]) + 4, round(size * 1.28)), 0)
    pen = ImageDraw.Draw(mask)
    pen.fontmode = "1"
    pen.text((2, 0), sign, 1, font.bitmap_font(size))
    return mask


def dots_of(picture: Image.Image) -> bytes:
    """The rows of a 1-bit picture packed in bytes, a set bit black (as printers want it; Pillow's is white)."""
    assert picture.mode == "1" and picture.width % 8 == 0
    return picture.tobytes().translate(_INVERTED)


_INVERTED = bytes(255 - byte for byte in range(256))


def _line(sheet: Sheet, place: int) -> str:
    line = sheet.lines[place]
    mark = f"[{_('Gift')}] " if line.gift else ""
    return f"{line.qty} × {mark}{line.sku} {line.title} {line.spec}"


def fitted(text: str, size: int, most: int) -> str:
    """The text cut with … where it would be wider than `most` dots."""
    if sum(map(_advances(size).__getitem__, text)) <= most:
        return text
    left, known = most - _advances(size)["…"], _advances(size)
    for place, sign in enumerate(text):
        left -= known[sign]
        if left < 0:
            return text[:place] + "…"
    return text


class _Advances(dict[str, float]):
    """How far each character moves the pen, asked of the font once."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._font = font.bitmap_font(size)

    def __missing__(self, sign: str) -> float:
        found = self[sign] = self._font.getlength(sign)
        return found


@cache
def _advances(size: int) -> _Advances:
    return _Advances(size)


def _bars(pen: ImageDraw.ImageDraw, text: str, wide: int, edge: int, height: int) -> int:
    """The bar code across the top with its quiet zones; returns where it ends."""
    if not code128.fits(text):
        return edge
    bars = code128.widths(text)
    module = max(1, min(4, (wide - 2) // (sum(bars) + 2 * code128.QUIET)))
    x = (wide - module * sum(bars)) // 2
    for place, bar in enumerate(bars):
        if place % 2 == 0:
            pen.rectangle((x, edge, x + bar * module - 1, edge + height - 1), fill=0)
        x += bar * module
    return edge + height


def sheet_of_labels(labels: Sequence[Label], keywords: str, paper: str) -> bytes:
    """The labels as a PDF, one a page in the size of the paper, for printers that take a PDF and for downloads."""
    from io import BytesIO

    from reportlab.lib.units import mm
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    across, down = SIZES.get(paper, SIZES["100x50"])
    size = across / 8 * mm, down / 8 * mm
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=size, pageCompression=1, invariant=1)
    canvas.setTitle(_("Labels"))
    canvas.setKeywords(keywords)
    for one in labels:
        canvas.drawImage(ImageReader(one.picture.convert("L")), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
