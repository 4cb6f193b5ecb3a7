"""Given orders packed into several parcels on every platform, with all faults, when they leave, then each platform hears of
every waybill exactly once in its own way: with the parcel's lines, all in one call, or added to the first."""

import json
from collections import Counter
from pathlib import Path

from core.channels import deliver
from core.channels.outgoing import dispatch
from core.channels.sandbox import Sandbox
from core.channels.sandbox.faults import FAULTS
from core.channels.sandbox.orders import Order, State
from core.channels.sandbox.vocabulary import line_no
from core.flow import dispatching
from core.people.vault import open_vault
from core.store import Cursor, Store, open_store, outbox, parcel_tracks
from tests.stock.rooms import NOON, rows
from tests.stories.deliver_worker import settings

EACH = 3  # orders a shop


def pack(cursor: Cursor, key: int, channel: str, shop: str, order: Order) -> list[str]:
    """The order as it stands after the desk: its first line in one parcel, the others and a gift of ours in another, and a
    parcel of a gift alone where the platform needs lines."""
    waybills = [f"SF{key:08d}{part}" for part in range(1, 4)]
    cursor.execute(
        "INSERT INTO orders (order_key, channel, shop, platform_no, status, courier, tracking_no, held, held_reasons, paid_at, "
        "pool_at, changed_at) VALUES (?, ?, ?, ?, 'PACKED', 'SF', ?, false, '[]', ?, ?, ?)",
        [key, channel, shop, order.no, waybills[0], NOON, NOON, NOON],
    )
    told = {line.number: _ours(channel, order, line.number) for line in order.lines}
    for line in order.lines:
        cursor.execute(
            "INSERT INTO order_lines (order_key, channel, shop, platform_no, line_no, sku, qty) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [key, channel, shop, order.no, told[line.number], line.listing.sku.code, line.qty],
        )
    cursor.execute(
        "INSERT INTO order_lines (order_key, line_no, sku, qty, is_gift, granted_by) VALUES (?, 'gift-1', 'G', 1, true, 'p')",
        [key],
    )
    insides = [["gift-1"], [told[1]], [told[line.number] for line in order.lines[1:]]]
    qty = {told[line.number]: line.qty for line in order.lines}
    for number, (inside, waybill) in enumerate(zip(insides, waybills, strict=True), 1):
        items = [{"line": f"{key}/{line}", "qty": qty.get(line, 1)} for line in inside]
        cursor.execute(
            "INSERT INTO packings (packing_id, order_key, parcel_no, platform_no, state, courier, tracking_no, packed_at, items) "
            "VALUES (?, ?, ?, ?, 'packed', ?, ?, ?, ?)",
            [f"{key}-{number}", key, number, order.no, "SF" if number < 3 else "ZTO", waybill, NOON, json.dumps(items)],
        )
    return waybills


def _ours(channel: str, order: Order, number: int) -> str:
    """The line's number as the mapping of the channel makes it."""
    if channel == "wechat":
        return f"{order.lines[number - 1].listing.sku.code}-{number}"
    return line_no(channel, order, number)


def leave(store: Store, box: Sandbox) -> dict[str, tuple[str, list[str]]]:
    """platform_no -> (channel, waybills) of the orders that have left."""
    packed, keys = dict[str, tuple[str, list[str]]](), list[int]()
    with store.write() as cursor:
        for shop in box.world.shops.values():
            ready = [
                o
                for o in shop.orders.values()
                if o.state is State.PAID
                and not o.refunds
                and len({line.listing.sku.code for line in o.lines}) == len(o.lines) > 1
            ]
            for order in ready[:EACH]:
                keys.append(len(keys) + 1)
                packed[order.no] = (shop.channel, pack(cursor, keys[-1], shop.channel, shop.name, order))
    for _twice in range(2):
        with store.write() as cursor:
            dispatching.dispatch(cursor, store, keys)
    return packed


def test_every_parcel_of_an_order_is_told_once_as_its_platform_wants_it(tmp_path: Path) -> None:
    with Sandbox(9, rate=0, days=1, faults=FAULTS, hang_seconds=0.3) as box:
        app = settings(tmp_path, box.shops()["shops"])
        store, vault = open_store(app), open_vault(app)
        try:
            packed = leave(store, box)
            for _round in range(60):
                deliver.deliver(store, vault, app)
                if not outbox.is_waiting(store):
                    break
                with store.write() as cursor:
                    cursor.execute("UPDATE outbox SET next_at = '2020-01-01' WHERE state = 'waiting'")
            with store.write() as cursor:  # the machine of a slow test may have made some wait for a person
                assert parcel_tracks.register(cursor, NOON) == 3 * len(packed)
            states = rows(store, "SELECT state, count(*) FROM outbox GROUP BY 1")
            events = rows(store, "SELECT count(*) FROM order_events WHERE event = 'dispatch_confirmed'")
            answers = dict(rows(store, "SELECT body->>'tracking_no', answer FROM outbox"))
        finally:
            store.close()
        dispatches = box.truth()["dispatches"]
        orders = {o.no: o for shop in box.world.shops.values() for o in shop.orders.values() if o.no in packed}
    channels = Counter(channel for channel, _waybills in packed.values())
    assert set(channels) == {"taobao", "jd", "doudian", "pinduoduo", "wechat"}
    assert states == [("done", 3 * len(packed))] and events == [(len(packed),)]
    heard = Counter((row["platform_no"], row["tracking_no"]) for row in dispatches)
    assert set(heard.values()) == {1}
    for number, (channel, waybills) in packed.items():
        order, mine = orders[number], {waybill for (no, waybill) in heard if no == number}
        assert order.state is State.SHIPPED
        gift, first, rest = waybills
        if channel in ("jd", "pinduoduo"):  # waybills without lines: that of the gift as well
            assert mine == set(waybills)
            continue
        assert mine == {first, rest} and answers[gift] == dispatch.NOT_TOLD
        inside = {parcel.tracking_no: parcel.lines for parcel in order.parcels}
        assert inside == {first: (1,), rest: tuple(line.number for line in order.lines[1:])}
