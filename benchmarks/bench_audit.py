"""Search of the audit trail and look-up of an order among many rows: `python -m benchmarks.bench_audit [ROWS]`.

The trail is filled by one statement (its chain is not made: nothing here reads it). CPU is shared: the best of five.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from core import clock
from core.settings import Settings
from core.store import Store, audit_trail, open_store
from core.store.audit_trail import Wanted

ACTIONS = (
    "login",
    "logout",
    "orders.export",
    "person.open",
    "review.release",
    "orders.tag",
    "board.move",
    "tickets.open",
)


def fill(store: Store, rows: int) -> None:
    """A year of entries by 60 people, evenly, one of a thousand denied."""
    names = list(ACTIONS)
    part = 1_000_000
    for start in range(0, rows, part):
        with store.write() as cursor:
            cursor.execute(
                "INSERT INTO audit (happened_at, actor, role, action, subject, outcome, detail, seq, chain) "
                "SELECT ?::TIMESTAMPTZ + to_microseconds((i * 365.0 * 86400e6 / ?)::BIGINT), 'user' || (i * 7919 % 60), 'cs', "
                "(?::VARCHAR[])[1 + i * 31 % len(?)], ((i * 2654435761) % 9000000000000)::VARCHAR, "
                "CASE WHEN i % 1000 = 0 THEN 'denied' ELSE 'done' END, "
                "'{\"orders\": ' || (i % 97) || ', \"why\": \"called ' || (i % 1009) || '\"}', i + 1, md5(i::VARCHAR) "
                "FROM range(?, ?) t(i)",
                [clock.now() - timedelta(days=365), rows, names, names, start, min(start + part, rows)],
            )


def best(ask: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """(milliseconds of the quickest try, the answer)."""
    quickest, answer = 9e9, None
    for _try in range(times):
        begun = time.perf_counter()
        answer = ask()
        quickest = min(quickest, (time.perf_counter() - begun) * 1000)
    return quickest, answer


def main(rows: int) -> None:
    """Fill and ask; one line a question."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            store_url=f"duckdb:{Path(folder) / 'audit.duckdb'}", key_file=Path(folder) / "key", demo=False
        )
        store = open_store(settings)
        fill(store, rows)
        now = clock.now()
        with store.read() as cursor:
            row = cursor.execute("SELECT subject FROM audit WHERE seq = ?", [rows // 3]).fetchone()
        subject = row[0] if row else ""
        questions = {
            "newest": Wanted(),
            "one person": Wanted(actor="user7"),
            "denied": Wanted(outcome="denied"),
            "two actions in a week": Wanted(
                actions=("person.open", "orders.export"),
                since=now - timedelta(days=100),
                until=now - timedelta(days=93),
            ),
            "an order number": Wanted(text=subject),
            "words of the detail": Wanted(text="called 77"),
            "words that are nowhere": Wanted(text="nowhere at all"),
            "words in a month": Wanted(
                text="called 77", since=now - timedelta(days=60), until=now - timedelta(days=30)
            ),
        }
        for name, wanted in questions.items():
            took, (found, total) = best(lambda w=wanted: audit_trail.page(store, w, start=0, limit=50))
            print(f"{name}: {took:.0f} ms, {len(found)} of {total:,}")
        took, (actors, actions) = best(lambda: audit_trail.choices(store))
        print(f"choices: {took:.0f} ms, {len(actors)} people, {len(actions)} actions")
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
