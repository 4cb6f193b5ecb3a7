"""Sheets to print in bulk, and how a test reads paper: bar codes and text of a PDF, the picture inside a printer's bytes."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pypdfium2
import zxingcpp
from PIL import Image

from core.warehouse.sheet import Job, Line, Sheet, in_order, scan_of

WHEN = datetime(2026, 11, 20, 4, tzinfo=UTC)
_ZPL = re.compile(rb"\^PW(\d+)\n\^LL(\d+)\n\^FO0,0\^GFA,(\d+),\d+,(\d+),:Z64:([^:]+):([0-9A-F]{4})\^FS")


def sheets(many: int, seed: int = 1) -> list[Sheet]:
    """Slips of one wave with one to four lines each; every third has a gift."""
    chance = Random(seed)
    made = []
    for number in range(1, many + 1):
        slip = f"P261120-{number:06d}"
        lines = []
        for place in range(1, chance.randint(1, 3) + 1):
            sku = f"SKU-{chance.randint(1, 80):04d}"
            where = f"A-{chance.randint(1, 30)}-{chance.randint(1, 9)}" if chance.random() < 0.8 else ""
            lines.append(
                Line(
                    str(place),
                    sku,
                    "",
                    "秋冬加厚保暖纯棉毛衣女款",
                    "颜色:米白;尺码:L",
                    chance.randint(1, 3),
                    False,
                    where,
                )
            )
        if number % 3 == 0:
            lines.append(Line("g", "赠品丝巾", "", "赠送丝巾", "", 1, True, "", scan_of(slip, 9, "", "赠品丝巾", True)))
        made.append(
            Sheet(
                slip, f"{10**17 + number}", "示例旗舰店", "杭州仓", "W261120-0001", in_order(lines), courier="圆通速递"
            )
        )
    return made


def job(listed: list[Sheet], *, reprint: bool = False) -> Job:
    return Job("0123456789abcdef01234567", listed, WHEN, reprint)


def pages(content: bytes, scale: float = 216 / 72) -> Iterator[Image.Image]:
    """The pages of a PDF as a printer of 216 dots an inch would draw them."""
    for page in pypdfium2.PdfDocument(content):
        yield page.render(scale=scale).to_pil().convert("L")


def codes(picture: Image.Image) -> list[str]:
    """Every bar code on a picture."""
    return [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))]


def text_of(content: bytes) -> str:
    """The text of a PDF, as whoever copies it gets it."""
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


def zpl_pictures(content: bytes) -> list[Image.Image]:
    """The pictures inside ZPL labels, read as a printer would; the check sum must be right."""
    found = []
    for wide, high, total, row, packed, crc in _ZPL.findall(content):
        assert binascii.crc_hqx(packed, 0) == int(crc, 16)
        dots = zlib.decompress(base64.b64decode(packed))
        assert len(dots) == int(total) == int(row) * int(high)
        found.append(_picture(dots, int(wide), int(high)))
    return found


def escpos_pictures(content: bytes) -> list[Image.Image]:
    """The pictures inside ESC/POS bytes, bands put together until the cut."""
    found, bands, row, place = [], b"", 0, 0
    while place < len(content):
        if content[place : place + 4] == b"\x1dv0\x00":
            row = int.from_bytes(content[place + 4 : place + 6], "little")
            high = int.from_bytes(content[place + 6 : place + 8], "little")
            bands += content[place + 8 : place + 8 + row * high]
            place += 8 + row * high
        elif content[place : place + 3] == b"\x1dVB":
            found.append(_picture(bands, row * 8, len(bands) // row))
            bands, place = b"", place + 4
        else:
            place += 1
    return found


def _picture(dots: bytes, wide: int, high: int) -> Image.Image:
    inverted = bytes(255 - byte for byte in dots)
    return Image.frombytes("1", (wide, high), inverted)
