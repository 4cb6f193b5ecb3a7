"""Given days of shop life through sync and flow, or the order files of others, when the live board, the command `kpi` and
SQL written by hand over the events are asked the same, then they agree to the last digit.

DANLIU_DAYS says how many days of shop life (1 by default; 7 is the week), DANLIU_FILES=all imports the large file as well.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.channels.sandbox import Sandbox
from core.insight import live_board
from core.people.actor import person
from core.services import review, tickets
from core.settings import ROOT, load
from core.store import Store, open_store

DAYS = int(os.environ.get("DANLIU_DAYS", "1"))
FILES = {"tmall_order_report.csv": "taobao"}
if os.environ.get("DANLIU_FILES") == "all":
    FILES["online_retail.parquet"] = "other"
ZONE = "Asia/Shanghai"
_PEOPLE = "actor NOT IN ('platform', 'system', 'wms')"
_HANDS = "event IN ('order_picked', 'order_packed', 'order_weighed', 'order_shipped')"
# The words for money that has gone back, as each platform documents them; an order's payment is not awaited any more.
_PAID_BACK = (
    "(channel, refund_status) IN (('taobao', 'SUCCESS'), ('jd', '3'), ('jd', '6'), ('jd', '9'), ('doudian', '12'), "
    "('doudian', '14'), ('pinduoduo', '10'), ('wechat', 'MERCHANT_REFUND_SUCCESS'), ('wechat', 'MERCHANT_RETURN_SUCCESS'))"
)
_OPEN = "status IN ('PAID', 'STOCK_LOCKED', 'PICKING', 'LOGISTICS_ASSIGNED', 'PACKED')"


def _run(config: str, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "core", *words, "--json", "--config", config]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-500:]
    return json.loads(done.stdout)


def _config(folder: Path) -> str:
    path = folder / "config.toml"
    path.write_text(
        f'[store]\nurl = "duckdb:{folder / "s.duckdb"}"\nmemory = "1GB"\n[secrets]\nkey_file = "{folder / "key"}"\n',
        encoding="utf-8",
    )
    return str(path)


def by_hand(store: Store, since: str, until: str) -> dict[str, Any]:
    """The figures of the orders paid on these business days, out of the events: nothing of core.insight is used."""
    with store.read() as cursor:
        cursor.execute(f"SET TimeZone = '{ZONE}'")
        paid = "o.paid_at >= TIMESTAMPTZ '{} 00:00:00 Asia/Shanghai' AND o.paid_at < TIMESTAMPTZ '{} 00:00:00 Asia/Shanghai' + INTERVAL 1 DAY"
        paid = paid.format(since, until)
        own = "NOT coalesce(o.is_presale, false) AND o.deliver_on IS NULL"

        def ask(sql: str) -> tuple[Any, ...]:
            return cursor.execute(sql).fetchone() or ()

        slips = (
            "WITH slips AS (SELECT order_key, min(happened_at) AS at_ FROM order_events WHERE event = 'slip_made' GROUP BY order_key), "
            f"times AS (SELECT date_diff('microsecond', o.paid_at, s.at_) / 60e6 AS m FROM slips s JOIN orders o USING (order_key) WHERE {paid} AND {own} "
            "AND s.at_ >= o.paid_at AND s.at_ <= o.paid_at + INTERVAL 720 HOUR) "
        )
        p50, p90, mean, within, n = ask(
            slips + "SELECT round(quantile_cont(m, 0.5), 4), round(quantile_cont(m, 0.9), 4), round(avg(m), 4), "
            "round(avg(CASE WHEN m <= 30 THEN 1.0 ELSE 0.0 END), 6), count(*) FROM times"
        )
        (waiting,) = ask(
            f"SELECT count(*) FROM orders o WHERE {paid} AND {own} AND {_OPEN} AND shipped_at IS NULL "
            "AND order_key NOT IN (SELECT order_key FROM order_events WHERE event = 'slip_made') AND order_key NOT IN "
            f"(SELECT order_key FROM refunds WHERE {_PAID_BACK})"
        )
        shipped, touched = ask(
            "SELECT count(*), count(*) FILTER (order_key IN (SELECT e.order_key FROM order_events e JOIN orders p USING (order_key) "
            f"WHERE {_PEOPLE} AND NOT {_HANDS} AND e.happened_at BETWEEN p.paid_at AND p.shipped_at)) "
            f"FROM orders o WHERE {paid} AND shipped_at IS NOT NULL"
        )
        asked, every, crossed = ask(
            "SELECT count(*) FILTER (kind = 'order_progress'), count(*), count(*) FILTER (handovers > 0) FROM tickets o "
            f"WHERE {paid.replace('o.paid_at', 'o.opened_at')}"
        )
        days = ask(f"SELECT DATE '{until}' - DATE '{since}' + 1")[0]
        short, pieces = ask(
            "WITH short AS (SELECT DISTINCT order_key FROM order_events WHERE event = 'held' AND reason = 'no_stock') "
            "SELECT coalesce(sum(unit_count) FILTER (order_key IN (FROM short)), 0), coalesce(sum(unit_count), 0) FROM orders o "
            f"WHERE {paid} AND order_key IN (SELECT order_key FROM reservations UNION FROM short)"
        )
        return {
            "paid_to_slip_minutes": {"p50": p50, "p90": p90, "mean": mean, "within_30_share": within, "n": n, "open": waiting},
            "automation_rate": round(1 - touched / shipped, 6) if shipped else None,
            "order_inquiry_share": round(asked / every, 6) if every else None,
            "cross_team_tickets_per_day": round(crossed / days, 4) if every else None,
            "oversell_rate": round(float(short / pieces), 6) if pieces else None,
        }  # fmt: skip


def _agree(config: str) -> live_board.Board:
    """Ask all three; returns the board. The store is closed before `kpi`, a process of its own, opens it."""
    store = open_store(load(config))
    try:
        board = live_board.count(store, ZONE)
        day, first = board.day.isoformat(), board.week_from.isoformat()
        hand = {since: by_hand(store, since, day) for since in (day, first)}
        _state_agrees(store, board)
    finally:
        store.close()
    told = {since: _run(config, "kpi", "--from", since, "--to", day) for since in (day, first)}
    for since, figures in hand.items():
        assert {name: told[since][name] for name in figures} == figures
    assert board.today == told[day]["paid_to_slip_minutes"]
    assert board.week == told[first]
    return board


def _state_agrees(store: Store, board: live_board.Board) -> None:
    """What stands where: the board against the orders and the balance of their events."""
    with store.read() as cursor:
        statuses = dict(cursor.execute(f"SELECT status, count(*) FROM orders WHERE {_OPEN} GROUP BY status").fetchall())
        held = dict(
            cursor.execute(
                "SELECT reason, count(*) FROM (SELECT order_key, reason FROM order_events WHERE event IN ('held', 'released') "
                "GROUP BY order_key, reason HAVING sum(CASE event WHEN 'held' THEN 1 ELSE -1 END) > 0) GROUP BY reason"
            ).fetchall()
        )
        by_platform = cursor.execute(  # a platform's own hold comes with the payload and has no event of its own
            "SELECT count(*) FROM orders WHERE held_reasons LIKE '%\"platform_hold\"%'"
        ).fetchone()
        late = cursor.execute(f"SELECT count(*) FROM orders WHERE {_OPEN} AND ship_by < ?", [board.taken_at]).fetchone()
        hours = dict(
            cursor.execute(
                "SELECT hour(timezone('Asia/Shanghai', paid_at)), count(*) FROM orders "
                "WHERE timezone('Asia/Shanghai', paid_at)::DATE = ? GROUP BY 1",
                [board.day],
            ).fetchall()
        )
        stations = dict(
            cursor.execute("SELECT node, count(DISTINCT order_key) FROM flow_tokens GROUP BY node").fetchall()
        )
    assert {status: n for status, n in board.by_status.items() if n} == statuses
    assert {reason: n for reason, n in board.reasons.items() if reason != "platform_hold"} == held
    assert (board.reasons.get("platform_hold", 0),) == by_platform
    assert (board.late,) == late
    assert {hour.hour: hour.orders for hour in board.hours if hour.orders} == hours
    assert {station.node: station.orders for station in board.stations} == stations


def _work(store: Store) -> None:
    """What persons do: release what waits, answer questions, hand some over."""
    lead, mei = person("lena", "lead"), person("mei", "cs")
    waiting = [item.order_key for item in review.queue(lead, store, limit=5_000).items if not item.why_not]
    if waiting:
        review.release(lead, store, waiting[:500:2], "story")
    with store.read() as cursor:
        keys = [row[0] for row in cursor.execute("SELECT order_key FROM orders ORDER BY order_key LIMIT 9").fetchall()]
    for n, key in enumerate(keys):
        if n % 3:
            tickets.asked_for_progress(mei, store, key)
        else:
            tickets.open_ticket(mei, store, key, "wrong_item", "warehouse", "")


def test_board_kpi_and_sql_by_hand_agree_on_days_of_shop_life(tmp_path: Path) -> None:
    config = _config(tmp_path)
    with Sandbox(7, rate=0, days=DAYS) as sandbox:
        _run(config, "demo", "--sandbox", sandbox.url)
        _run(config, "sync")
        _run(config, "run-flow")
        store = open_store(load(config))
        _work(store)
        store.close()
        board = _agree(config)
    assert board.week["paid_to_slip_minutes"]["n"] > 20 and board.open > 20
    assert board.week["automation_rate"] is not None and board.week["order_inquiry_share"] == round(6 / 9, 6)


@pytest.mark.shared
def test_board_kpi_and_sql_by_hand_agree_on_order_files(tmp_path: Path, shared: Path) -> None:
    config = _config(tmp_path)
    for name, channel in FILES.items():
        told = _run(config, "import", str(shared / "data" / name), "--shop", channel, "--channel", channel)
        assert told["rejected"] == 0
    # The files are years old: without a period, and as of a day of theirs, the numbers must agree as well.
    store = open_store(load(config))
    try:
        with store.read() as cursor:
            (last,) = cursor.execute("SELECT max(paid_at) FROM orders").fetchone() or (None,)
            first, until, n = cursor.execute(
                "SELECT min(timezone('Asia/Shanghai', paid_at))::DATE::VARCHAR, max(timezone('Asia/Shanghai', paid_at))::DATE::VARCHAR, "
                "count(*) FROM orders WHERE paid_at IS NOT NULL"
            ).fetchone() or ("", "", 0)
        assert last is not None and n > 1000
        with clock.frozen(last):
            board = live_board.count(store, ZONE)
        _state_agrees(store, board)
        hand, week = by_hand(store, first, until), by_hand(store, board.week_from.isoformat(), board.day.isoformat())
    finally:
        store.close()
    told = _run(config, "kpi", "--from", first, "--to", until)
    assert {name: told[name] for name in hand} == hand
    assert {name: board.week[name] for name in week} == week
    assert told["paid_to_slip_minutes"]["open"] > 0
