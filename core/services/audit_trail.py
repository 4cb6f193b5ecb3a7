"""The audit trail for who may see it: search, proof that nothing was altered, a file."""

import csv
import io
from zoneinfo import ZoneInfo

from core import clock
from core.errors import BadRequest
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services.export import guarded
from core.store import Store, audit_chain, audit_trail
from core.store.audit_chain import Verdict
from core.store.audit_trail import Entry, Wanted

MOST_ROWS = 200
MOST_EXPORTED = 200_000


def page(actor: Actor, store: Store, wanted: Wanted, *, start: int = 0, limit: int = 50) -> tuple[list[Entry], int]:
    """(rows from `start`, newest first, at most 200; how many there are in all)."""
    require(actor, store, "audit.view")
    return audit_trail.page(store, wanted, start=max(start, 0), limit=min(limit, MOST_ROWS))


def choices(actor: Actor, store: Store) -> tuple[list[str], list[str]]:
    """(the actors, the actions) to filter by."""
    require(actor, store, "audit.view")
    return audit_trail.choices(store)


def prove(actor: Actor, store: Store, vault: Vault) -> Verdict:
    """Recompute the whole chain: which entries were altered, removed or added by hand. About 400,000 rows a second."""
    require(actor, store, "audit.view")
    found = audit_chain.check(store, vault.keyed)
    audit.note(store, actor, "audit.prove", "", rows=found.rows, broken=len(found.broken))
    return found


def export(actor: Actor, store: Store, wanted: Wanted, *, zone: str) -> tuple[str, bytes]:
    """(name, CSV file) of the rows, newest first. BadRequest when there are more than `MOST_EXPORTED`."""
    require(actor, store, "audit.export")
    _rows, total = audit_trail.page(store, wanted, start=0, limit=1)
    if total > MOST_EXPORTED:
        raise BadRequest(
            N_("{total} entries are too many for one file (at most {most})."),
            N_("Narrow the period."),
            total=f"{total:,}",
            most=f"{MOST_EXPORTED:,}",
        )
    place, out = ZoneInfo(zone), io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["happened_at", "actor", "role", "action", "subject", "outcome", "detail"])
    for row in audit_trail.stream(store, wanted, MOST_EXPORTED):
        texts = (row.actor, row.role, row.action, row.subject, row.outcome, row.detail)
        writer.writerow([row.happened_at.astimezone(place).isoformat(), *map(guarded, texts)])
    audit.note(store, actor, "audit.export", wanted.text, rows=total)
    stamp = clock.now().astimezone(place).strftime("%Y%m%d-%H%M%S")
    return f"audit-{stamp}.csv", b"\xef\xbb\xbf" + out.getvalue().encode()
