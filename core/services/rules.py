"""What a person may do to rule sets: draft, check, try on history, publish, roll back, apply to open orders.

A published set decides the next batch; nothing here ever changes an order but `apply`, after its difference was shown.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core import clock
from core.decide import policies, risk
from core.decide.risk import Difference
from core.errors import BadRequest, DanliuError, NotFound
from core.i18n import N_
from core.insight.backtest import Period
from core.insight.whatif import Costs, Step, Variant, compare, sweep
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.rules.conflicts import conflicts
from core.rules.ruleset import Rule, RuleSet, failed_examples, read_rule_set
from core.rules.sentence import say
from core.store import Store, catalogue, decisions, documents, holds
from core.store.documents import Document

FORMS = ("risk", "routing", "courier", "promotion", "limit")


@dataclass(frozen=True, slots=True)
class SetRow:
    """One rule set for the list: its live version (0: never published), newest state, mode, and what hit lately."""

    kind: str
    name: str
    live_version: int
    newest_version: int
    state: str
    mode: str
    rules: int
    hits: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a draft would be: each rule as a sentence, the conflicts, the examples that do not pass."""

    sentences: tuple[tuple[str, str], ...]
    conflicts: tuple[str, ...]
    failed: tuple[str, ...]


def sets(actor: Actor, store: Store, kind: str) -> list[SetRow]:
    """All rule sets of a kind with their hits of the last 24 hours."""
    require(actor, store, "rules.view", kind)
    known = decisions.orders_hit(store, kind, clock.now() - timedelta(hours=24))
    live = {found.name: found for found in documents.all_published(store, kind)}
    rows = []
    for newest in documents.listing(store, kind):
        body = (live.get(newest.name) or newest).body
        rows.append(
            SetRow(
                kind,
                newest.name,
                live[newest.name].version if newest.name in live else 0,
                newest.version,
                newest.state,
                str(body.get("mode", "off")),
                len(body.get("rules", [])),
                known.get(newest.name, 0),
                _problem(store, body),
            )
        )
    return rows


def problems(actor: Actor, store: Store) -> dict[str, str]:
    """Published sets that can no longer be read; their last good version stays in force. Shown on every rules page."""
    require(actor, store, "rules.view")
    couriers = {each.name for each in documents.all_published(store, "courier")}
    found = {name: why for name, why in policies.book(store).problems.items() if name in couriers}
    return {**risk.rulebook(store).problems, **found}


def _problem(store: Store, body: Mapping[str, Any]) -> str:
    try:
        read_rule_set(body, catalogue.load(store))
    except DanliuError as error:
        return str(error)
    return ""


def newest(actor: Actor, store: Store, kind: str, name: str) -> Document:
    """The newest version of a set, draft or not."""
    require(actor, store, "rules.view", name)
    found = documents.newest(store, kind, name)
    if found is None:
        raise NotFound(N_("There is no rule set {name}."), N_("Choose one from the list."), name=name)
    return found


def history(actor: Actor, store: Store, kind: str, name: str) -> list[Document]:
    """All versions of a set, newest first."""
    require(actor, store, "rules.view", name)
    return documents.history(store, kind, name)


def check(actor: Actor, store: Store, vault: Vault, body: Mapping[str, Any]) -> Checked:
    """Read a body without keeping it. BadRequest names the place that is wrong."""
    require(actor, store, "rules.view", str(body.get("name")))
    rules = read_rule_set(body, catalogue.load(store))
    return Checked(
        tuple((rule.name, say(rule.when)) for rule in rules.rules),
        tuple(conflict.say() for conflict in conflicts(rules)),
        tuple(failed_examples(rules, vault.keyed)),
    )


def save(actor: Actor, store: Store, body: Mapping[str, Any], *, note: str = "") -> Document:
    """Keep the body as the set's draft. An invalid one is refused and changes nothing."""
    require(actor, store, "rules.edit", str(body.get("name")))
    rules = read_rule_set(body, catalogue.load(store))
    with store.write() as cursor:
        draft = documents.save_draft(store, rules.kind, rules.name, dict(body), author=actor.account, note=note)
        audit.record(cursor, actor, "rules.save", f"{rules.kind}/{rules.name}", version=draft.version)
    return draft


def publish(actor: Actor, store: Store, vault: Vault, kind: str, name: str, version: int) -> Document:
    """Make a draft live for the next batch. Its own examples must pass."""
    require(actor, store, "rules.edit", name)
    draft = next((found for found in documents.history(store, kind, name) if found.version == version), None)
    if draft is None:
        raise NotFound(N_("There is no rule set {name}."), N_("Choose one from the list."), name=name)
    passes(store, vault, draft.body)
    with store.write() as cursor:
        live = documents.publish(store, kind, name, version)
        audit.record(cursor, actor, "rules.publish", f"{kind}/{name}", version=version, hash=live.hash)
    return live


