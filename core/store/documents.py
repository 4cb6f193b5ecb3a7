"""Versioned documents: mappings, rule sets, flows, views. A version's body never changes; publishing moves a state.

States: draft (may be replaced), published (at most one a name), superseded, broken (was published, can no longer load).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from core import clock
from core.errors import NotFound, Stale
from core.i18n import N_
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document."""

    kind: str
    name: str
    version: int
    state: str
    body: dict[str, Any]
    hash: str
    note: str
    author: str
    created_at: datetime
    published_at: datetime | None


_COLUMNS = "kind, name, version, state, body, hash, note, author, created_at, published_at"


def fingerprint(body: dict[str, Any]) -> str:
    """sha256 of the body with sorted keys: equal bodies, equal hash."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def save_draft(store: Store, kind: str, name: str, body: dict[str, Any], *, author: str, note: str = "") -> Document:
    """Keep the body as the name's draft: a new version, or in place of the draft that stands last."""
    with store.write() as cursor:
        row = cursor.execute(
            "SELECT version, state FROM documents WHERE kind = ? AND name = ? ORDER BY version DESC LIMIT 1",
            [kind, name],
        ).fetchone()
        version = 1 if row is None else row[0] if row[1] == "draft" else row[0] + 1
        if row and row[1] == "draft":
            cursor.execute("DELETE FROM documents WHERE kind = ? AND name = ? AND version = ?", [kind, name, version])
        cursor.execute(
            f"INSERT INTO documents ({_COLUMNS}) VALUES (?, ?, ?, 'draft', ?, ?, ?, ?, ?, NULL)",
            [
                kind,
                name,
                version,
                json.dumps(body, ensure_ascii=False),
                fingerprint(body),
                note,
                author,
                clock.now(),
            ],
        )
        return _one(cursor, kind, name, version)


def publish(store: Store, kind: str, name: str, version: int) -> Document:
    """Make a draft version the live one; the former becomes superseded. Stale when it is not the newest draft."""
    with store.write() as cursor:
        document = _one(cursor, kind, name, version)
        if document.state != "draft":
            raise Stale(
                N_("Version {version} of {name} is no draft any more."),
                N_("Open the newest version."),
                version=version,
                name=name,
            )
        cursor.execute(
            "UPDATE documents SET state = 'superseded' WHERE kind = ? AND name = ? AND state = 'published'",
            [kind, name],
        )
        cursor.execute(
            "UPDATE documents SET state = 'published', published_at = ? WHERE kind = ? AND name = ? AND version = ?",
            [clock.now(), kind, name, version],
        )
        return _one(cursor, kind, name, version)


def roll_back(store: Store, kind: str, name: str, version: int, *, author: str) -> Document:
    """Publish the body of an older version again, as a new version."""
    with store.write() as cursor:
        old = _one(cursor, kind, name, version)
        draft = save_draft(store, kind, name, old.body, author=author, note=f"↩ {version}")
        return publish(store, kind, name, draft.version)


def published(store: Store, kind: str, name: str) -> Document | None:
    """The live version, or None."""
    return next((_document(row) for row in _live(store) if row[0] == kind and row[1] == name), None)


def all_published(store: Store, kind: str) -> list[Document]:
    """The live version of every name of the kind, by name."""
    return [_document(row) for row in _live(store) if row[0] == kind]


_kept: WeakKeyDictionary[Store, tuple[int, list[Any], list[tuple[Any, ...]]]] = WeakKeyDictionary()


def _live(store: Store) -> list[tuple[Any, ...]]:
    """The rows of all published documents by name. Every batch asks for several kinds, and they change once a week: after
    a write they are only looked at, and read when one of them is another."""
    version, kept = store.version, _kept.get(store)
    if kept and kept[0] == version:
        return kept[2]
    with store.read() as cursor:
        stamp = cursor.execute(
            "SELECT kind, name, version, hash, epoch_us(published_at) FROM documents WHERE state = 'published' ORDER BY ALL"
        ).fetchall()
        same = kept is not None and kept[1] == stamp
        rows = kept[2] if kept and same else cursor.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE state = 'published' ORDER BY name, kind"
        ).fetchall()  # fmt: skip
    _kept[store] = version, stamp, rows
    return rows


def newest(store: Store, kind: str, name: str) -> Document | None:
    """The newest version, draft or not."""
    return _first(store, "kind = ? AND name = ?", [kind, name])


def listing(store: Store, kind: str) -> list[Document]:
    """The newest version of each name of the kind, by name."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE kind = ? "
            "QUALIFY row_number() OVER (PARTITION BY name ORDER BY version DESC) = 1 ORDER BY name",
            [kind],
        ).fetchall()
    return [_document(row) for row in rows]


def history(store: Store, kind: str, name: str) -> list[Document]:
    """All versions, newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE kind = ? AND name = ? ORDER BY version DESC",
            [kind, name],
        ).fetchall()
    return [_document(row) for row in rows]


def _first(store: Store, where: str, values: list[str]) -> Document | None:
    with store.read() as cursor:
        row = cursor.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE {where} ORDER BY version DESC LIMIT 1",
            values,
        ).fetchone()
    return _document(row) if row else None


def _one(cursor: Cursor, kind: str, name: str, version: int) -> Document:
    row = cursor.execute(
        f"SELECT {_COLUMNS} FROM documents WHERE kind = ? AND name = ? AND version = ?",
        [kind, name, version],
    ).fetchone()
    if row is None:
        raise NotFound(
            N_("There is no version {version} of {name}."),
            N_("Choose one from its history."),
            version=version,
            name=name,
        )
    return _document(row)


def _document(row: tuple[Any, ...]) -> Document:
    kind, name, version, state, body, *rest = row
    return Document(kind, name, version, state, json.loads(body), *rest)
