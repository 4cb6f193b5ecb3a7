"""Where a mapping takes a value from: a path into the payload, written as people write it.

`a.b` a key inside a key · `a[0]` an item · `a[*]`, `a[*].b` all items, as one JSON array · `"a.b"` a key with a dot in
it · `^a` (line fields) from the order instead of the line · `#` the line's position, from 1. In a document whose source
is `rows` a path is a column header, taken verbatim.
"""

import re
from dataclasses import dataclass

from core.i18n import N_
from core.mapping.said import Refused

_SEGMENT = re.compile(r'(?:"(?P<quoted>[^"]+)"|(?P<plain>[^.\[\]"]+))(?P<items>(?:\[(?:\d+|\*)\])*)')
_ITEM = re.compile(r"\[(\d+|\*)\]")
ALL = "*"
POSITION = "#"
_UNREADABLE = N_("the path {path} cannot be read at character {place}")


@dataclass(frozen=True, slots=True)
class Path:
    """One parsed path. `from_order` (`^`): a line field that reads the order. `position`: the line's number."""

    text: str
    keys: tuple[str, ...] = ()
    from_order: bool = False
    position: bool = False

    @property
    def whole_array(self) -> bool:
        """Whether the path collects several items (`[*]`)."""
        return ALL in self.keys

    @property
    def pointer(self) -> str:
        """As a JSON pointer (RFC 6901), which addresses any key whatever its characters."""
        return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in self.keys)

    @property
    def wildcard(self) -> str:
        """As DuckDB's JSON path with wildcards; only for `whole_array` paths, whose keys hold no quote."""
        return "$" + "".join("[*]" if key == ALL else f"[{key}]" if key.isdigit() else f'."{key}"' for key in self.keys)


def parse(text: str, *, rows: bool, line: bool) -> Path:
    """The path. Raises Refused saying what is wrong with it.

    rows: the text is a column header. line: the field is a line's, so that `^` and `#` mean something.
    """
    if text == POSITION:
        if not line:
            raise Refused(N_("# is the position of a line and stands in line fields only"))
        return Path(text, position=True)
    from_order = text.startswith("^") and not rows
    if from_order and not line:
        raise Refused(N_("^ reads from the order and stands in line fields only"))
    body = text[1:] if from_order else text
    if not body:
        raise Refused(N_("the path is empty"))
    return Path(text, (body,) if rows else _keys(body), from_order)


def _keys(text: str) -> tuple[str, ...]:
    keys: list[str] = []
    place = 0
    while place < len(text):
        found = _SEGMENT.match(text, place)
        if not found:
            raise Refused(_UNREADABLE, path=text, place=place + 1)
        keys.append(found["quoted"] or found["plain"])
        keys.extend(_ITEM.findall(found["items"]))
        place = found.end()
        if place < len(text):
            if text[place] != "." or place + 1 == len(text):
                raise Refused(_UNREADABLE, path=text, place=place + 1)
            place += 1
    return tuple(keys)
