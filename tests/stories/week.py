"""A seller's days between a sandbox and the product's processes, which are killed; and what must be true in the end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from core import clock
from core.channels.sandbox import Sandbox
from core.channels.sandbox.orders import Order, Refund, Stage, State
from core.people.actor import person
from core.services import outbox as outbox_desk
from core.services import picking
from core.settings import ROOT, load
from core.store import Store, open_store, outbox
from core.store.outbox_desk import Narrowed
from tests.faults import laws
from tests.faults.warm import Warm
from tests.stories import week_worker
from tests.stories.test_flow_week import _config, _let_go, _plenty, _run

LEAD = person("lena", "lead")
TURNED_DOWN = (Stage.REFUSED, Stage.WITHDRAWN)


class Cold:
    """Starts a process of its own for every piece of work, as a person or a timer would."""

    def __init__(self, config: str, said: Path) -> None:
        self.config, self.said = config, said

    def begin(self, work: str, ahead: float) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.stories.week_worker", self.config, str(ahead), work]
        with self.said.open("wb") as out:
            return subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)

    def is_running(self, process: subprocess.Popen[bytes]) -> bool:
        return process.poll() is None

    def end(self, process: subprocess.Popen[bytes], *, kill: bool = False) -> int:
        if kill and process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        return process.wait(900)

    def close(self) -> None:
        """Nothing is kept."""


class Week:
    """The shops' life, the product's processes, and the person between them."""

    def __init__(self, folder: Path, box: Sandbox, chance: Random, *, warm: bool = False) -> None:
        self.config, self.box, self.chance = _config(folder), box, chance
        self.house: Any = Warm(self.config, folder / "said") if warm else Cold(self.config, folder / "said")
        self.ahead = timedelta(0)
        self.lasts: dict[str, float] = dict.fromkeys(
            week_worker.WORK, 1.0
        )  # seconds an undisturbed one took from its first write
        self.killed: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()  # keys of print jobs whose last byte came out of the printer
        take = box.printer.take
        box.printer.take = lambda received: (self._look(received), take(received))[1]  # type: ignore[method-assign]

    def _look(self, received: bytes) -> None:
        if b"@PJL EOJ NAME=" in received:
            self.whole[received.split(b'@PJL JOB NAME="', 1)[1].split(b'"', 1)[0].decode()] += 1

    @contextmanager
    def at(self, ahead: timedelta, *, living: bool = True) -> Iterator[None]:
        """The shops live up to that instant, then stand still while the house works."""
        with clock.ahead(ahead):
            if living:
                self.box.world.paused = False
                self.box.truth()
            self.box.world.paused, self.ahead = True, ahead
            yield

    def kill(self, work: str, *, early: bool = False) -> None:
        """Kill it -9 some time after it has begun to write, or (early) at any moment of its life."""
        began = time.monotonic()
        process = self.house.begin(work, self.ahead.total_seconds())
        if early or self._wrote(process):
            wait = self.chance.uniform(0.0, self.lasts[work])
            begun = began if early else time.monotonic()
            while self.house.is_running(process) and time.monotonic() - begun < wait:
                time.sleep(0.002)
            self.killed[work] += int(self.house.is_running(process))
        self.house.end(process, kill=True)

    def do(self, work: str, kills: int = 0) -> str:
        """Do it, killed that often on the way; what it said."""
        for _kill in range(kills):
            self.kill(work)
        process = self.house.begin(work, self.ahead.total_seconds())
        wrote, begun = self._wrote(process), time.monotonic()
        status = self.house.end(process)
        said = self.house.said.read_text(encoding="utf-8")
        assert status == 0, (work, status, said[-3000:])
        if wrote:
            self.lasts[work] = time.monotonic() - begun
        return said

    def _wrote(self, process: Any) -> bool:
        """Wait for its first write; whether there was one before its end."""
        log = Path(self.config).with_name("s.duckdb.wal")
        before = log.stat().st_size if log.exists() else 0
        while self.house.is_running(process):
            if log.exists() and log.stat().st_size != before:
                return True
            time.sleep(0.002)
        return False

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = open_store(load(self.config))
        try:
            yield opened
        finally:
            opened.close()

    def decide(self) -> None:
        """What persons do: release held orders, look at the printer, settle what platforms refused."""
        with self.store() as store:
            _let_go(store)
            for job in picking.jobs(LEAD, store, states=["unknown"], limit=500):
                picking.settle(LEAD, store, job.job_key, came_out=self.whole[job.job_key] > 0)
            rows, _total = outbox_desk.page(LEAD, store, Narrowed(state=outbox.DEAD), limit=1_000)
            for row in rows:
                gone = row.kind == "dispatch" and not self._may_go(row.subject)
                if gone:  # somebody shipped it by hand, or its money went back: the parcel stays here
                    outbox_desk.ignore(LEAD, store, [row.outbox_id], "seen on the platform")
                else:
                    outbox_desk.retry(LEAD, store, [row.outbox_id], "again")

    def _may_go(self, number: str) -> bool:
        return self.order(number).state in (State.PAID, State.HELD, State.PART)

    def order(self, number: str) -> Order:
        return next(shop.orders[number] for shop in self.box.world.shops.values() if number in shop.orders)

    def shift(self, plan: list[str]) -> None:
        """Half a day's work; `plan` says what is killed in it, and how often."""
        often = Counter(plan)
        self.do("sync", often["sync"])
        self.do("run-flow", often["run-flow"])
        self.decide()
        self.do("run-flow")
        self.decide()
        self.do("pack", often["pack"])
        self.do("run-flow", often["run-flow 2"])
        self.do("deliver", often["deliver"])
        self.decide()

    def open(self) -> None:
        """Fill the store from the sandbox, with more pieces than anybody buys."""
        with self.at(timedelta(0)):
            _run(self.config, "demo", "--sandbox", self.box.url)
            with self.store() as store:
                _plenty(store)

    def calm(self) -> None:
        """The storm is over, the shops stand still: what it left is cleared away, then everything must be true."""
        self.box.faults.names = frozenset()
        for _round in range(3):
            with self.at(self.ahead + timedelta(minutes=10), living=False):
                self.shift([])
        with self.at(self.ahead, living=False):
            told = json.loads(self.do("sync").splitlines()[-1])
            failed = {row["shop"]: row["error"] for row in told["shops"] if row["error"]}
            assert failed == {}, failed
            self.do("run-flow")
            check(self)


