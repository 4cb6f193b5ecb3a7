"""Saved views: a person's named filters and columns of a page."""

import json
from dataclasses import dataclass
from typing import Any

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class View:
    """One saved view. `body` is the page's own document; at most one of a person's views of a page is the default."""

    name: str
    body: dict[str, Any]
    default: bool = False


def listing(store: Store, account: str, page: str) -> list[View]:
    """A person's views of a page, by name."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT name, body FROM saved_views WHERE account = ? AND page = ? ORDER BY name", [account, page]
        ).fetchall()
    return [_view(name, json.loads(body)) for name, body in rows]


def put(cursor: Cursor, account: str, page: str, view: View) -> None:
    """Keep the view, in place of the one with its name; a default one takes the mark from the others."""
    if view.default:
        for other in _all(cursor, account, page):
            if other.default and other.name != view.name:
                _replace(cursor, account, page, View(other.name, other.body))
    _replace(cursor, account, page, view)


def delete(cursor: Cursor, account: str, page: str, name: str) -> None:
    """Forget the view."""
    cursor.execute("DELETE FROM saved_views WHERE account = ? AND page = ? AND name = ?", [account, page, name])


def _all(cursor: Cursor, account: str, page: str) -> list[View]:
    rows = cursor.execute(
        "SELECT name, body FROM saved_views WHERE account = ? AND page = ?", [account, page]
    ).fetchall()
    return [_view(name, json.loads(body)) for name, body in rows]


def _replace(cursor: Cursor, account: str, page: str, view: View) -> None:
    delete(cursor, account, page, view.name)
    body = json.dumps({"view": view.body, "default": view.default}, ensure_ascii=False)
    cursor.execute("INSERT INTO saved_views VALUES (?, ?, ?, ?, ?)", [account, page, view.name, body, clock.now()])


def _view(name: str, stored: dict[str, Any]) -> View:
    return View(name, stored["view"], bool(stored.get("default")))
