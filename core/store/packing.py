"""Parcels at the packing desk: who packs what, what has been scanned, weighed and stuck on; and what the desk must know."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from core import clock
from core.store.listed import among
from core.store.store import Cursor, Store

OPEN, PACKED, DROPPED = "open", "packed", "dropped"
RULES = "packing.rules"
_FEW = 20
_COLUMNS = (
    "packing_id, order_key, parcel_no, slip_no, platform_no, channel, shop, warehouse, state, account, scanned, weight_g, "
    "expected_g, weight_why, courier, tracking_no, opened_at, packed_at, changed_at, items"
)


@dataclass(frozen=True, slots=True)
class Packing:
    """One parcel at the desk. `scanned`: line ("order_key/line_no") -> pieces; `items`: what belongs in, as it was
    when the slip was scanned; `orders`: all orders in the parcel."""

    packing_id: str
    order_key: int
    parcel_no: int | None
    slip_no: str
    platform_no: str
    channel: str
    shop: str
    warehouse: str
    state: str
    account: str
    scanned: Mapping[str, int]
    weight_g: int | None
    expected_g: int | None
    weight_why: str
    courier: str
    tracking_no: str
    opened_at: datetime
    packed_at: datetime | None
    changed_at: datetime
    items: tuple[dict[str, Any], ...] = ()
    orders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """An order as the desk sees it. `slip_no` "" where it has no slip that stands."""

    order_key: int
    channel: str
    shop: str
    platform_no: str
    status: str
    held: bool
    held_reasons: str
    warehouse: str
    courier: str
    tracking_no: str
    slip_no: str


def matching(cursor: Cursor, code: str, folded: str) -> list[int]:
    """The orders that a slip's number, an order's number or a waybill on the road to the desk stands for."""
    rows = cursor.execute("SELECT order_key FROM slips WHERE slip_no = ? AND state = 'made'", [folded]).fetchall()
    if not rows:
        rows = cursor.execute("SELECT order_key FROM orders WHERE platform_no IN (?, ?)", [code, folded]).fetchall()
    if not rows:
        rows = cursor.execute("SELECT order_key FROM orders WHERE tracking_no IN (?, ?)", [code, folded]).fetchall()
    return sorted({row[0] for row in rows})


def subjects(cursor: Cursor, keys: Sequence[int]) -> dict[int, Subject]:
    """order_key -> the order with its slip."""
    which, listed = among(cursor, keys)
    slips = dict(
        cursor.execute(f"SELECT order_key, slip_no FROM slips WHERE state = 'made' AND {which}", listed).fetchall()
    )
    rows = cursor.execute(
        "SELECT order_key, channel, shop, platform_no, status, coalesce(held, false), coalesce(held_reasons, '[]'), "
        f"coalesce(warehouse, ''), coalesce(courier, ''), coalesce(tracking_no, '') FROM orders WHERE {which}",
        listed,
    ).fetchall()
    return {row[0]: Subject(*row[:10], slip_no=slips.get(row[0]) or "") for row in rows}


def together(cursor: Cursor, key: int) -> list[int]:
    """The orders that go into one parcel with this one, itself among them, the lead first."""
    rows = cursor.execute(
        "SELECT m.order_key FROM merged_orders m JOIN merged_orders mine ON mine.lead_key = m.lead_key AND mine.undone_at IS NULL "
        "WHERE mine.order_key = ? AND m.undone_at IS NULL ORDER BY m.order_key <> m.lead_key, m.order_key",
        [key],
    ).fetchall()
    return [row[0] for row in rows] or [key]


def parcel_lines(cursor: Cursor, key: int) -> dict[int, set[str]]:
    """parcel -> its lines, of an order that routing put into more than one parcel."""
    found: dict[int, set[str]] = {}
    for number, line in cursor.execute(
        "SELECT parcel_no, line_no FROM parcel_lines WHERE order_key = ? AND (SELECT count(*) FROM parcels p WHERE p.order_key = ?) > 1",
        [key, key],
    ).fetchall():
        found.setdefault(number, set()).add(line)
    return found


def parcel_warehouse(cursor: Cursor, key: int, parcel_no: int) -> str:
    """Where a parcel of an order in several is packed."""
    row = cursor.execute(
        "SELECT warehouse FROM parcels WHERE order_key = ? AND parcel_no = ?", [key, parcel_no]
    ).fetchone()
    return str(row[0] or "") if row else ""


def parcel_courier(cursor: Cursor, key: int, parcel_no: int | None) -> str:
    """Who is to carry a parcel of an order in several; "" for an order in one."""
    if parcel_no is None:
        return ""
    row = cursor.execute(
        "SELECT courier FROM parcels WHERE order_key = ? AND parcel_no = ?", [key, parcel_no]
    ).fetchone()
    return str(row[0] or "") if row else ""


def goods(cursor: Cursor, skus: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    """SKU -> (bar code of the master, grams of one piece, of a set the sum of its parts)."""
    which, listed = _one_of("sku", skus)
    known: dict[str, tuple[str, int | None]] = {
        sku: (barcode, weight)
        for sku, barcode, weight in cursor.execute(
            f"SELECT sku, coalesce(barcode, ''), nullif(weight_g, 0)::BIGINT FROM products WHERE {which}", listed
        ).fetchall()
    }
    light = [sku for sku, (_barcode, weight) in known.items() if weight is None]
    if light:
        for sku, weight in cursor.execute(
            "SELECT b.bundle, CASE WHEN count(*) = count(nullif(c.weight_g, 0)) THEN sum(c.weight_g * b.qty) END::BIGINT "
            "FROM bundle_components b LEFT JOIN products c ON c.sku = b.sku WHERE b.bundle IN (SELECT unnest(?::VARCHAR[])) "
            "GROUP BY b.bundle",
            [light],
        ).fetchall():
            known[sku] = (known[sku][0], weight)
    return known


def line_weights(cursor: Cursor, keys: Sequence[int]) -> dict[tuple[int, str], int]:
    """(order, line) -> grams of one piece, where the platform told it."""
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        f"SELECT order_key, line_no, weight_g FROM order_lines WHERE weight_g > 0 AND {which}", listed
    ).fetchall()
    return {(key, line): int(weight) for key, line, weight in rows}


def title_of(cursor: Cursor, folded: str) -> str:
    """The title of whatever goods the code stands for, "" for none: of the master, else of any order's line."""
    row = cursor.execute(
        "SELECT coalesce(nullif(title, ''), sku) FROM products WHERE upper(sku) = ? OR upper(barcode) = ? LIMIT 1",
        [folded, folded],
    ).fetchone()
    if row is None:
        row = cursor.execute(
            "SELECT coalesce(nullif(l.title, ''), l.sku) FROM order_lines l WHERE upper(l.sku) = ? OR upper(l.barcode) = ? LIMIT 1",
            [folded, folded],
        ).fetchone()
    return str(row[0]) if row else ""


