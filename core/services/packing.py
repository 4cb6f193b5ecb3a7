"""The packing desk for persons: scans, weights and waybills, each answered at once; and what the desk has done today."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.errors import BadRequest
from core.flow import packing as desk
from core.flow.packing import Desk
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.store import Store, courier_codes, facts, packing
from core.store.packing import OPEN
from core.store.scoped import whole
from core.warehouse.answers import Answer, answer
from core.warehouse.packing import ITEMS, WAYBILL, Item, Parcel, Rules, folded

__all__ = ["ITEMS", "WAYBILL", "Answer", "Desk", "Item", "Parcel", "Rules"]
_REASON = 200
_AT_THE_DESK = (
    "counted",
    "all_in",
    "weighed",
    "weight_unchecked",
    "unknown_code",
    "wrong_item",
    "too_many",
    "weigh_first",
)
"""Answers that change the open parcel alone, which only the desk reads: the flow and the jobs need not look for them."""


def rules(actor: Actor, store: Store) -> Rules:
    """Whether parcels are weighed and how far off they may be."""
    require(actor, store, "outbound.update")
    with store.read() as cursor:
        return _rules(cursor)


def keep_rules(actor: Actor, store: Store, wanted: Rules) -> None:
    """Set them. BadRequest for a tolerance or box that cannot be meant."""
    require(actor, store, "warehouse.setup", "packing")
    if not (0 <= wanted.tolerance_g <= 5_000 and 0 <= wanted.tolerance_percent <= 50 and 0 <= wanted.box_g <= 10_000):
        raise BadRequest(
            N_("The tolerance is at most 5,000 g and 50 %, the box at most 10,000 g."), N_("Mend the numbers.")
        )
    with store.write() as cursor:
        facts.put(store, packing.RULES, json.dumps(asdict(wanted)))
        audit.record(cursor, actor, "packing.rules", "", **asdict(wanted))


def present(actor: Actor, store: Store) -> Desk | None:
    """The parcel that the packer has open, as after a reload of the page; None when there is none."""
    require(actor, store, "outbound.update")
    with store.read() as cursor:
        mine = next(iter(packing.open_of(cursor, actor.account)), None)
        if mine is None:
            return None
        parcel = desk.parcel_of(mine, _rules(cursor))
    return Desk(answer("resumed", number=mine.platform_no, missing=parcel.missing), mine, parcel)


def scan(actor: Actor, store: Store, code: str, *, packing_id: str = "", warehouse: str = "") -> Desk:
    """Something was scanned or typed: a slip when nothing is open, else a piece, a weight or a waybill. Never raises for
    what is wrong with the code: that is the answer."""
    require(actor, store, "outbound.update")
    code = code.strip()
    if not code:
        return _shown(actor, store, packing_id, answer("unknown_code", code=""))
    if packing_id:
        _within(actor, store, packing_id, "packing.scan")
        with store.write() as cursor:
            done = desk.go_on(cursor, store, packing_id, code, actor.account, _rules(cursor))
            _note(cursor, actor, code, done, packing_id)
            if done.answer.kind in _AT_THE_DESK:
                store.keep_quiet()
        return _without_others(actor, store, done)
    return _begin(actor, store, code, warehouse=warehouse)


def take_over(actor: Actor, store: Store, code: str) -> Desk:
    """Go on with a parcel that somebody else has open; they are told at their next scan."""
    require(actor, store, "outbound.update", code)
    return _begin(actor, store, code, take_over=True)


def accept_weight(actor: Actor, store: Store, packing_id: str, why: str) -> Desk:
    """The weight is right all the same. BadRequest without a reason."""
    require(actor, store, "outbound.update", packing_id)
    if not why.strip():
        raise BadRequest(N_("Say why the weight is right."), N_("For example: a sturdier box."))
    _within(actor, store, packing_id, "packing.accept_weight")
    with store.write() as cursor:
        done = desk.accept_weight(cursor, packing_id, why.strip()[:_REASON], actor.account, _rules(cursor))
        if done.packing is not None:
            audit.record(
                cursor, actor, "packing.weight", done.packing.platform_no, weight_g=done.packing.weight_g,
                expected_g=done.packing.expected_g, why=why.strip()[:_REASON],
            )  # fmt: skip
        _note(cursor, actor, "", done, packing_id)
    return done


def put_aside(actor: Actor, store: Store, packing_id: str) -> Desk:
    """Leave the parcel for later; what was scanned is kept."""
    require(actor, store, "outbound.update", packing_id)
    _within(actor, store, packing_id, "packing.put_aside")
    with store.write() as cursor:
        done = desk.put_aside(cursor, packing_id, actor.account)
        _note(cursor, actor, "", done, packing_id)
    return done


def start_over(actor: Actor, store: Store, packing_id: str) -> Desk:
    """Scan everything again."""
    require(actor, store, "outbound.update", packing_id)
    _within(actor, store, packing_id, "packing.start_over")
    with store.write() as cursor:
        done = desk.start_over(cursor, packing_id, actor.account, _rules(cursor))
        _note(cursor, actor, "", done, packing_id)
    return done


def choose_courier(actor: Actor, store: Store, packing_id: str, courier: str) -> Desk:
    """Say whose waybill the parcel gets, where routing has not."""
    require(actor, store, "outbound.update", packing_id)
    if not courier.strip():
        raise BadRequest(N_("The order has no courier"), N_("Choose the courier, then scan the waybill."))
    _within(actor, store, packing_id, "packing.choose_courier")
    with store.write() as cursor:
        done = desk.choose_courier(cursor, packing_id, courier.strip(), actor.account, _rules(cursor))
        _note(cursor, actor, courier, done, packing_id)
    return done


def couriers(actor: Actor, store: Store) -> dict[str, str]:
    """Our code -> name of the couriers that may be chosen."""
    require(actor, store, "outbound.update")
    with store.read() as cursor:
        return {each.courier: each.title or each.courier for each in courier_codes.couriers(cursor) if each.active}


def today(actor: Actor, store: Store, zone: str) -> Mapping[str, int]:
    """{"waiting", "open", "packed", "stuck"} of this business day."""
    require(actor, store, "outbound.update")
    return packing.tally(store, _morning(zone))


def packed(actor: Actor, store: Store, zone: str, *, mine_only: bool = False, limit: int = 50) -> list[dict[str, Any]]:
    """Parcels packed today, the newest first."""
    require(actor, store, "outbound.update")
    return packing.latest(store, _morning(zone), account=actor.account if mine_only else "", limit=limit)


def _begin(actor: Actor, store: Store, code: str, *, warehouse: str = "", take_over: bool = False) -> Desk:
    with store.read() as cursor:  # narrowed to what the actor sees
        keys = packing.matching(cursor, code, folded(code))
    group: list[int] = []
    if actor.scope.narrows and keys:  # those that travel in the same parcel are opened with it
        with whole(store).read() as cursor:
            group = packing.together(cursor, keys[0])
    within(actor, store, [*keys, *group], "packing.scan")
    with store.write() as cursor:
        done = desk.begin(cursor, keys, code, actor.account, _rules(cursor), warehouse=warehouse, take_over=take_over)
        if take_over and done.packing is not None:
            audit.record(cursor, actor, "packing.take_over", done.packing.platform_no)
        _note(cursor, actor, code, done, done.packing.packing_id if done.packing else "", keys[0] if keys else None)
    return done


def _within(actor: Actor, store: Store, packing_id: str, action: str) -> None:
    """Pass when the actor sees all orders of the parcel (or it does not exist: the desk says so)."""
    if actor.scope.narrows:
        with whole(store).read() as cursor:
            mine = packing.of(cursor, packing_id)
        within(actor, store, mine.orders if mine else (), action)


def _without_others(actor: Actor, store: Store, done: Desk) -> Desk:
    """The answer without the number of an order that the actor does not see."""
    if not actor.scope.narrows or done.answer.kind != "waybill_used":
        return done
    with store.read() as cursor:
        if packing.matching(cursor, str(done.answer.values["number"]), str(done.answer.values["number"])):
            return done
    return replace(done, answer=answer("waybill_used", **{**done.answer.values, "number": "-"}))


def _note(cursor: Any, actor: Actor, code: str, done: Desk, packing_id: str, key: int | None = None) -> None:
    order_key = done.packing.order_key if done.packing else key
    packing.note(cursor, packing_id, order_key, actor.account, code, done.answer.kind)


def _shown(actor: Actor, store: Store, packing_id: str, said: Answer) -> Desk:
    """The answer with what is open now."""
    if not packing_id:
        return Desk(said)
    with store.read() as cursor:
        mine = packing.of(cursor, packing_id)
        if mine is None or mine.state != OPEN or mine.account != actor.account:
            return Desk(said)
        return Desk(said, mine, desk.parcel_of(mine, _rules(cursor)))


def _rules(cursor: Any) -> Rules:
    return Rules(**json.loads(packing.rules(cursor)))


def _morning(zone: str) -> datetime:
    place = ZoneInfo(zone)
    return datetime.combine(clock.now().astimezone(place).date(), time(0), place)
