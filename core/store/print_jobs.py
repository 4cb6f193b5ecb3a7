"""Print jobs: one row a job, told apart by its key; its message in the outbox has the same key, so each is sent once.

`sending` is written before the first byte leaves. A job found so by a later attempt has broken off under way: what came out
of the printer nobody but a person can say.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.model.printing import FAILED, PICK_LIST, PRINTED, SENDING, UNKNOWN, VOID, WAITING
from core.store import outbox
from core.store.outbox import Message, key_of
from core.store.store import Cursor, Store

KIND = "print"
_COLUMNS = "job_key, document, printer, wave, slips, reprint, state, attempts, told, lost, made_by, made_at, changed_at, settled_by, ticket"

# A job whose message was given up, or set aside by a person, waits for nothing any more.
_STATE = f"CASE WHEN j.state = '{WAITING}' AND o.state IN ('dead', 'ignored') THEN '{FAILED}' ELSE j.state END"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One job. `slips`: numbers of slips; `told`: what the printer or the system said last; `ticket`: its number there; `lost`: signs the font lacks."""

    job_key: str
    document: str
    printer: str
    wave: str
    slips: tuple[str, ...]
    reprint: bool
    state: str
    attempts: int
    told: str
    lost: str
    made_by: str
    made_at: datetime
    changed_at: datetime
    settled_by: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be printed. `again`: what makes it another job than an earlier one of the same slips."""

    printer: str
    wave: str
    slips: tuple[str, ...]
    document: str = PICK_LIST
    reprint: bool = False
    again: str = ""

    @property
    def key(self) -> str:
        what = "slips" if self.document == PICK_LIST else self.document
        return key_of(what, *self.slips, *([self.again] if self.again else []))


def put(cursor: Cursor, wanted: Sequence[Wanted], *, actor: str = "system") -> list[str]:
    """Put the jobs with their messages; one that is there already is not put twice. Returns the keys in order."""
    if not wanted:
        return []
    now = clock.now()
    columns = [
        [one.key for one in wanted], [one.document for one in wanted], [one.printer for one in wanted],
        [one.wave for one in wanted], [json.dumps(one.slips) for one in wanted], [one.reprint for one in wanted],
    ]  # fmt: skip
    kinds = ("VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "BOOLEAN")
    names = ("job_key", "document", "printer", "wave", "slips", "reprint")
    unnested = ", ".join(f"unnest(?::{kind}[]) AS {name}" for kind, name in zip(kinds, names, strict=True))
    cursor.execute(
        f"INSERT INTO print_jobs ({_COLUMNS}) SELECT {', '.join(f'n.{name}' for name in names)}, '{WAITING}', 0, '', '', ?, ?, ?, '', '' "
        f"FROM (SELECT {unnested}) n ANTI JOIN print_jobs j ON j.job_key = n.job_key "
        "QUALIFY row_number() OVER (PARTITION BY n.job_key) = 1",
        [actor, now, now, *columns],
    )
    outbox.put(
        cursor,
        [
            Message(KIND, "", one.printer, one.wave, one.key, {"printer": one.printer, "wave": one.wave,
                    "slips": list(one.slips), "document": one.document, "reprint": one.reprint})
            for one in wanted
        ],
    )  # fmt: skip
    return [one.key for one in wanted]


def find(cursor: Cursor, key: str) -> PrintJob | None:
    """The job with this key."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM print_jobs WHERE job_key = ?", [key]).fetchone()
    return _job(row) if row else None


def begin(cursor: Cursor, key: str, lost: str, ticket: str = "") -> None:
    """The first byte is about to leave. `ticket`: the job's number at a print server that knows its jobs."""
    cursor.execute(
        "UPDATE print_jobs SET state = ?, attempts = attempts + 1, lost = ?, told = '', ticket = ?, changed_at = ? WHERE job_key = ?",
        [SENDING, lost, ticket, clock.now(), key],
    )