def passes(store: Store, vault: Vault, body: Mapping[str, Any]) -> RuleSet:
    """The set of a body that may go live. BadRequest for one that cannot be read or whose own examples fail."""
    rules = read_rule_set(body, catalogue.load(store))
    failed = failed_examples(rules, vault.keyed)
    if failed:
        raise BadRequest(
            N_("Its own examples do not pass: {failed}."), N_("Mend the rule or the example."), failed=failed[0]
        )
    return rules


def roll_back(actor: Actor, store: Store, kind: str, name: str, version: int) -> Document:
    """Publish an older version's body again, as a new version."""
    require(actor, store, "rules.edit", name)
    with store.write() as cursor:
        live = documents.roll_back(store, kind, name, version, author=actor.account)
        audit.record(cursor, actor, "rules.roll_back", f"{kind}/{name}", to=version, version=live.version)
    return live


def try_out(
    actor: Actor, store: Store, vault: Vault, variants: Sequence[tuple[str, Mapping[str, Any]]], *, zone: str,
    first: date | None, last: date | None,
) -> list[Variant]:  # fmt: skip
    """Back-test up to five bodies on the orders of a period, beside the live set of the first one's name."""
    require(actor, store, "rules.view")
    known = catalogue.load(store)
    read = [(name, read_rule_set(body, known)) for name, body in variants]
    return compare(store, vault, read, _live(store, read[0][1]), zone=zone, period=Period(first, last))


def sweep_threshold(
    actor: Actor, store: Store, vault: Vault, body: Mapping[str, Any], rule_id: str, thresholds: Sequence[Any], costs: Costs,
    *, zone: str, first: date | None, last: date | None,
) -> list[Step]:  # fmt: skip
    """Precision, recall and cost of a rule at each threshold over a period."""
    require(actor, store, "rules.view")
    rules = read_rule_set(body, catalogue.load(store))
    return sweep(store, vault, rules, rule_id, thresholds, costs, zone=zone, period=Period(first, last))


def _live(store: Store, rules: RuleSet) -> RuleSet | None:
    live = documents.published(store, rules.kind, rules.name)
    if live is None or live.body.get("mode") != "live":
        return None
    return read_rule_set(live.body, catalogue.load(store))


def difference(actor: Actor, store: Store, vault: Vault, *, zone: str) -> Difference:
    """What deciding all open orders anew by the live risk sets would hold or release. Changes nothing."""
    require(actor, store, "rules.view", "risk")
    return risk.difference(store, vault, zone)


def apply(actor: Actor, store: Store, vault: Vault, shown: Difference, *, zone: str) -> tuple[int, int]:
    """Hold and release exactly the orders that were shown and still stand so; returns (held, released)."""
    require(actor, store, "rules.edit", "risk")
    now = risk.difference(store, vault, zone)
    hold = [key for key in shown.hold if key in set(now.hold)]
    release = [key for key in shown.release if key in set(now.release)]
    with store.write() as cursor:
        held: list[int] = []
        for reason, keys in (
            ("risk_freeze", [key for key in hold if key not in now.review]),
            ("risk_review", [key for key in hold if key in now.review]),
        ):
            held += holds.add(cursor, keys, reason, actor=actor.account, why="apply to open orders")
        freed = set(holds.lift(cursor, release, "risk_freeze", actor=actor.account, why="apply to open orders"))
        freed |= set(holds.lift(cursor, release, "risk_review", actor=actor.account, why="apply to open orders"))
        audit.record(cursor, actor, "rules.apply", "risk", held=len(held), released=len(freed))
    return len(held), len(freed)


def changes(old: Mapping[str, Any], new: Mapping[str, Any], store: Store) -> list[tuple[str, str, str]]:
    """What differs between two bodies: (what, before, after); rules as sentences, the rest as it stands."""
    known = catalogue.load(store)
    before, after = _spoken(old, known), _spoken(new, known)
    return [
        (key, before.get(key, ""), after.get(key, ""))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def _spoken(body: Mapping[str, Any], known: Any) -> dict[str, str]:
    said = {key: json.dumps(body[key], ensure_ascii=False) for key in ("mode", "hit", "otherwise") if key in body}
    if body.get("examples"):
        said["examples"] = str(len(body["examples"]))
    try:
        for rule in read_rule_set(body, known).rules:
            title = rule.name if rule.name not in said else f"{rule.name} ({rule.id})"
            said[title] = f"{say(rule.when)}{_span(rule)} → {json.dumps(dict(rule.then), ensure_ascii=False)}"
    except DanliuError as error:
        said["error"] = str(error)
    return said


def _span(rule: Rule) -> str:
    """When a rule is in force, if not always."""
    if rule.valid_from is None and rule.valid_to is None:
        return ""
    start, end = (moment.isoformat(" ", "minutes") if moment else "" for moment in (rule.valid_from, rule.valid_to))
    return f" ({start} … {end})"
