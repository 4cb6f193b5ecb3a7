"""The audit trail: every write by a person, denied call, export and unmasking. Append only."""

import json
from typing import Any

from core import clock
from core.people.actor import Actor
from core.store import Cursor, Store
from core.store.audit_trail import Entry, append


def record(
    cursor: Cursor, actor: Actor, action: str, subject: str = "", *, outcome: str = "done", **detail: Any
) -> None:
    """Append one row inside the caller's transaction. `detail` must hold no secret and no person data."""
    written = json.dumps(detail, ensure_ascii=False, default=str)
    append(cursor, Entry(clock.now(), actor.account, actor.role, action, subject, outcome, written))


def note(store: Store, actor: Actor, action: str, subject: str = "", *, outcome: str = "done", **detail: Any) -> None:
    """As `record`, in a transaction of its own."""
    with store.write() as cursor:
        record(cursor, actor, action, subject, outcome=outcome, **detail)
