"""The field catalogue of this store: the built-in fields and the operator's own ones, cached by store version."""

import json

from core.model.fields import Catalogue, Field, Kind, Level
from core.store.store import Store

_cached: tuple[int, int, Catalogue] | None = None


def load(store: Store) -> Catalogue:
    """The catalogue as of the last commit."""
    global _cached
    key = id(store)
    version = store.version
    if _cached and _cached[0] == key and _cached[1] == version:
        return _cached[2]
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT name, kind, level, label_zh, label_en, choices, required_when, default_value, retired "
            "FROM own_fields ORDER BY place, name"
        ).fetchall()
    own = [
        Field(
            name,
            Kind(kind),
            Level(level),
            label_en or label_zh,
            choices=tuple(json.loads(choices or "[]")),
            required_when=required_when or "",
            default=default,
            retired=bool(retired),
            labels={language: text for language, text in (("zh", label_zh), ("en", label_en)) if text},
        )
        for name, kind, level, label_zh, label_en, choices, required_when, default, retired in rows
    ]
    catalogue = Catalogue().with_own(own, version)
    _cached = (key, version, catalogue)
    return catalogue
