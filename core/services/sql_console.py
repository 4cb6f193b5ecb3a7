"""The read-only SQL console: one SELECT over safe views, limited, stoppable, audited; its answer as a file.

A question runs in a thread of its own; the page asks for its state. At most two run at once in the process and one a
person, so that a curious analyst never slows the orders.
"""

import io
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from core import clock
from core.errors import BadRequest, DanliuError, NotFound, TryAgain
from core.i18n import N_, _
from core.insight import console_parse, console_run
from core.insight.console_functions import SCALAR_NAMES
from core.insight.console_run import CANCELLED, FAILED, TOO_LONG, TOO_MUCH, Limits, Run
from core.insight.console_views import SafeView, safe_views
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services.export import csv_of, guarded, xlsx_of
from core.store import Store, catalogue, console_queries
from core.store import views as rows
from core.store.console_queries import Asked
from core.store.views import View

PAGE = "console"
ROW_LIMITS = (1_000, 10_000, 100_000)
TIME_LIMITS = (10, 30, 120)
FORMS = ("xlsx", "csv", "parquet")
_KEPT = 20
_AT_ONCE = 2
SAID = {
    CANCELLED: N_("The question was stopped."),
    TOO_LONG: N_("The question took longer than its time limit and was stopped. Narrow the period, or group before joining."),
    TOO_MUCH: N_("The question needed too much memory and was stopped. Ask for fewer rows or columns, or group before joining."),
    FAILED: N_("The question failed: {error}"),
}  # fmt: skip
_runs: "OrderedDict[str, Run]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class File:
    """A finished file."""

    name: str
    kind: str
    content: bytes


def schema(actor: Actor, store: Store) -> tuple[SafeView, ...]:
    """The views the actor may ask, with their columns."""
    require(actor, store, "console.use")
    return safe_views(catalogue.load(store), money=actor.may("orders.money"))


def functions(actor: Actor, store: Store) -> list[str]:
    """The functions a question may use, by name."""
    require(actor, store, "console.use")
    return sorted(name for name in SCALAR_NAMES if name[0].isalpha())


def start(
    actor: Actor, store: Store, text: str, *, zone: str, limits: Limits | None = None, wait: float = 0.0
) -> Run:  # fmt: skip
    """Check a question and begin it. BadRequest says what is not allowed in it; a refusal is audited too.

    `wait`: seconds to stay for a quick answer.
    """
    require(actor, store, "console.use")
    views = schema(actor, store)
    try:
        with store.read() as cursor:
            question = console_parse.checked(cursor, text, [view.name for view in views])
    except DanliuError as error:
        _note(actor, store, text, "refused", str(error))
        raise
    run = Run(secrets.token_hex(8), actor.account, text, question, _within(limits or Limits()))
    _admit(run)
    try:
        _note(actor, store, text, console_run.RUNNING, "", run)
        threading.Thread(target=_go, args=(store, run, views, zone), name="console", daemon=True).start()
    except BaseException:
        run.over.set()
        raise
    run.over.wait(wait)
    return run


def state(actor: Actor, store: Store, run_id: str) -> Run:
    """A question of the actor's own. NotFound when it is no longer kept."""
    require(actor, store, "console.use")
    with _lock:
        run = _runs.get(run_id)
    if run is None or run.account != actor.account:
        raise NotFound(N_("This answer is no longer kept."), N_("Ask again."))
    return run


def cancel(actor: Actor, store: Store, run_id: str) -> None:
    """Stop a question of one's own; it ends within a tenth of a second or two."""
    require(actor, store, "console.use")
    state(actor, store, run_id).cancel()


def history(actor: Actor, store: Store, limit: int = 50) -> list[Asked]:
    """The actor's own questions, the newest first."""
    require(actor, store, "console.use")
    return console_queries.of(store, actor.account, limit)


def saved(actor: Actor, store: Store) -> list[View]:
    """The questions the actor keeps, by name; the body holds `sql`."""
    require(actor, store, "console.use")
    return rows.listing(store, actor.account, PAGE)


def save(actor: Actor, store: Store, name: str, text: str) -> None:
    """Keep a question under a name. BadRequest for one that could not be asked, or without a name."""
    require(actor, store, "console.use")
    clean = " ".join(name.split())
    if not clean or len(clean) > 60:
        raise BadRequest(N_("A question needs a name of at most {most} characters."), N_("Shorten it."), most=60)
    with store.read() as cursor:
        console_parse.checked(cursor, text, [view.name for view in schema(actor, store)])
    with store.write() as cursor:
        rows.put(cursor, actor.account, PAGE, View(clean, {"sql": text}))


