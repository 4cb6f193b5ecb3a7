"""Given a sandbox with all faults, when packed orders are dispatched while the sender is killed with -9 again and again, then
every one of them is confirmed to its platform exactly once, with our waybill, and none of the refunded ones is.

DANLIU_KILLS says how often the sender is killed (4 by default).
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from core.channels import deliver
from core.channels.sandbox import Sandbox
from core.channels.sandbox.faults import FAULTS
from core.channels.sandbox.orders import State
from core.flow import dispatching
from core.people.vault import open_vault
from core.settings import ROOT
from core.store import Store, open_store, outbox
from tests.stock.rooms import NOON, rows
from tests.stories.deliver_worker import settings

KILLS = int(os.environ.get("DANLIU_KILLS", "4"))
EACH = 25  # orders a shop


def pack(store: Store, box: Sandbox) -> tuple[dict[str, str], set[str]]:
    """Orders of the sandbox as packed parcels: platform_no -> waybill of those that may leave; numbers that may not."""
    packed, refused = dict[str, str](), set[str]()
    with store.write() as cursor:
        key = 0
        for shop in box.world.shops.values():
            ready = [o for o in shop.orders.values() if o.state is State.PAID and not o.refunds][:EACH]
            gone = [o for o in shop.orders.values() if o.state is State.REFUNDED][:3]
            for order in [*ready, *gone]:
                key += 1
                waybill = f"SF{key:010d}"
                cursor.execute(
                    "INSERT INTO orders (order_key, channel, shop, platform_no, status, courier, tracking_no, held, "
                    "held_reasons, paid_at, pool_at, changed_at) VALUES (?, ?, ?, ?, 'PACKED', 'SF', ?, false, '[]', ?, ?, ?)",
                    [key, shop.channel, shop.name, order.no, waybill, NOON, NOON, NOON],
                )
                if order in ready:
                    packed[order.no] = waybill
                else:
                    refused.add(order.no)
    for _twice in range(2):  # the station and the desk may both come to it
        with store.write() as cursor:
            dispatching.dispatch(cursor, store, list(range(1, key + 1)))
    return packed, refused


def begin(folder: Path, shops: list[dict[str, Any]]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.stories.deliver_worker", str(folder), json.dumps(shops)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def test_every_packed_order_is_confirmed_exactly_once_under_all_faults_and_kills(tmp_path: Path) -> None:
    chance = Random(7)
    with Sandbox(9, rate=0, days=1, faults=FAULTS, hang_seconds=0.5) as box:
        shops = box.shops()["shops"]
        app = settings(tmp_path, shops)
        store = open_store(app)
        packed, refused = pack(store, box)
        store.close()
        for _kill in range(KILLS):
            process = begin(tmp_path, shops)
            time.sleep(chance.uniform(0.2, 1.2))
            process.kill()
            process.communicate()
        store, vault = open_store(app), open_vault(app)
        try:
            for _round in range(60):
                deliver.deliver(store, vault, app)
                if not outbox.is_waiting(store):
                    break
                with store.write() as cursor:
                    cursor.execute("UPDATE outbox SET next_at = '2020-01-01' WHERE state = 'waiting'")
            states = rows(store, "SELECT state, count(*) FROM outbox GROUP BY 1 ORDER BY 1")
            told = rows(
                store, "SELECT platform_no, count(*) FROM order_events WHERE event = 'dispatch_confirmed' GROUP BY 1"
            )
            held = {row[0] for row in rows(store, "SELECT platform_no FROM orders WHERE held")}
        finally:
            store.close()
        dispatches = box.truth()["dispatches"]
    assert len(packed) > 100 and refused
    assert states == [("dead", len(refused)), ("done", len(packed))]
    assert Counter(row["platform_no"] for row in dispatches) == dict.fromkeys(packed, 1)
    assert {row["platform_no"]: row["tracking_no"] for row in dispatches} == packed
    keys = [row["key"] for row in dispatches if row["key"]]
    assert len(keys) == len(set(keys))
    assert dict(told) == dict.fromkeys(packed, 1)
    assert held == refused  # with the platforms' words, at the review desk
