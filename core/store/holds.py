"""Holds: a flag beside the status with typed reasons. Adding and lifting are sets, each with its event.

`orders.held_reasons` is a JSON list of reason words; `held` says whether it has any. A reason is never added twice, and
lifting one leaves the others.
"""

import json
from collections.abc import Sequence

from core import clock
from core.errors import BadRequest
from core.i18n import N_
from core.store.listed import among
from core.store.store import Cursor

REASONS = {
    "platform_hold": N_("Held by the platform"),
    "risk_freeze": N_("Frozen by risk rules"),
    "risk_review": N_("For review by risk rules"),
    "over_limit": N_("Over the purchase limit"),
    "gift_short": N_("Gift out of stock"),
    "refund_open": N_("Refund requested"),
    "no_stock": N_("Out of stock"),
    "no_route": N_("No warehouse found"),
    "approval": N_("Waits for approval"),
    "review": N_("For review by the flow"),
    "bad_address": N_("Address to be clarified"),
    "person": N_("Held by a person"),
    "dispatch_refused": N_("Dispatch refused by the platform"),
    "courier_unknown": N_("Courier unknown to the platform"),
}


def add(cursor: Cursor, order_keys: Sequence[int], reason: str, *, actor: str, why: str = "") -> list[int]:
    """Hold the orders that do not have the reason yet, with an event each; returns their keys."""
    _known(reason)
    which, listed = among(cursor, order_keys)
    wanting = cursor.execute(  # a read goes over a large pool at once; an update does not
        f"SELECT order_key FROM orders WHERE {which} AND NOT contains(coalesce(held_reasons, '[]'), '\"' || ? || '\"')",
        [*listed, reason],
    ).fetchall()
    if not wanting:
        return []
    cursor.execute(
        "UPDATE orders SET held = true, held_reasons = "
        "CASE WHEN coalesce(held_reasons, '[]') = '[]' THEN '[\"' || ? || '\"]' ELSE left(held_reasons, length(held_reasons) - 1) || ',\"' || ? || '\"]' END, changed_at = ? "
        f"WHERE {which} AND NOT contains(coalesce(held_reasons, '[]'), '\"' || ? || '\"')",
        [reason, reason, clock.now(), *listed, reason],
    )
    keys = [row[0] for row in wanting]
    _events(cursor, keys, "held", reason, actor, why)
    return keys


def lift(cursor: Cursor, order_keys: Sequence[int], reason: str, *, actor: str, why: str = "") -> list[int]:
    """Take the reason away from the orders that have it, with an event each; returns their keys."""
    _known(reason)
    having = "contains(coalesce(held_reasons, '[]'), '\"' || ? || '\"')"
    which, listed = among(cursor, order_keys)
    holding = cursor.execute(f"SELECT order_key FROM orders WHERE {which} AND {having}", [*listed, reason]).fetchall()
    if not holding:
        return []
    which, listed = among(cursor, [row[0] for row in holding])
    cursor.execute(
        "UPDATE orders SET held_reasons = to_json(list_filter(from_json(held_reasons, '[\"VARCHAR\"]'), lambda r: r <> ?)), "
        "held = len(list_filter(from_json(held_reasons, '[\"VARCHAR\"]'), lambda r: r <> ?)) > 0, changed_at = ? "
        f"WHERE {which} AND {having}",
        [reason, reason, clock.now(), *listed, reason],
    )
    keys = [row[0] for row in holding]
    _events(cursor, keys, "released", reason, actor, why)
    return keys


def _known(reason: str) -> None:
    if reason not in REASONS:
        raise BadRequest(N_("There is no hold reason {reason}."), N_("Use one of the list."), reason=reason)


def _events(cursor: Cursor, keys: Sequence[int], event: str, reason: str, actor: str, why: str) -> None:
    if keys:
        which, listed = among(cursor, keys)
        cursor.execute(
            "INSERT INTO order_events SELECT order_key, channel, shop, platform_no, ?, ?, ?, ?, ? FROM orders "
            f"WHERE {which}",
            [
                event,
                clock.now(),
                actor,
                reason,
                json.dumps({"why": why}, ensure_ascii=False) if why else None,
                *listed,
            ],
        )
