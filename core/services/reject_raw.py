"""The payload behind a waiting reject, as it came: for administrators, each opening audited."""

import orjson

from core.errors import NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, raw, rejected, row_rejects


def payload(actor: Actor, store: Store, vault: Vault, reject_id: str) -> str:
    """The JSON text. Raises NotFound when the reject waits no more or its payload is gone."""
    require(actor, store, "orders.raw", reject_id)
    with store.read() as cursor:
        places = rejected.places(cursor, [reject_id])
        rows = row_rejects.waiting(cursor, [reject_id], vault.open)
    if rows:
        ((channel, shop, *_rest), kept) = next(iter(rows.items()))
        text = orjson.dumps(kept[0].cells).decode()
    else:
        bodies = raw.bodies(store, vault.open, places[0][4]) if places else []
        if not places or places[0][5] >= len(bodies):
            raise NotFound(N_("This reject waits no more."), N_("Look again, then decide."))
        channel, shop, text = places[0][0], places[0][1], bodies[places[0][5]]
    audit.note(store, actor, "rejects.raw", reject_id, channel=channel, shop=shop)
    return text
