"""TOP's XML, its default format: lists become repeated elements inside one marked `list="true"`."""

from typing import Any
from xml.sax.saxutils import escape


def xml(document: dict[str, Any]) -> bytes:
    """A JSON-like document as TOP's XML; an object that holds only a list is that list."""
    ((root, content),) = document.items()
    return f'<?xml version="1.0" encoding="utf-8" ?>{_element(root, content)}'.encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inner = "".join(_element(key, kept) for key, kept in value.items())
        mark = ' list="true"' if len(value) == 1 and isinstance(next(iter(value.values())), list) else ""
        return f"<{name}{mark}>{inner}</{name}>"
    if isinstance(value, list):
        return "".join(_element(name, kept) for kept in value)
    text = "true" if value is True else "false" if value is False else escape(str(value))
    return f"<{name}>{text}</{name}>"
