"""Where sealed secrets stand: shops, robots, services that follow parcels, the blacklist service. Values stay sealed here."""

import json
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store.store import Cursor, Store

SHOP, ROBOT, TRACKER, BLACKLIST, SIGN_IN = "shop", "robot", "tracker", "blacklist", "sign_in"
_TABLES = {
    SHOP: ("shops", "channel || '/' || shop", "state <> 'removed'"),
    ROBOT: ("robots", "name", "true"),
    TRACKER: ("tracking_accounts", "name", "true"),
    SIGN_IN: ("company_clients", "name", "true"),
}
_FACT = "blacklist_service"


@dataclass(frozen=True, slots=True)
class Place:
    """One owner of secrets. `sealed`: setting -> sealed text, or {"": sealed JSON of all} where they are sealed together."""

    place: str
    owner: str
    sealed: dict[str, str]
    changed_at: datetime | None


def listing(store: Store) -> list[Place]:
    """Every owner that has any secret, by kind and name."""
    with store.read() as cursor:
        return _all(cursor)


def find(cursor: Cursor, place: str, owner: str) -> Place | None:
    """One owner, or None."""
    return next((found for found in _all(cursor) if (found.place, found.owner) == (place, owner)), None)


def replace(cursor: Cursor, place: str, owner: str, setting: str, sealed: str, *, by: str) -> None:
    """Keep the sealed text; `setting` names it where each is sealed alone, and what was replaced in any case."""
    now = clock.now()
    if place == BLACKLIST:
        row = cursor.execute("SELECT value FROM facts WHERE name = ?", [_FACT]).fetchone()
        body = json.loads(row[0]) if row else {}
        body["sealed"] = {**body.get("sealed", {}), setting: sealed}
        body["version"] = body.get("version", 0) + 1
        cursor.execute(
            "UPDATE facts SET value = ?, changed_at = ? WHERE name = ?",
            [json.dumps(body, ensure_ascii=False), now, _FACT],
        )
    else:
        table, name, _present = _TABLES[place]
        cursor.execute(f"UPDATE {table} SET secrets = ?, changed_at = ? WHERE {name} = ?", [sealed, now, owner])
    cursor.execute("DELETE FROM secret_dates WHERE place = ? AND owner = ? AND setting = ?", [place, owner, setting])
    cursor.execute("INSERT INTO secret_dates VALUES (?, ?, ?, ?, ?)", [place, owner, setting, now, by])


def dates(store: Store) -> dict[tuple[str, str, str], tuple[datetime, str]]:
    """(place, owner, setting) -> when it was replaced last, and by whom."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT place, owner, setting, replaced_at, replaced_by FROM secret_dates").fetchall()
    return {(place, owner, setting): (at, by) for place, owner, setting, at, by in rows}


def _all(cursor: Cursor) -> list[Place]:
    found = []
    for place, (table, name, present) in _TABLES.items():
        rows = cursor.execute(
            f"SELECT {name}, secrets, changed_at FROM {table} WHERE coalesce(secrets, '') <> '' AND {present} ORDER BY 1"
        ).fetchall()
        found += [Place(place, owner, {"": sealed}, changed) for owner, sealed, changed in rows]
    row = cursor.execute("SELECT value, changed_at FROM facts WHERE name = ?", [_FACT]).fetchone()
    body = json.loads(row[0]) if row else {}
    if body.get("sealed"):
        found.append(Place(BLACKLIST, "", dict(body["sealed"]), row[1] if row else None))
    return found