def forget(actor: Actor, store: Store, name: str) -> None:
    """Forget a kept question."""
    require(actor, store, "console.use")
    with store.write() as cursor:
        rows.delete(cursor, actor.account, PAGE, name)


def said(run: Run) -> str:
    """What became of a run in words; "" when it went well or still runs."""
    return _(SAID[run.state]).format(error=run.error) if run.state in SAID else ""


def export(actor: Actor, store: Store, run_id: str, form: str, *, zone: str) -> File:
    """The answer as a file. Texts that look like formulas are guarded in CSV and XLSX. Audited."""
    require(actor, store, "console.use")
    run = state(actor, store, run_id)
    if form not in FORMS:
        raise BadRequest(N_("An answer is exported as {forms}."), N_("Choose one of them."), forms=", ".join(FORMS))
    if run.answer is None:
        raise BadRequest(N_("There is no answer yet."), N_("Ask first."))
    content = _content(run.answer, form, ZoneInfo(zone))
    audit.note(store, actor, "console.export", run_id, form=form, rows=run.answer.num_rows)
    stamp = clock.now().astimezone(ZoneInfo(zone)).strftime("%Y%m%d-%H%M%S")
    return File(f"answer-{stamp}.{form}", _MEDIA[form], content)


_MEDIA = {
    "csv": "text/csv", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def _content(answer: pa.Table, form: str, place: ZoneInfo) -> bytes:
    if form == "parquet":
        out = io.BytesIO()
        pq.write_table(answer, out)
        return out.getvalue()
    titles = [str(name) for name in answer.column_names]
    return (csv_of if form == "csv" else xlsx_of)(titles, cells(answer, place))


def cells(answer: pa.Table, place: ZoneInfo) -> Iterator[list[Any]]:
    """The rows as a spreadsheet takes them: numbers as numbers, ids beyond 15 digits and all else as guarded text."""
    for batch in answer.to_batches(max_chunksize=5_000):
        columns = [batch.column(n).to_pylist() for n in range(batch.num_columns)]
        for row in zip(*columns, strict=True):
            yield [_cell(value, place) for value in row]


def _cell(value: Any, place: ZoneInfo) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, int) and abs(value) >= 10**15:
        return str(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return (value.astimezone(place) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date | time):
        return value.isoformat()
    return guarded(str(value))


def _within(limits: Limits) -> Limits:
    return Limits(
        max(1, min(limits.rows, ROW_LIMITS[-1])), max(0.1, min(limits.seconds, TIME_LIMITS[-1])), limits.answer,
        limits.memory, limits.spill,
    )  # fmt: skip


def _admit(run: Run) -> None:
    with _lock:
        busy = [other for other in _runs.values() if not other.over.is_set()]
        if any(other.account == run.account for other in busy):
            raise TryAgain(N_("Your last question still runs."), N_("Stop it, or wait for it."))
        if len(busy) >= _AT_ONCE:
            raise TryAgain(N_("Two questions of other people run now."), N_("Try again in a moment."))
        for other in [o for o in _runs.values() if o.account == run.account]:
            other.answer = None  # one answer a person is kept in memory
        _runs[run.run_id] = run
        while len(_runs) > _KEPT:
            _runs.popitem(last=False)


def _go(store: Store, run: Run, views: tuple[SafeView, ...], zone: str) -> None:
    try:
        console_run.perform(store, run, views, zone)
        if store.closing.is_set():
            return
        with store.write() as cursor:
            found = run.answer.num_rows if run.answer is not None else 0
            console_queries.end(cursor, run.run_id, run.state, found, round(run.seconds, 3), run.error)
    finally:
        run.over.set()


def _note(actor: Actor, store: Store, text: str, state: str, error: str, run: Run | None = None) -> None:
    """Into the person's history and the audit trail, where long numbers of the text are starred."""
    kept = text[: console_parse.LONGEST]
    with store.write() as cursor:
        run_id = run.run_id if run else secrets.token_hex(8)
        console_queries.begin(cursor, Asked(run_id, actor.account, kept, state, 0, 0.0, error, clock.now()))
        audit.record(
            cursor, actor, "console.run", run_id, outcome="denied" if state == "refused" else "done",
            question=re.sub(r"[0-9]{7,}", "***", kept)[:1_000], views=list(run.question.views) if run else [], why=error,
        )  # fmt: skip
