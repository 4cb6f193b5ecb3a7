"""Routing policies: draft, check, try on past orders, publish, roll back, apply to open orders; and why orders go where they go."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.decide import reroute
from core.decide.policies import KIND, Book, book
from core.decide.reroute import Proposal
from core.decide.routing import examples
from core.decide.routing.modes import MODES, OPTIMISE
from core.decide.routing.policy import EVERY, Policy, read_policy
from core.decide.routing.sentence import say
from core.decide.routing.why import sentence
from core.errors import BadRequest, DanliuError, NotFound
from core.i18n import N_
from core.insight.routing_whatif import Compared, compare
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services.reference import titles
from core.store import Store, catalogue, documents, parcels, regions_table, routing_input
from core.store.documents import Document

MOST_CHANGES = 5_000


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy for the list. `live` 0: never published; `in_force` says whether it decides (the live one published last)."""

    name: str
    live: int
    newest: int
    state: str
    mode: str
    in_force: bool
    sentences: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an order goes where it goes."""

    order_key: int
    platform_no: str
    channel: str
    province: str
    status: str
    policy: str
    version: int
    outcome: str
    sentence: str
    record: Mapping[str, Any]
    decided_at: datetime


def policies(actor: Actor, store: Store) -> list[PolicyRow]:
    """All policies, the one in force first; times in their sentences are of the business zone."""
    require(actor, store, "routing.view")
    present = book(store)
    live = {each.name: each for each in documents.all_published(store, KIND)}
    rows = []
    for each in documents.listing(store, KIND):
        shown = live.get(each.name) or each
        said, problem = _said(store, shown.body, store.zone)
        rows.append(
            PolicyRow(
                each.name, live[each.name].version if each.name in live else 0, each.version, each.state,
                str(shown.body.get("mode", "live")), present.live is not None and present.live.name == each.name, said,
                problem,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (not row.in_force, row.name))


def problems(actor: Actor, store: Store) -> Mapping[str, str]:
    """Published policies and rate cards that cannot be read; a policy's last good version stays in force."""
    require(actor, store, "routing.view")
    return book(store).problems


def newest(actor: Actor, store: Store, name: str) -> Document:
    """The newest version of a policy."""
    require(actor, store, "routing.view", name)
    found = documents.newest(store, KIND, name)
    if found is None:
        raise NotFound(N_("There is no routing policy {name}."), N_("Choose one from the list."), name=name)
    return found


def history(actor: Actor, store: Store, name: str) -> list[Document]:
    """All versions of a policy, newest first."""
    require(actor, store, "routing.view", name)
    return documents.history(store, KIND, name)


def sentences(actor: Actor, store: Store, body: Mapping[str, Any], *, zone: str) -> tuple[str, ...]:
    """A body in sentences, in the language of the call. BadRequest names the place that is wrong."""
    require(actor, store, "routing.view", str(body.get("name", "")))
    return tuple(_say(store, _read(store, body), zone))


def _say(store: Store, policy: Policy, zone: str) -> list[str]:
    places, firms = titles(store)
    return say(policy, lambda name: places.get(name, name), lambda name: firms.get(name, name), zone)


def _said(store: Store, body: Mapping[str, Any], zone: str) -> tuple[tuple[str, ...], str]:
    try:
        return tuple(_say(store, _read(store, body), zone)), ""
    except DanliuError as error:
        return (), str(error)


def _read(store: Store, body: Mapping[str, Any]) -> Policy:
    with store.read() as cursor:
        areas = regions_table.areas(cursor)
    return read_policy(body, catalogue.load(store), file=str(body.get("name") or KIND), areas=areas)


def check(actor: Actor, store: Store, body: Mapping[str, Any]) -> list[str]:
    """The examples that fail. BadRequest for a body that cannot be read or names warehouses or couriers nobody knows."""
    require(actor, store, "routing.view", str(body.get("name", "")))
    return _checked(store, body)


def _checked(store: Store, body: Mapping[str, Any]) -> list[str]:
    policy = _read(store, body)
    places, firms = titles(store)
    named = [
        name for rule in (*(r.tiers for r in policy.rules), policy.otherwise) for tier in rule.tiers for name in tier
    ]
    strange = next((name for name in named if name != EVERY and name not in places), None)
    if strange:
        raise BadRequest(N_("There is no warehouse {warehouse}."), N_("Enter the warehouse first."), warehouse=strange)
    firm = next((each.courier for each in policy.couriers if each.courier not in firms), None)
    if firm:
        raise BadRequest(N_("There is no courier {courier}."), N_("Enter the courier first."), courier=firm)
    return examples.failed(policy, body, book(store).lanes)


