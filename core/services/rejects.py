"""The queue of what could not be mapped: see it, retry after mending the mapping, or set it aside with a reason."""

from core.channels.intake import Intake, retry_rejects
from core.errors import BadRequest
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services import row_retry
from core.store import Store
from core.store import rejects as kept
from core.store.rejects import RejectRow


def listing(
    actor: Actor,
    store: Store,
    *,
    state: str = kept.WAITING,
    channel: str | None = None,
    shop: str | None = None,
    limit: int = 500,
) -> list[RejectRow]:
    """The newest rejects of a state (waiting, settled, ignored)."""
    require(actor, store, "channels.view")
    return kept.listing(store, state=state, channel=channel, shop=shop, limit=limit)


def retry(actor: Actor, store: Store, vault: Vault, reject_ids: list[str]) -> Intake:
    """Map these again with the mapping as it is now; what maps leaves the queue, the rest stays with its new reason."""
    require(actor, store, "rejects.settle")
    done = retry_rejects(store, vault, reject_ids) + row_retry.retry(store, vault, reject_ids)
    audit.note(store, actor, "rejects.retry", "", count=len(reject_ids), rejected=done.rejected)
    return done


def retry_all(
    actor: Actor, store: Store, vault: Vault, *, channel: str | None = None, shop: str | None = None
) -> Intake:
    """As `retry` for everything that waits, of one shop when given."""
    require(actor, store, "rejects.settle")
    return retry(actor, store, vault, kept.waiting_ids(store, channel=channel, shop=shop))


def set_aside(actor: Actor, store: Store, reject_ids: list[str], reason: str) -> int:
    """Take rejects out of the queue for good; the payloads are kept. Returns how many waited. BadRequest: no reason."""
    require(actor, store, "rejects.settle")
    if not reason.strip():
        raise BadRequest(N_("Setting aside needs a reason."), N_("Say in a few words why."))
    with store.write() as cursor:
        found = kept.set_aside(cursor, reject_ids, actor.account, reason.strip())
        audit.record(cursor, actor, "rejects.set_aside", "", count=found, reason=reason.strip())
    return found