def check(week: Week) -> None:
    truth = week.box.truth()
    with week.store() as store:
        assert laws.broken(store) == {}
        _equal(store, truth)
        _left_once(week, store, truth)
        _printed_once(week, store, truth)
        assert not outbox.is_waiting(store)


def _equal(store: Store, truth: dict[str, Any]) -> None:
    """The pool knows what the platforms know."""
    with store.read() as cursor:
        orders = cursor.execute(
            "SELECT channel, shop, platform_no, platform_status, paid_fen, paid_at FROM orders"
        ).fetchall()
        lines = cursor.execute(
            "SELECT channel, shop, platform_no, line_no, sku, qty FROM order_lines WHERE granted_by IS NULL"
        ).fetchall()
        refunds = cursor.execute(
            "SELECT channel, shop, platform_no, refund_no, coalesce(line_no, ''), refund_status, refund_fen FROM refunds"
        ).fetchall()
        rejects = cursor.execute("SELECT * FROM rejects WHERE state = 'waiting'").fetchall()
    wanted = [(o["channel"], o["shop"], o["platform_no"], o) for o in truth["orders"]]
    paid = {(*key, o["platform_status"], o["paid_fen"], _instant(o["paid_at"])) for *key, o in wanted}
    sold = {(*key, row["line_no"], row["sku"], row["qty"]) for *key, o in wanted for row in o["lines"]}
    back = {
        (*key, row["refund_no"], row["line_no"] or "", row["refund_status"], row["refund_fen"])
        for *key, o in wanted
        for row in o["refunds"]
    }
    for known, there in ((orders, paid), (lines, sold), (refunds, back)):
        assert len(known) == len(set(known)), "something is in the pool twice"
        assert (sorted(there - set(known))[:5], sorted(set(known) - there)[:5]) == ([], [])
    assert rejects == []


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _left_once(week: Week, store: Store, truth: dict[str, Any]) -> None:
    with store.read() as cursor:
        packed = dict(
            cursor.execute(
                "SELECT o.platform_no, p.tracking_no FROM packings p JOIN packing_orders USING (packing_id) "
                "JOIN orders o ON o.order_key = packing_orders.order_key WHERE p.state = 'packed'"
            ).fetchall()
        )
        rows = cursor.execute(
            "SELECT o.platform_no, o.status, o.held_reasons, t.node || ' ' || t.state || ' ' || t.reason || coalesce(t.error, '') "
            "FROM orders o LEFT JOIN flow_tokens t USING (order_key)"
        ).fetchall()
        told = {
            row[0]
            for row in cursor.execute(
                "SELECT platform_no FROM order_events WHERE event = 'dispatch_confirmed'"
            ).fetchall()
        }
    known = {row[0]: row[1:] for row in rows}
    sent = Counter(row["platform_no"] for row in truth["dispatches"])
    assert set(sent.values()) == {1}
    assert {row["platform_no"]: row["tracking_no"] for row in truth["dispatches"]}.items() <= packed.items()
    assert told >= set(sent)
    keys = [row["key"] for row in truth["dispatches"] if row["key"]]
    assert len(keys) == len(set(keys))
    orders = [order for shop in week.box.world.shops.values() for order in shop.orders.values()]
    stay = {o.no: known.get(o.no) for o in orders if o.state is State.PAID and not _open(o) and o.no not in sent}
    assert stay == {}, "these should have left the house"
    when = {row["platform_no"]: _instant(row["received_at"]) for row in truth["dispatches"]}
    wrong = {o.no: known[o.no] for o in orders if o.no in sent and _was_open(o, when[o.no])}
    assert wrong == {}, "these left in spite of a refund"
    assert len(sent) > 10, "too few to prove anything"