def save(actor: Actor, store: Store, body: Mapping[str, Any], *, note: str = "") -> Document:
    """Keep the body as the policy's draft. An invalid one is refused and changes nothing."""
    require(actor, store, "routing.edit", str(body.get("name", "")))
    if not str(body.get("name", "")).strip():
        raise BadRequest(N_("A routing policy needs a name."), N_("Fill it in."))
    _checked(store, body)
    with store.write() as cursor:
        draft = documents.save_draft(store, KIND, str(body["name"]), dict(body), author=actor.account, note=note)
        audit.record(cursor, actor, "routing.save", draft.name, version=draft.version)
    return draft


def publish(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Let a draft decide the next batch. Its own examples must pass. Of several live policies the last published decides."""
    require(actor, store, "routing.edit", name)
    draft = next((each for each in documents.history(store, KIND, name) if each.version == version), None)
    if draft is None:
        raise NotFound(N_("There is no routing policy {name}."), N_("Choose one from the list."), name=name)
    failed = _checked(store, draft.body)
    if failed:
        raise BadRequest(
            N_("Its own examples do not pass: {failed}."), N_("Mend the rule or the example."), failed=failed[0]
        )
    with store.write() as cursor:
        live = documents.publish(store, KIND, name, version)
        audit.record(cursor, actor, "routing.publish", name, version=version, hash=live.hash)
    return live


def roll_back(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Publish an older version's body again, as a new version."""
    require(actor, store, "routing.edit", name)
    with store.write() as cursor:
        live = documents.roll_back(store, KIND, name, version, author=actor.account)
        audit.record(cursor, actor, "routing.roll_back", name, to=version, version=live.version)
    return live


def try_out(
    actor: Actor, store: Store, body: Mapping[str, Any], *, zone: str, first: date, last: date, late_days: float = 3.0,
    against: Mapping[str, Any] | None = None,
) -> Compared:  # fmt: skip
    """The body (B) on the orders paid first..last, beside the policy in force or `against` (A). Writes nothing."""
    require(actor, store, "routing.view")
    present: Book = book(store)
    if against is not None:
        before = _read(store, against)
    else:
        before = present.live.policy if present.live else Policy()
    return compare(store, present, before, _read(store, body), zone=zone, first=first, last=last, late_days=late_days)


def propose(
    actor: Actor, store: Store, vault: Vault, *, zone: str, mode: str = OPTIMISE, seconds: float = 20.0, most: int = 500,
    only_better: bool = True,
) -> Proposal:  # fmt: skip
    """What routing the open, unpicked orders anew would change. Writes nothing."""
    require(actor, store, "routing.run")
    if mode not in MODES or not 1 <= most <= MOST_CHANGES or not 1 <= seconds <= 120:
        raise BadRequest(N_("Choose 1 to 120 seconds and at most {most} changes."), N_("Mend it."), most=MOST_CHANGES)
    found = reroute.propose(
        store, zone, mode=mode, seconds=seconds, most=most, keyed=vault.keyed, only_better=only_better
    )
    if found is None:
        raise BadRequest(N_("No routing policy is live."), N_("Publish one first."))
    return found


def take(actor: Actor, store: Store, proposal: Proposal) -> tuple[list[int], list[int]]:
    """Take a proposal over: (orders changed, orders left because they no longer stand as they were shown)."""
    require(actor, store, "routing.run")
    with store.write() as cursor:
        changed, left = reroute.take(store, proposal, actor=actor.account)
        audit.record(cursor, actor, "routing.take", proposal.policy, changed=len(changed), left=len(left))
    return changed, left


def reasons(actor: Actor, store: Store, text: str = "", *, limit: int = 100) -> list[Reason]:
    """The orders routed last (or those whose number begins with the text), each with its sentence."""
    require(actor, store, "routing.view")
    places, firms = titles(store)
    with store.read() as cursor:
        found = parcels.latest(cursor, limit, text.strip())
    money = actor.may("orders.money")
    made = []
    for row in found:
        record = json.loads(row["evidence"])
        said = sentence(record, lambda name: places.get(name, name), lambda name: firms.get(name, name), money=money)
        made.append(
            Reason(
                row["order_key"], row["platform_no"], row["channel"], row["province"] or "", row["status"], row["policy"],
                row["version"], row["outcome"], said, record, row["decided_at"],
            )
        )  # fmt: skip
    return made


def prices_made_at(actor: Actor, store: Store) -> datetime | None:
    """When the shadow prices were last worked out."""
    require(actor, store, "routing.view")
    with store.read() as cursor:
        return routing_input.prices_made_at(cursor)
