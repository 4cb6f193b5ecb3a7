"""History mapped anew: the newest payload of every order of a shop goes through the mapping as it is published now."""

import time
from collections.abc import Callable
from dataclasses import replace

from core.channels.intake import PART, program_of
from core.channels.part import Batch, Intake, Part, nothing
from core.people.vault import Vault
from core.store import Store, raw, staging

Progress = Callable[[float], None]


def remap(
    store: Store,
    vault: Vault,
    channel: str,
    shop: str,
    entity: str,
    *,
    mapping: str | None = None,
    progress: Progress = lambda _share: None,
) -> Intake:
    """Map the kept payloads of a shop's entity again; what differs is written with an event `order_remapped`.

    Part by part, each in a transaction of its own: stopped half-way, a second run ends the work. `progress` gets the
    share that is done, from 0 to 1. Raises BadSetup without a published mapping.
    """
    start = time.perf_counter()
    batch = Batch(channel, shop, entity, "remap", (), mapping)
    program, document = program_of(store, batch)
    places = raw.newest_of_each(store, channel, shop, entity)
    whole = sum(len(listed) for listed in places.values())
    done, behind, waiting = nothing(document.name), 0, []
    batches = list(places.items())
    for number, (batch_id, listed) in enumerate(batches):
        texts = raw.bodies(store, vault.open, batch_id)
        waiting += [texts[place] for place in listed]
        if len(waiting) < PART and number + 1 < len(batches):
            continue
        with store.write() as cursor:
            part = Part(store, cursor, vault, batch, program, document, again=True)
            done += part.take(staging.relation(waiting))
        behind, waiting = behind + len(waiting), []
        progress(behind / whole)
    return replace(done, seconds=time.perf_counter() - start)
