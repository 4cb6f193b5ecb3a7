"""The source fields of payloads: every path with a sample, for orders and for their lines; columns for file rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.mapping.readers.records import as_text

ORDER, LINE, ANY = "order", "line", "any"
_DEEPEST = 6  # keys inside keys; deeper ones are read through a path typed by hand
_MOST = 400  # paths: a payload with more is a dump, not an order
_SPECIAL = frozenset('.[]"^#')


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `scope`: order, line (relative to a line) or any (a column of file rows). `samples` are distinct."""

    path: str
    scope: str
    samples: tuple[str, ...] = ()
    filled: int = 0

    @property
    def id(self) -> str:
        return f"{self.scope}|{self.path}"


def sources(body: Mapping[str, Any], payloads: Sequence[Mapping[str, Any]]) -> list[Source]:
    """The sources a mapping of this document can take from, in the payloads' own order; then those it names already but
    the payloads lack."""
    found: dict[str, _Seen] = {}
    if body.get("source") == "rows":
        scope = ANY if body.get("granularity") == "line" else ORDER
        for payload in payloads:
            for row in payload.get("rows", []):
                for header, value in row.items():
                    if header != "_row":
                        _see(found, header, scope, value)
    else:
        lines = body.get("lines")
        for payload in payloads:
            _walk(found, payload, "", ORDER, lines if isinstance(lines, str) and lines else None)
            for line in _lines(payload, lines):
                _walk(found, line, "", LINE, None)
        if lines is not None:
            _see(found, "#", LINE, None)
    known = [Source(seen.path, seen.scope, tuple(seen.samples), seen.filled) for seen in found.values()]
    known.sort(key=lambda source: source.scope == LINE)  # stable: the order's own come first
    return known[:_MOST] + [source for source in named(body) if source.id not in found]


def lists(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """The paths of lists of objects in the payloads: where the lines of an order may be."""
    found: dict[str, None] = {}

    def look(node: Mapping[str, Any], prefix: str, depth: int) -> None:
        for key, value in node.items():
            if not key or '"' in key or depth > _DEEPEST:
                continue
            path = prefix + (f'"{key}"' if _SPECIAL & set(key) else key)
            if isinstance(value, Mapping):
                look(value, f"{path}.", depth + 1)
            elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
                found.setdefault(path)

    for payload in payloads:
        look(payload, "", 0)
    return list(found)


def named(body: Mapping[str, Any]) -> list[Source]:
    """The sources that the document's fields name."""
    listed: dict[str, Source] = {}
    for entry in body.get("fields", []):
        for path in _from(entry):
            scope, plain = place(body, entry.get("level", ""), path)
            source = Source(plain, scope)
            listed.setdefault(source.id, source)
    return list(listed.values())


def place(body: Mapping[str, Any], level: str, path: str) -> tuple[str, str]:
    """(scope, path) of a source as a field of that level writes it."""
    if body.get("source") == "rows":
        return (LINE if path == "#" else ANY if body.get("granularity") == "line" else ORDER), path
    if level != LINE:
        return ORDER, path
    return (ORDER, path[1:]) if path.startswith("^") else (LINE, path)


def written(body: Mapping[str, Any], level: str, source_id: str) -> str:
    """The path as a field of that level writes it: the reverse of `place`."""
    scope, _bar, path = source_id.partition("|")
    above = level == LINE and scope == ORDER and body.get("source") != "rows"
    return f"^{path}" if above else path


@dataclass(slots=True)
class _Seen:
    path: str
    scope: str
    samples: list[str]
    filled: int = 0


def _see(found: dict[str, _Seen], path: str, scope: str, value: Any) -> None:
    seen = found.setdefault(f"{scope}|{path}", _Seen(path, scope, []))
    text = as_text(value)
    if text is None or not text.strip():
        return
    seen.filled += 1
    if len(seen.samples) < 5 and text not in seen.samples:
        seen.samples.append(text[:120])


def _walk(found: dict[str, _Seen], node: Any, prefix: str, scope: str, skip: str | None, depth: int = 0) -> None:
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    for key, value in node.items():
        path = prefix + (f'"{key}"' if _SPECIAL & set(key) else key)
        if path == skip or not key or '"' in key:  # the path language has no word for such keys
            continue
        if isinstance(value, Mapping):
            _walk(found, value, f"{path}.", scope, skip, depth + 1)
        elif isinstance(value, list):
            _walk_list(found, value, path, scope, depth)
        else:
            _see(found, path, scope, value)


def _walk_list(found: dict[str, _Seen], items: list[Any], path: str, scope: str, depth: int) -> None:
    objects = [item for item in items if isinstance(item, Mapping)]
    if objects:
        _walk(found, objects[0], f"{path}[0].", scope, None, depth + 1)
        return
    _see(found, f"{path}[*]", scope, ", ".join(text for item in items if (text := as_text(item))))


def _lines(payload: Mapping[str, Any], lines: Any) -> list[Any]:
    """The lines of a payload; "" is the payload itself."""
    if lines is None:
        return []
    node: Any = payload
    for key in str(lines).split(".") if lines else []:
        node = node.get(key.strip('"')) if isinstance(node, Mapping) else None
    if lines == "":
        return [payload]
    return node[:20] if isinstance(node, list) else []


def _from(entry: Mapping[str, Any]) -> list[str]:
    paths = entry.get("from", [])
    return [paths] if isinstance(paths, str) else list(paths)