def bearer(cursor: Cursor, waybill: str, keys: Sequence[int]) -> str:
    """The number of another order that has this waybill already; "" for none."""
    mine, listed = among(cursor, keys)
    row = cursor.execute(
        f"SELECT platform_no FROM orders WHERE tracking_no = ? AND NOT {mine} AND status <> 'CANCELLED' UNION ALL "
        "SELECT p.platform_no FROM packings p JOIN packing_orders x ON x.packing_id = p.packing_id WHERE p.tracking_no = ? "
        f"AND p.state = '{PACKED}' LIMIT 1",
        [waybill, *listed, waybill],
    ).fetchone()
    return str(row[0]) if row else ""


def start(
    cursor: Cursor, packing_id: str, subject: Subject, parcel_no: int | None, account: str, orders: Sequence[int]
) -> None:
    """A packer begins a parcel."""
    now = clock.now()
    cursor.execute(
        f"INSERT INTO packings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '{OPEN}', ?, '{{}}', NULL, NULL, '', '', '', ?, NULL, ?, '[]')",
        [packing_id, subject.order_key, parcel_no, subject.slip_no, subject.platform_no, subject.channel, subject.shop,
         subject.warehouse, account, now, now],
    )  # fmt: skip
    cursor.execute("INSERT INTO packing_orders SELECT ?, unnest(?::BIGINT[])", [packing_id, list(orders)])


def change(cursor: Cursor, packing_id: str, **values: Any) -> None:
    """Set columns of a parcel at the desk; `scanned` as a mapping, `items` as a list."""
    for name in ("scanned", "items"):
        if name in values:
            values[name] = json.dumps(values[name], ensure_ascii=False)
    sets = ", ".join(f"{name} = ${name}" for name in values)
    cursor.execute(
        f"UPDATE packings SET {sets}, changed_at = $now WHERE packing_id = $packing",
        {**values, "now": clock.now(), "packing": packing_id},
    )


def note(cursor: Cursor, packing_id: str, order_key: int | None, account: str, code: str, answer: str) -> None:
    """Keep a scan with its answer."""
    cursor.execute(
        "INSERT INTO packing_scans VALUES (?, ?, ?, ?, ?, ?)",
        [packing_id, order_key, account, code[:100], answer, clock.now()],
    )


