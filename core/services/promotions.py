"""What a person may do to activities: draft, check, publish, end, roll back. Nothing here changes an order.

A published activity decides the next batch, at most a second later; one that ends can never keep giving, for it looks
at the instant of payment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.decide import offers
from core.decide.promotion.activity import KIND, WALL_CLOCK, Activity, failed_examples, read_activity
from core.decide.promotion.book import book
from core.errors import BadRequest, DanliuError, NotFound
from core.i18n import N_, _
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, decisions, documents, gift_stock
from core.store import offers as sold_rows
from core.store.documents import Document

RUNNING, COMING, ENDED, OFF, SHADOW, DRAFT = "running", "coming", "ended", "off", "shadow", "draft"


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One activity for the calendar. `body` is what is in force, or the draft of one never published.

    phase: running, coming, ended, off, shadow or draft. `draft`: a newer draft waits beside the published version.
    """

    id: str
    body: Mapping[str, Any]
    phase: str
    live_version: int
    newest_version: int
    draft: bool
    hits: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a draft lacks: its own examples that fail, and what to look at before publishing."""

    failed: tuple[str, ...]
    warnings: tuple[str, ...]


def rows(actor: Actor, store: Store, *, zone: str) -> list[ActivityRow]:
    """All activities: running first, then coming, in shadow, drafts, ended, switched off."""
    require(actor, store, "promotions.view")
    since = clock.now() - timedelta(hours=24)
    hits: dict[str, int] = {}
    for (_set, name, mode), count in decisions.hits(store, offers.KIND, since).items():
        if mode == "live":
            hits[name] = hits.get(name, 0) + count
    live = {document.name: document for document in documents.all_published(store, KIND)}
    problems, now = book(store).problems, wall_clock(zone)
    found = []
    for newest in documents.listing(store, KIND):
        shown = live.get(newest.name, newest)
        found.append(
            ActivityRow(
                newest.name, shown.body, _phase(shown, now), live[newest.name].version if newest.name in live else 0,
                newest.version, newest.state == "draft" and newest.name in live, hits.get(newest.name, 0),
                problems.get(newest.name, ""),
            )
        )  # fmt: skip
    order = (RUNNING, COMING, SHADOW, DRAFT, ENDED, OFF)
    return sorted(found, key=lambda row: (order.index(row.phase), str(row.body.get("end_at") or "9"), row.id))


def wall_clock(zone: str) -> str:
    """The present instant on the shop's clock, as activities write it."""
    return clock.now().astimezone(ZoneInfo(zone)).strftime(WALL_CLOCK)


def _phase(document: Document, now: str) -> str:
    body = document.body
    if document.state == "draft":
        return DRAFT
    if body.get("mode", "off") == "off" or body.get("enabled") is False:
        return OFF
    if body.get("end_at") and now >= str(body["end_at"]):
        return ENDED
    if body.get("mode") == "shadow":
        return SHADOW
    return COMING if body.get("start_at") and now < str(body["start_at"]) else RUNNING


def problems(actor: Actor, store: Store) -> dict[str, str]:
    """Published activities that can no longer be read; their last good version stays in force."""
    require(actor, store, "promotions.view")
    return dict(book(store).problems)


def newest(actor: Actor, store: Store, name: str) -> Document:
    """The newest version of an activity, draft or not."""
    require(actor, store, "promotions.view", name)
    found = documents.newest(store, KIND, name)
    if found is None:
        raise _gone(name)
    return found


def history(actor: Actor, store: Store, name: str) -> list[Document]:
    """All versions of an activity, newest first."""
    require(actor, store, "promotions.view", name)
    return documents.history(store, KIND, name)


def check(actor: Actor, store: Store, body: Mapping[str, Any], *, zone: str) -> Checked:
    """Read a body without keeping it. BadRequest names the place that is wrong."""
    require(actor, store, "promotions.view", str(body.get("id")))
    activity = read_activity(body)
    return Checked(tuple(failed_examples(activity)), tuple(_warnings(store, activity, wall_clock(zone))))