def _open(order: Order) -> bool:
    return any(refund.stage not in TURNED_DOWN for refund in order.refunds)


def _was_open(order: Order, sent_at: datetime | None) -> bool:
    """Whether a refund stood against the order when it was sent: asked for before, and not turned down before."""
    assert sent_at is not None

    def stood(refund: Refund) -> bool:
        asked, answered = refund.created, refund.answered_at
        if asked > sent_at.timestamp():
            return False
        turned_down = refund.stage in TURNED_DOWN and answered is not None
        return not (turned_down and answered <= sent_at.timestamp())

    return any(stood(refund) for refund in order.refunds)


def _printed_once(week: Week, store: Store, truth: dict[str, Any]) -> None:
    with store.read() as cursor:
        jobs = {
            row[0]: json.loads(row[1]) for row in cursor.execute("SELECT job_key, slips FROM print_jobs").fetchall()
        }
        made = {row[0] for row in cursor.execute("SELECT slip_no FROM slips WHERE state = 'made'").fetchall()}
        doubts = cursor.execute(
            "SELECT job_key, state FROM print_jobs WHERE state NOT IN ('printed', 'failed', 'void')"
        ).fetchall()
    assert doubts == []
    assert set(week.whole) <= set(jobs) and set(week.whole.values()) == {1}, "a job was printed twice"
    sheets = Counter(slip for key in week.whole for slip in jobs[key])
    assert {slip for slip, often in sheets.items() if often > 1} == set(), "a slip came out twice"
    assert made <= set(sheets), "a slip never came out"
    assert {row["key"] for row in truth["prints"]} >= set(week.whole)
