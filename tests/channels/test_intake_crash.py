"""Killed with -9 in the middle of its work, a store comes back whole: every batch is in it completely or not at all."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from core.channels.intake import Batch, take_in
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, cursors, open_store, raw
from tests.channels.intake_worker import bodies
from tests.payloads import one, pool, publish

ROOT = Path(__file__).resolve().parents[2]
BATCHES, KILLS = 14, 3


def _run(settings: Settings, first: int, *, kill_after: float | None) -> None:
    """Run the worker; with `kill_after` kill it that many seconds after its first finished batch."""
    command = [sys.executable, "-m", "tests.channels.intake_worker", settings.store_url, str(settings.key_file)]
    worker = subprocess.Popen(
        [*command, str(first), str(BATCHES)], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert worker.stdout is not None
    if kill_after is not None and worker.stdout.readline():
        time.sleep(kill_after)
        worker.send_signal(signal.SIGKILL)
    worker.stdout.read()
    worker.stdout.close()
    worker.wait()
    assert kill_after is not None or worker.returncode == 0


def _whole(store: Store, settings: Settings) -> None:
    """The store holds whole batches only, and its cursor is the one of the last of them."""
    reached = cursors.get(store, "other", "s", "orders")
    done = reached.minute + 1 if reached else 0
    assert one(store, "SELECT count(*) FROM raw_batches") == done
    assert one(store, "SELECT count(*) FROM orders") == (done + 1) * 20 * (done > 0)
    assert one(store, "SELECT count(*) FROM order_lines") == 2 * one(store, "SELECT count(*) FROM orders")
    assert one(store, "SELECT count(*) FROM order_persons") == one(store, "SELECT count(*) FROM orders")
    assert one(store, "SELECT count(*) FROM order_events WHERE event = 'order_received'") == one(
        store, "SELECT count(*) FROM orders"
    )
    vault = open_vault(settings)
    with store.read() as cursor:
        for (batch_id,) in cursor.execute("SELECT batch_id FROM raw_batches").fetchall():
            assert len(raw.bodies(store, vault.open, batch_id)) == 40


def test_a_store_killed_while_taking_in_comes_back_complete(settings: Settings, tmp_path: Path) -> None:
    store = open_store(settings)
    publish(store)
    store.close()
    chance = random.Random(5)
    for _ in range(KILLS):
        store = open_store(settings)
        reached = cursors.get(store, "other", "s", "orders")
        store.close()
        _run(settings, reached.minute + 1 if reached else 0, kill_after=chance.uniform(0.0, 0.4))
        store = open_store(settings)
        _whole(store, settings)
        store.close()
    _run(settings, 0, kill_after=None)
    store = open_store(settings)
    _whole(store, settings)
    other = open_store(replace(settings, store_url=f"duckdb:{tmp_path / 'straight.duckdb'}"))
    publish(other)
    for batch in range(BATCHES):
        take_in(other, open_vault(settings), Batch("other", "s", "orders", "pull", bodies(batch)))
    assert pool(store) == pool(other)
    other.close()
    store.close()
