"""A document's own example out of a payload: only what the document reads, without anybody's data.

A document is seen by everybody who may see mappings, and is handed on as a file. So what is kept of a payload names
nobody: names, phones and streets are made-up ones, unless the platform masked or encrypted them already.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.mapping import paths
from core.mapping.document import MappedField, MappingDocument, referred_field
from core.mapping.paths import ALL
from core.mapping.said import Refused
from core.mapping.wordsteps import TEMPLATE_NAME
from core.model.fields import Level, Privacy

_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_REGION = re.compile(r"^.{0,24}[省市区县旗州]")  # the part of an address that names a region, not a door
_NAME, _NUMBER, _STREET = "张三", "13800000000", "示例路1号"
_LEAF = ""  # the mark of a value that is kept; its content is the name of the person field it fills, if any


def trimmed(document: MappingDocument, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with what the document reads and nothing else, people's data made up."""
    wanted: dict[str, Any] = {}
    if document.rows:
        _mark(wanted, ("rows", ALL, "_row"), "")
    for root in _roots(document):
        _open(wanted, root)
    for mapped in document.fields:
        person = mapped.target.name if mapped.target.privacy is Privacy.PERSON else ""
        for way in _ways(document, mapped):
            _mark(wanted, way, person)
    return _cut(payload, wanted)


def _roots(document: MappingDocument) -> list[tuple[str, ...]]:
    """Where lines lie in a payload; () is the payload itself."""
    if document.rows:
        return [("rows", ALL)]
    found = [(*path.keys, ALL) if path.keys else () for path in (document.lines, document.gifts) if path is not None]
    return found or [()]


def _ways(document: MappingDocument, mapped: MappedField) -> Iterable[tuple[str, ...]]:
    """The keys from the payload's root to each value that a field reads."""
    sources = [*mapped.sources, *_template_paths(document, mapped)]
    for path in sources:
        if path.position:
            continue
        inside = document.rows or (mapped.target.level is Level.LINE and not path.from_order)
        for root in _roots(document) if inside else [()]:
            yield root + path.keys


def _template_paths(document: MappingDocument, mapped: MappedField) -> Iterable[paths.Path]:
    for step in mapped.steps:
        if step.converter.name != "template":
            continue
        for name in TEMPLATE_NAME.findall(step.given["text"]):
            if name == "value" or referred_field(document, mapped, name) is not None:
                continue
            try:
                yield paths.parse(name, rows=document.rows, line=mapped.target.level is Level.LINE)
            except Refused:  # pragma: no cover - a document that was checked holds none
                continue


def _open(marks: dict[str, Any], way: tuple[str, ...]) -> dict[str, Any]:
    for key in way:
        marks = marks.setdefault(key, {})
    return marks


def _mark(marks: dict[str, Any], way: tuple[str, ...], person: str) -> None:
    here = _open(marks, way)
    here[_LEAF] = person or here.get(_LEAF, "")


def _cut(node: Any, marks: Mapping[str, Any]) -> Any:
    if _LEAF in marks:
        return _nobodys(node, marks[_LEAF])
    if isinstance(node, Mapping):
        return {key: _cut(value, marks[key]) for key, value in node.items() if key in marks}
    if isinstance(node, list):
        each = marks.get(ALL, {})
        return [
            _cut(item, {**each, **marks.get(str(place), {})}) if each or str(place) in marks else None
            for place, item in enumerate(node)
        ]
    return None if marks else node


def _nobodys(value: Any, person: str) -> Any:
    """The value without anybody's data: whatever looks like a mobile number goes, a person's field is made up."""
    if isinstance(value, Mapping):
        return {key: _nobodys(inner, person) for key, inner in value.items()}
    if isinstance(value, list):
        return [_nobodys(inner, person) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and _PHONE.fullmatch(str(value)):
        return int(_NUMBER)
    if not isinstance(value, str):
        return value
    if not person or not value.strip() or "*" in value or value.startswith(("#", "~", "$")):
        return _PHONE.sub(_NUMBER, value)
    if person == "address":
        region = _REGION.match(value)
        return f"{region[0] if region else ''}{_STREET}"
    return _NUMBER if person == "phone" else _NAME
