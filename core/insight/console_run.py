"""One question of the SQL console at work: in a thread and on a cursor of its own, with a clock, a purse and a stop button.

A watch looks every tenth of a second: past the time limit, at a stop, or when the engine's memory or its spill grew too
far, it interrupts the cursor until the question is over. Rows are fetched in blocks and end at the row or byte limit.
"""

import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import duckdb
import pyarrow as pa

from core.insight.console_parse import Question, plain
from core.insight.console_views import SafeView, put_up
from core.store import Store

RUNNING, DONE, CANCELLED, TOO_LONG, TOO_MUCH, FAILED = "running", "done", "cancelled", "too_long", "too_much", "failed"
_TICK = 0.1
_BLOCK = 2_000
_MOST_BYTES = 64 << 20
_SPILL = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question may take: rows, seconds, bytes of the answer, bytes the engine may grow by and spill to disk."""

    rows: int = 10_000
    seconds: float = 30.0
    answer: int = _MOST_BYTES
    memory: int = 0  # 0: half of the engine's own limit
    spill: int = _SPILL


@dataclass(slots=True)
class Run:
    """The state of one question; `more` says that rows were left out. `answer` is there when the state is done."""

    run_id: str
    account: str
    text: str
    question: Question
    limits: Limits
    state: str = RUNNING
    answer: pa.Table | None = None
    more: bool = False
    seconds: float = 0.0
    error: str = ""
    began: float = field(default_factory=monotonic)
    over: threading.Event = field(default_factory=threading.Event)
    stop: str = ""

    def cancel(self) -> None:
        """Ask it to end; it does within a tick."""
        self.stop = self.stop or CANCELLED


def perform(store: Store, run: Run, views: tuple[SafeView, ...], zone: str) -> None:
    """Run to the end; the caller sets `over` when all is noted. Never raises: the outcome stands in the run."""
    fetched = threading.Event()
    try:
        with store.read() as cursor, store.read() as eye:
            put_up(cursor, views, zone)
            given = (run, cursor, eye, fetched, store.closing)
            watch = threading.Thread(target=_watch, args=given, name="console-watch", daemon=True)
            watch.start()
            try:
                _fetch(run, cursor)
            finally:
                fetched.set()
                watch.join()
    except duckdb.InterruptException:
        run.state = run.stop or CANCELLED
    except duckdb.OutOfMemoryException:
        run.state = TOO_MUCH
    except duckdb.Error as error:
        run.state, run.error = run.stop or FAILED, plain(str(error))
    except Exception as error:  # noqa: BLE001 - a thread's end: said on the page, never lost
        run.state, run.error = FAILED, type(error).__name__
    finally:
        run.seconds = monotonic() - run.began


def _fetch(run: Run, cursor: Any) -> None:
    cursor.execute(run.question.sql)
    reader = cursor.to_arrow_reader(_BLOCK)
    blocks: list[pa.RecordBatch] = []
    rows = size = 0
    for block in reader:
        if run.stop:
            run.state = run.stop
            return
        rows, size = rows + block.num_rows, size + block.nbytes
        blocks.append(block)
        if rows > run.limits.rows:
            run.more = True
            break
        if size > run.limits.answer:
            run.state = TOO_MUCH
            return
    table = pa.Table.from_batches(blocks, reader.schema)
    run.answer = table.slice(0, run.limits.rows)
    run.state = DONE


def _watch(run: Run, cursor: Any, eye: Any, fetched: threading.Event, closing: threading.Event) -> None:
    begin = _taken(eye)
    most = run.limits.memory or begin[2] // 2
    while not fetched.wait(_TICK):
        memory, spill, _limit = _taken(eye)
        if closing.is_set():
            run.stop = run.stop or CANCELLED
        elif monotonic() - run.began > run.limits.seconds:
            run.stop = run.stop or TOO_LONG
        elif memory - begin[0] > most or spill - begin[1] > run.limits.spill:
            run.stop = run.stop or TOO_MUCH
        if run.stop:
            cursor.interrupt()


def _taken(eye: Any) -> tuple[int, int, int]:
    """(bytes in use but for cached pages of the file, bytes spilled, the engine's limit)."""
    row = eye.execute(
        "SELECT coalesce(sum(memory_usage_bytes) FILTER (tag <> 'BASE_TABLE'), 0)::BIGINT, "
        "coalesce(sum(temporary_storage_bytes), 0)::BIGINT FROM duckdb_memory()"
    ).fetchone()
    limit = eye.execute("SELECT current_setting('memory_limit')").fetchone()[0]
    return int(row[0]), int(row[1]), _bytes(str(limit))


def _bytes(text: str) -> int:
    number, _space, unit = text.partition(" ")
    return int(float(number) * {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}.get(unit, 1))
