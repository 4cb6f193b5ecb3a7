"""The payload behind a waiting reject, as it came: for administrators, each opening audited."""

from core.errors import NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, raw, rejected


def payload(actor: Actor, store: Store, vault: Vault, reject_id: str) -> str:
    """The JSON text. Raises NotFound when the reject waits no more or its payload is gone."""
    require(actor, store, "orders.raw", reject_id)
    with store.read() as cursor:
        places = rejected.places(cursor, [reject_id])
    bodies = raw.bodies(store, vault.open, places[0][4]) if places else []
    if not places or places[0][5] >= len(bodies):
        raise NotFound(N_("This reject waits no more."), N_("Look again, then decide."))
    audit.note(store, actor, "rejects.raw", reject_id, channel=places[0][0], shop=places[0][1])
    return bodies[places[0][5]]
