"""Code 128: a text as widths of bars and spaces. The symbol is worked out by reportlab; drawing it is done by who prints."""

from functools import lru_cache

from reportlab.graphics.barcode.code128 import Code128

QUIET = 10
"""Modules of white that belong on both sides."""


def fits(text: str | None) -> bool:
    """Whether the text can be a bar code: plain signs, not too long for a label."""
    return bool(text) and len(text or "") <= 48 and all(32 <= ord(sign) < 127 for sign in text or "")


@lru_cache(maxsize=4096)
def widths(text: str) -> tuple[int, ...]:
    """Bar, space, bar, ... in modules, beginning and ending with a bar. ValueError for what `fits` refuses."""
    if not fits(text):
        raise ValueError(f"{text!r} cannot be a bar code")
    symbol = Code128(text, quiet=0)
    symbol.validate()
    symbol.encode()
    symbol.decompose()
    return tuple(ord(letter.upper()) - 64 for letter in symbol.decomposed)
