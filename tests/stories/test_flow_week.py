"""Given a sandbox with all faults, when its orders walk through the starter flow and the process is killed with -9 on the
way, then every paid order without a refund has exactly one slip on paper, and no refunded one has any.

DANLIU_DAYS says how many days of shop life (1 by default), DANLIU_KILLS how often the flow is killed (4 by default).
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

from core.channels.sandbox import Sandbox
from core.model.refunds import CLOSED, REFUSED, state_of
from core.people.actor import person
from core.services import review
from core.settings import ROOT, load
from core.store import Store, open_store

DAYS, KILLS = int(os.environ.get("DANLIU_DAYS", "1")), int(os.environ.get("DANLIU_KILLS", "4"))
FAULTS = (
    "duplicates", "late_updates", "shuffled_pages", "rate_limit", "server_errors", "slow", "bad_json", "token_expiry",
    "timeout_after_success", "clock_skew",
)  # fmt: skip


def _config(folder: Path) -> str:
    path = folder / "config.toml"
    path.write_text(
        f'[store]\nurl = "duckdb:{folder / "s.duckdb"}"\n[secrets]\nkey_file = "{folder / "key"}"\n', encoding="utf-8"
    )
    return str(path)


def _begin(config: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "core", *words, "--json", "--config", config]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _run(config: str, *words: str) -> dict[str, Any]:
    process = _begin(config, *words)
    said, _err = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return json.loads(said)


def _kill(config: str, seconds: float) -> None:
    """Begin to let orders walk, and kill it -9 that many seconds after it has begun to write."""
    log = Path(config).with_name("s.duckdb.wal")
    process, before = _begin(config, "run-flow"), log.stat().st_size if log.exists() else 0
    while process.poll() is None and (not log.exists() or log.stat().st_size == before):
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    process.communicate()


def _stopped(order: dict[str, Any]) -> bool:
    words = (refund["refund_status"] for refund in order["refunds"])
    return any(state_of(order["channel"], word) not in (CLOSED, REFUSED) for word in words)


def _plenty(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute("UPDATE stock_levels SET on_hand = 1000000")
        cursor.execute(
            "INSERT INTO stock_levels SELECT w.warehouse, s.sku, 1000000, now(), now() FROM warehouses w, "
            "(SELECT sku FROM order_lines WHERE sku IS NOT NULL UNION SELECT sku FROM stock_levels UNION SELECT sku FROM bundle_components "
            "UNION SELECT sku FROM gift_stock) s WHERE NOT EXISTS (SELECT 1 FROM stock_levels k "
            "WHERE k.warehouse = w.warehouse AND k.sku = s.sku)"
        )


def _let_go(store: Store) -> None:
    lead = person("lena", "lead")
    waiting = [i.order_key for i in review.queue(lead, store, limit=5_000).items if not i.why_not]
    if waiting:
        review.release(lead, store, waiting, "story")


def test_every_paid_order_gets_its_one_slip_and_no_refunded_one_does(tmp_path: Path) -> None:
    config, chance = _config(tmp_path), Random(5)
    with Sandbox(11, rate=0, days=DAYS, faults=FAULTS) as sandbox:
        _run(config, "demo", "--sandbox", sandbox.url)
        for _attempt in range(4):
            told = _run(config, "sync")
            if all(row["error"] is None for row in told["shops"]):
                break
        store = open_store(load(config))
        _plenty(store)
        store.close()
        for _kill_no in range(KILLS):
            _kill(config, chance.uniform(0.0, 0.5))
        _run(config, "run-flow")
        store = open_store(load(config))
        _let_go(store)
        store.close()
        _run(config, "run-flow")
        _check(load(config), sandbox.truth())


def _check(app: Any, truth: dict[str, Any]) -> None:
    store = open_store(app)
    try:
        with store.read() as cursor:
            known = {row[:3]: row[3:] for row in cursor.execute(
                "SELECT channel, shop, platform_no, status, coalesce(held_reasons, '[]') || coalesce((SELECT any_value(e.detail) FROM order_events e WHERE e.order_key = o.order_key AND e.reason = 'no_route' AND e.event = 'held'), '') FROM orders o").fetchall()}  # fmt: skip
            at = dict(cursor.execute("SELECT o.platform_no, t.node || ' ' || t.state || ' ' || t.reason || t.error FROM flow_tokens t JOIN orders o USING (order_key)").fetchall())  # fmt: skip
            slips = Counter(
                row[0] for row in cursor.execute("SELECT platform_no FROM slips WHERE state = 'made'").fetchall()
            )
            active = dict(cursor.execute(
                "SELECT o.platform_no, o.status FROM orders o WHERE EXISTS (SELECT 1 FROM reservations r WHERE r.order_key = o.order_key AND r.state = 'active')"
            ).fetchall())  # fmt: skip
    finally:
        store.close()
    printed = Counter(no for job in truth["prints"] for no in job["platform_nos"])
    keys = [job["key"] for job in truth["prints"]]
    orders = {(o["channel"], o["shop"], o["platform_no"]): o for o in truth["orders"]}
    paid = {key for key, o in orders.items() if o["status"] == "PAID" and not _stopped(o)}
    stopped = {key for key, o in orders.items() if _stopped(o)}
    by_platform = {key for key in paid if "platform_hold" in known[key][1]}
    assert len(paid) > 50
    assert {key: (known[key], at.get(key[2])) for key in paid - by_platform if slips[key[2]] != 1} == {}
    assert {key: (known[key], at.get(key[2])) for key in stopped | by_platform if slips[key[2]]} == {}
    assert set(slips.values()) == {1} and len(keys) == len(set(keys)), "a slip or a job was made twice"
    assert printed == slips
    assert {no for no, status in active.items() if status not in ("STOCK_LOCKED", "PICKING")} == set()
    assert {key[2] for key, row in known.items() if row[0] in ("STOCK_LOCKED", "PICKING")} == set(active)
