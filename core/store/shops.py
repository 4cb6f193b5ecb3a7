"""Shops and how their pulls fare. A shop is (channel, shop); removal keeps the row and all history."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.store.store import Cursor, Store

ACTIVE, REMOVED = "active", "removed"


@dataclass(frozen=True, slots=True)
class Shop:
    """One connected shop. `secrets` is sealed JSON {setting: value}; "" for a shop without any.

    `connector` "" is a shop fed by files only. `headless` shops stand in config.toml and cannot be changed on the page.
    """

    channel: str
    shop: str
    title: str
    connector: str
    settings: dict[str, str]
    secrets: str = ""
    state: str = ACTIVE
    interval_seconds: int | None = None
    demo: bool = False
    created_at: datetime | None = None
    headless: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How the pulls of one shop fare. state: "" (never run) ok retry bad_setup. `token` is sealed."""

    channel: str
    shop: str
    paused: bool = False
    next_at: datetime | None = None
    failures: int = 0
    state: str = ""
    error_code: str = ""
    error: str = ""
    hint: str = ""
    pulled_at: datetime | None = None
    token: str = ""
    token_of: str = ""
    expires_at: datetime | None = None
    reauthorise_by: datetime | None = None


_SHOP = "channel, shop, title, connector, settings, secrets, state, interval_seconds, demo, created_at"
_PROGRESS = (
    "channel, shop, paused, next_at, failures, state, error_code, error, hint, pulled_at, token, token_of, "
    "expires_at, reauthorise_by"
)


def listing(store: Store, *, removed: bool = False) -> list[Shop]:
    """The shops kept in the store, oldest first; removed ones only when asked for."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_SHOP} FROM shops WHERE ? OR state <> 'removed' ORDER BY created_at, channel, shop", [removed]
        ).fetchall()
    return [_shop(row) for row in rows]


def find(store: Store, channel: str, shop: str) -> Shop | None:
    """The shop, removed or not, or None."""
    with store.read() as cursor:
        return _find(cursor, channel, shop)


def _find(cursor: Cursor, channel: str, shop: str) -> Shop | None:
    row = cursor.execute(f"SELECT {_SHOP} FROM shops WHERE channel = ? AND shop = ?", [channel, shop]).fetchone()
    return _shop(row) if row else None


def save(cursor: Cursor, shop: Shop) -> None:
    """Insert the shop or replace what is known of it."""
    created = shop.created_at or clock.now()
    cursor.execute("DELETE FROM shops WHERE channel = ? AND shop = ?", [shop.channel, shop.shop])
    cursor.execute(
        f"INSERT INTO shops ({_SHOP}, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            shop.channel,
            shop.shop,
            shop.title,
            shop.connector,
            json.dumps(shop.settings, ensure_ascii=False),
            shop.secrets,
            shop.state,
            shop.interval_seconds,
            shop.demo,
            created,
            clock.now(),
        ],
    )


def ensure(cursor: Cursor, channel: str, shop: str, *, title: str = "") -> None:
    """Make a shop that is fed by files only, unless there is one of that name already."""
    if _find(cursor, channel, shop) is None:
        save(cursor, Shop(channel, shop, title or shop, "", {}))


def progress(store: Store) -> dict[tuple[str, str], Progress]:
    """How the pulls fare, by (channel, shop)."""
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {_PROGRESS} FROM shop_pulls").fetchall()
    return {(row[0], row[1]): Progress(row[0], row[1], bool(row[2]), *row[3:]) for row in rows}


def progress_of(store: Store, channel: str, shop: str) -> Progress:
    """How the pulls of one shop fare; a blank one before the first run."""
    return progress(store).get((channel, shop)) or Progress(channel, shop)


def save_progress(cursor: Cursor, progress: Progress) -> None:
    """Replace what is known of the shop's pulls."""
    cursor.execute("DELETE FROM shop_pulls WHERE channel = ? AND shop = ?", [progress.channel, progress.shop])
    values = [getattr(progress, name.strip()) for name in _PROGRESS.split(",")]
    cursor.execute(
        f"INSERT INTO shop_pulls ({_PROGRESS}, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*values, clock.now()],
    )


@dataclass(frozen=True, slots=True)
class OwnChannel:
    """A channel the operator added. `connector` is the one its shops use by default."""

    channel: str
    label_zh: str
    label_en: str
    connector: str


def own_channels(store: Store) -> list[OwnChannel]:
    """The operator's own channels, by name."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT channel, label_zh, label_en, connector FROM channels ORDER BY channel").fetchall()
    return [OwnChannel(*row) for row in rows]


def save_channel(cursor: Cursor, channel: OwnChannel) -> None:
    """Insert the channel or replace its words."""
    cursor.execute("DELETE FROM channels WHERE channel = ?", [channel.channel])
    cursor.execute(
        "INSERT INTO channels VALUES (?, ?, ?, ?, ?)",
        [channel.channel, channel.label_zh, channel.label_en, channel.connector, clock.now()],
    )


def _shop(row: tuple[Any, ...]) -> Shop:
    channel, shop, title, connector, settings, secrets, state, interval, demo, created_at = row
    values = {name: str(value) for name, value in json.loads(settings or "{}").items()}
    return Shop(channel, shop, title, connector, values, secrets or "", state, interval, bool(demo), created_at)


def order_counts(store: Store) -> dict[tuple[str, str], int]:
    """How many orders the pool holds by (channel, shop)."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT channel, shop, count(*) FROM orders GROUP BY channel, shop").fetchall()
    return {(channel, shop): number for channel, shop, number in rows}
