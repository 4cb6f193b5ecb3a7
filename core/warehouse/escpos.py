"""A picture as ESC/POS: GS v 0 raster in bands, then a cut. Receipt printers of 58 and 80 mm."""

from PIL import Image

from core.warehouse.label import dots_of

RESET, FEED, CUT = b"\x1b@", b"\x1bd\x03", b"\x1dVB\x00"
_BAND = 255  # rows a command: small buffers of cheap printers overflow with more


def label(picture: Image.Image) -> bytes:
    """One label, cut off at its end."""
    wide, _high = picture.size
    row = (wide + 7) // 8
    dots = dots_of(picture)
    parts = []
    for begin in range(0, len(dots), row * _BAND):
        band = dots[begin : begin + row * _BAND]
        parts.append(b"\x1dv0\x00" + row.to_bytes(2, "little") + (len(band) // row).to_bytes(2, "little") + band)
    return b"".join([*parts, FEED, CUT])


def comment(text: str) -> bytes:
    """Text that stays in the printer's memory for two-dimensional codes and is never printed: the job's key and orders.

    Function 180 of GS ( k stores the data of a QR code; nothing prints it without function 181, which is not sent.
    """
    stored = text.encode("ascii", "replace")[:7000]
    return b"\x1d(k" + (len(stored) + 3).to_bytes(2, "little") + b"1P0" + stored