def set_waybill(cursor: Cursor, keys: Sequence[int], courier: str, waybill: str) -> None:
    """The orders learn courier and waybill; the first waybill of an order in several parcels stays."""
    which, listed = among(cursor, keys)
    cursor.execute(
        "UPDATE orders SET courier = coalesce(nullif(?, ''), courier), tracking_no = coalesce(nullif(tracking_no, ''), ?), "
        f"changed_at = ? WHERE {which}",
        [courier, waybill, clock.now(), *listed],
    )


def of(cursor: Cursor, packing_id: str) -> Packing | None:
    """A parcel at the desk."""
    rows = _read(cursor, "packing_id = ?", [packing_id])
    return rows[0] if rows else None


def of_orders(cursor: Cursor, keys: Sequence[int]) -> list[Packing]:
    """The parcels of these orders that are open or packed, the oldest first."""
    which, listed = among(cursor, keys)
    rows = cursor.execute(f"SELECT DISTINCT packing_id FROM packing_orders WHERE {which}", listed).fetchall()
    where, mine = _one_of("packing_id", [row[0] for row in rows])
    return _read(cursor, f"state <> '{DROPPED}' AND {where}", mine) if rows else []


def open_of(cursor: Cursor, account: str) -> list[Packing]:
    """What a packer has open, the last touched first."""
    found = _read(cursor, f"state = '{OPEN}' AND account = ?", [account])
    return sorted(found, key=lambda packing: packing.changed_at, reverse=True)


def _read(cursor: Cursor, where: str, values: list[Any]) -> list[Packing]:
    # Two bare statements, sorted here: as one with a subquery and an order it takes five times as long to plan.
    rows = cursor.execute(f"SELECT {_COLUMNS} FROM packings WHERE {where}", values).fetchall()
    orders: dict[str, list[int]] = {row[0]: [] for row in rows}
    if rows:
        which, listed = _one_of("packing_id", list(orders))
        linked = cursor.execute(f"SELECT packing_id, order_key FROM packing_orders WHERE {which}", listed)
        for packing_id, key in linked.fetchall():
            orders[packing_id].append(key)
    names = _COLUMNS.split(", ")
    found = sorted((dict(zip(names, row, strict=True)) for row in rows), key=itemgetter("opened_at", "packing_id"))
    for one in found:
        one["scanned"], one["items"] = json.loads(one["scanned"]), tuple(json.loads(one["items"] or "[]"))
        one["orders"] = tuple(orders[one["packing_id"]])
    return [Packing(**one) for one in found]


def _one_of(column: str, names: Sequence[str]) -> tuple[str, list[Any]]:
    """`column` is one of the names; of a few without a subquery, which takes longer to plan."""
    if 0 < len(names) <= _FEW:
        return f"{column} IN ({', '.join('?' * len(names))})", list(names)
    return f"{column} IN (SELECT unnest(?::VARCHAR[]))", [list(names)]


def rules(cursor: Cursor) -> str:
    """The rules of the desk as JSON."""
    row = cursor.execute("SELECT value FROM facts WHERE name = ?", [RULES]).fetchone()
    return str(row[0]) if row else "{}"


def latest(store: Store, since: datetime, *, account: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """Parcels packed since, the newest first, with the status of their order now."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT p.platform_no, p.slip_no, p.account, p.courier, p.tracking_no, p.weight_g, p.expected_g, p.packed_at, o.status, "
            "coalesce(o.held, false), p.order_key, p.parcel_no FROM packings p JOIN orders o ON o.order_key = p.order_key "
            f"WHERE p.state = '{PACKED}' AND p.packed_at >= ? AND (? = '' OR p.account = ?) ORDER BY p.packed_at DESC LIMIT ?",
            [since, account, account, limit],
        ).fetchall()
    names = (
        "platform_no",
        "slip_no",
        "account",
        "courier",
        "tracking_no",
        "weight_g",
        "expected_g",
        "packed_at",
        "status",
        "held",
        "order_key",
        "parcel_no",
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def tally(store: Store, since: datetime) -> dict[str, int]:
    """{"waiting", "open", "packed", "stuck"}: orders with a slip to pack, parcels open, packed since, packed but held."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT (SELECT count(*) FROM orders o JOIN slips s ON s.order_key = o.order_key AND s.state = 'made' "
            "WHERE o.status IN ('PICKING', 'LOGISTICS_ASSIGNED') AND NOT coalesce(o.held, false)), "
            f"(SELECT count(*) FROM packings WHERE state = '{OPEN}'), "
            f"(SELECT count(*) FROM packings WHERE state = '{PACKED}' AND packed_at >= ?), "
            "(SELECT count(*) FROM orders WHERE status = 'PACKED' AND coalesce(held, false))",
            [since],
        ).fetchone()
    return dict(zip(("waiting", "open", "packed", "stuck"), row or (0, 0, 0, 0), strict=True))