def _warnings(store: Store, activity: Activity, now: str) -> list[str]:
    found = []
    body, promotion = activity.body, activity.promotion
    if promotion.type == "gift":
        tiers = [sku for _threshold, given in promotion.rule.get("tiers", ()) for sku in given]
        with store.read() as cursor:
            free = gift_stock.free(cursor)
        for sku in dict.fromkeys((*promotion.rule.get("give", {}), *tiers, *promotion.rule["substitutes"])):
            if sku not in free:
                found.append(_("{sku} is not in the gift stock: it would not be given.").format(sku=sku))
            elif not free[sku]:
                found.append(_("No {sku} is left in the gift stock.").format(sku=sku))
        if promotion.rule["on_short"] == "substitute" and not promotion.rule["substitutes"]:
            found.append(_("No substitute is named."))
    if body.get("end_at") and str(body["end_at"]) <= now:
        found.append(_("Its end has passed: it gives nothing any more."))
    if not body.get("end_at") and promotion.type != "limit":
        found.append(_("It has no end."))
    for edition in book(store).in_mode("live").values():
        other = edition.activity.promotion
        if other.id == promotion.id or (other.end_at and other.end_at <= now):
            continue
        same = promotion.group_id is not None and promotion.group_id == other.group_id
        if other.type == promotion.type != "limit" and not same and _meet(promotion, other):
            found.append(
                _("It adds up with the live activity {name} on the same goods.").format(name=edition.activity.name)
            )
    return found


def _meet(one: Any, other: Any) -> bool:
    """Whether two activities can meet on one line of one order, as far as period, platform and SKUs say."""
    if (one.end_at and other.start_at and one.end_at <= other.start_at) or (
        other.end_at and one.start_at and other.end_at <= one.start_at
    ):
        return False
    if one.platforms is not None and other.platforms is not None and not one.platforms & other.platforms:
        return False
    mine, theirs = (p.scope.skus if p.scope else None for p in (one, other))
    return mine is None or theirs is None or bool(mine & theirs)


def save(actor: Actor, store: Store, body: Mapping[str, Any], *, note: str = "") -> Document:
    """Keep the body as the activity's draft. An invalid one is refused and changes nothing."""
    require(actor, store, "promotions.edit", str(body.get("id")))
    activity = read_activity(body)
    with store.write() as cursor:
        draft = documents.save_draft(store, KIND, activity.id, dict(body), author=actor.account, note=note)
        audit.record(cursor, actor, "promotions.save", activity.id, version=draft.version)
    return draft


def publish(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Let a draft decide from the next batch on. Its own examples must pass."""
    require(actor, store, "promotions.edit", name)
    failed = failed_examples(read_activity(_version(store, name, version).body))
    if failed:
        raise BadRequest(
            N_("Its own examples do not pass: {failed}."), N_("Mend the rule or the example."), failed=failed[0]
        )
    with store.write() as cursor:
        live = documents.publish(store, KIND, name, version)
        audit.record(cursor, actor, "promotions.publish", name, version=version, hash=live.hash)
    return live


def roll_back(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Let an older version decide again, as a new version. A draft that waits is kept."""
    require(actor, store, "promotions.edit", name)
    body = _version(store, name, version).body
    read_activity(body)
    with store.write() as cursor:
        live = _put_in_force(store, actor, name, body, f"↩ {version}")
        audit.record(cursor, actor, "promotions.roll_back", name, to=version, version=live.version)
    return live


def end_now(actor: Actor, store: Store, name: str, *, zone: str) -> Document:
    """End a published activity: orders paid from this second on are not touched. One that has not begun is switched off."""
    require(actor, store, "promotions.edit", name)
    found = documents.published(store, KIND, name)
    if found is None:
        raise _gone(name)
    now = wall_clock(zone)
    if found.body.get("start_at") and str(found.body["start_at"]) >= now:
        body = {**found.body, "mode": "off"}
    else:
        body = {**found.body, "end_at": now}
    with store.write() as cursor:
        live = _put_in_force(store, actor, name, body, _("Ended"))
        audit.record(cursor, actor, "promotions.end", name, version=live.version, end_at=body.get("end_at"))
    return live


def _put_in_force(store: Store, actor: Actor, name: str, body: dict[str, Any], note: str) -> Document:
    """Publish a body at once; the draft that stands last stays the draft."""
    last = documents.newest(store, KIND, name)
    draft = documents.save_draft(store, KIND, name, body, author=actor.account, note=note)
    live = documents.publish(store, KIND, name, draft.version)
    if last is not None and last.state == "draft":
        documents.save_draft(store, KIND, name, last.body, author=last.author, note=last.note)
    return live


def _version(store: Store, name: str, version: int) -> Document:
    found = next((d for d in documents.history(store, KIND, name) if d.version == version), None)
    if found is None:
        raise _gone(name)
    return found


def _gone(name: str) -> NotFound:
    return NotFound(N_("There is no activity {name}."), N_("Choose one from the list."), name=name)


def known_skus(actor: Actor, store: Store) -> dict[str, str]:
    """SKU -> title of what is sold most, so that goods are chosen rather than typed."""
    require(actor, store, "promotions.view")
    with store.read() as cursor:
        return sold_rows.sold_skus(cursor, 500)


def readable(body: Mapping[str, Any]) -> bool:
    """Whether a body can still be read; the pages show its sentence then, else its problem."""
    try:
        read_activity(body)
    except DanliuError:
        return False
    return True
