"""Price differences: which customers paid too much or too little against the activities, as a list and as files."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import clock
from core.decide.promotion.activity import KIND
from core.decide.promotion.document import MONEY_TYPES
from core.errors import BadRequest
from core.i18n import N_, _
from core.model.fields import CHANNELS
from core.model.money import yuan
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services.export import Export, guarded
from core.store import Store, documents, price_audit
from core.store.price_audit import Asked, Difference

VERDICTS: dict[str, str] = {
    "refund_customer": N_("Refund to the customer"),
    "undercharged": N_("Charged too little"),
}
MOST = 200_000


@dataclass(frozen=True, slots=True)
class Total:
    """One platform: orders compared, those to refund and those undercharged, each with fen."""

    channel: str
    compared: int
    to_refund: int
    refund_fen: int
    undercharged: int
    undercharged_fen: int


def differences(actor: Actor, store: Store, asked: Asked, *, limit: int = 500) -> list[Difference]:
    """The orders whose charge is off by more than the tolerance, largest first."""
    require(actor, store, "promotions.view", "differences")
    require(actor, store, "orders.money", "differences")
    return price_audit.listing(store, asked, limit)


def names(actor: Actor, store: Store) -> dict[str, str]:
    """Money activity -> its name, as the list of differences shows them."""
    require(actor, store, "promotions.view", "differences")
    found = documents.listing(store, KIND)
    return {d.name: str(d.body.get("name") or d.name) for d in found if d.body.get("type") in MONEY_TYPES}


def activities(row: Difference, known: Mapping[str, str]) -> str:
    """The money activities that acted on an order, by name."""
    return ", ".join(known[name] for name in json.loads(row.promotions) if name in known)


def totals(actor: Actor, store: Store, asked: Asked) -> list[Total]:
    """The same by platform, with how many orders were compared at all."""
    require(actor, store, "promotions.view", "differences")
    require(actor, store, "orders.money", "differences")
    return [Total(*row) for row in price_audit.totals(store, asked)]


def export(actor: Actor, store: Store, asked: Asked, *, zone: str) -> Export:
    """The list of one platform (or of all) as CSV in yuan, for the platform's refund form; guarded and audited."""
    require(actor, store, "promotions.view", "differences")
    require(actor, store, "orders.export", "differences")
    require(actor, store, "orders.money", "differences")
    found = price_audit.listing(store, asked, MOST + 1)
    if len(found) > MOST:
        raise BadRequest(
            N_("{total} orders are too many for one file (at most {most})."),
            N_("Narrow the filters, for instance to fewer days."),
            total=f"{len(found):,}",
            most=f"{MOST:,}",
        )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [_("Platform order no."), _("Channel"), _("Shop"), _("Paid at"), _("Due"), _("Charged"), _("Difference"),
         _("Verdict"), _("Activities")]
    )  # fmt: skip
    place, known = ZoneInfo(zone), names(actor, store)
    for row in found:
        writer.writerow(
            [
                guarded(row.platform_no), _(CHANNELS.get(row.channel, row.channel)), guarded(row.shop),
                row.paid_at.astimezone(place).strftime("%Y-%m-%d %H:%M:%S"), _plain(row.expected), _plain(row.actual),
                _plain(row.diff), _(VERDICTS[row.verdict]), guarded(activities(row, known)),
            ]
        )  # fmt: skip
    with store.write() as cursor:
        audit.record(cursor, actor, "promotions.export", asked.channel or "all", orders=len(found))
    stamp = clock.now().astimezone(place).strftime("%Y%m%d-%H%M%S")
    name = f"price-differences-{asked.channel or 'all'}-{stamp}.csv"
    return Export(name, "text/csv", text.getvalue().encode("utf-8-sig"), len(found))


def _plain(fen: int) -> str:
    return yuan(fen).replace(",", "")
