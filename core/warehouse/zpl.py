"""A picture as ZPL: ^GFA with :Z64: (zlib, base64, CRC), which Zebra and those who follow it understand."""

import base64
import binascii
import zlib

from PIL import Image

from core.warehouse.label import dots_of


def label(picture: Image.Image, comment: str = "") -> bytes:
    """One label. `comment` goes into ^FX, which prints nothing; ^ and ~ in it would begin a command and are left out."""
    wide, high = picture.size
    row = (wide + 7) // 8
    dots = dots_of(picture)
    packed = base64.b64encode(zlib.compress(dots, 3))
    crc = binascii.crc_hqx(packed, 0)
    total = row * high
    said = comment.replace("^", "").replace("~", "")
    note = f"^FX {said} ^FS\n" if said else ""
    head = f"^XA\n{note}^PW{wide}\n^LL{high}\n^FO0,0^GFA,{total},{total},{row},:Z64:"
    return head.encode() + packed + f":{crc:04X}^FS\n^XZ\n".encode()