def end(cursor: Cursor, keys: Iterable[str], state: str, told: str = "", *, who: str = "") -> list[str]:
    """How jobs ended; returns the keys of those that changed. What a person settled stays as settled."""
    which = (
        "job_key IN (SELECT unnest(?::VARCHAR[])) AND state <> ? AND (? <> '' OR settled_by = '') "
        f"AND state NOT IN ('{PRINTED}', '{VOID}')"
    )
    listed = [list(keys), state, who]
    rows = cursor.execute(f"SELECT job_key FROM print_jobs WHERE {which}", listed).fetchall()
    if rows:
        cursor.execute(
            f"UPDATE print_jobs SET state = ?, told = ?, settled_by = ?, changed_at = ? WHERE {which}",
            [state, told[:500], who, clock.now(), *listed],
        )
    return [row[0] for row in rows]


def say(cursor: Cursor, key: str, told: str) -> None:
    """What the printer said of a job that waits for another attempt."""
    cursor.execute("UPDATE print_jobs SET told = ?, changed_at = ? WHERE job_key = ?", [told[:500], clock.now(), key])


def settle(cursor: Cursor, key: str, *, came_out: bool, who: str) -> None:
    """A person has looked at the printer."""
    cursor.execute(
        "UPDATE print_jobs SET state = ?, settled_by = ?, changed_at = ? WHERE job_key = ?",
        [PRINTED if came_out else FAILED, who, clock.now(), key],
    )


def message_of(cursor: Cursor, key: str) -> str:
    """The id of a job's message in the outbox; "" for none."""
    row = cursor.execute("SELECT outbox_id FROM outbox WHERE kind = ? AND key = ?", [KIND, key]).fetchone()
    return str(row[0]) if row else ""


def mark_slips(cursor: Cursor, numbers: Sequence[str], now: datetime) -> list[int]:
    """The slips are on paper; returns the orders of those that were not before."""
    which = "slip_no IN (SELECT unnest(?::VARCHAR[])) AND printed_at IS NULL AND state = 'made'"
    rows = cursor.execute(f"SELECT order_key FROM slips WHERE {which}", [list(numbers)]).fetchall()
    cursor.execute(f"UPDATE slips SET printed_at = ? WHERE {which}", [now, list(numbers)])
    return sorted({row[0] for row in rows})


def listing(store: Store, *, states: Sequence[str] = (), waves: Sequence[str] = (), limit: int = 200) -> list[PrintJob]:
    """Jobs, the newest first; those that a person must settle before all others."""
    columns = ", ".join(f"j.{name}" for name in _COLUMNS.split(", ")).replace("j.state", f"{_STATE} AS state", 1)
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT * FROM (SELECT {columns} FROM print_jobs j LEFT JOIN outbox o ON o.kind = '{KIND}' AND o.key = j.job_key) WHERE (len(?::VARCHAR[]) = 0 OR state IN (SELECT unnest(?::VARCHAR[]))) "
            "AND (len(?::VARCHAR[]) = 0 OR wave IN (SELECT unnest(?::VARCHAR[]))) "
            f"ORDER BY state <> '{UNKNOWN}', state <> '{FAILED}', made_at DESC, job_key LIMIT ?",
            [list(states), list(states), list(waves), list(waves), limit],
        ).fetchall()
    return [_job(row) for row in rows]


def counts(store: Store) -> dict[str, int]:
    """State -> jobs."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_STATE}, count(*) FROM print_jobs j LEFT JOIN outbox o ON o.kind = '{KIND}' AND o.key = j.job_key GROUP BY 1"
        ).fetchall()
    return dict(rows)


def _job(row: tuple) -> PrintJob:
    values = list(row)
    values[4] = tuple(json.loads(values[4] or "[]"))
    for place in (8, 9, 10, 13, 14):
        values[place] = values[place] or ""
    return PrintJob(*values)
