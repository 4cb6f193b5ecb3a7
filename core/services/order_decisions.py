"""Why an order was decided as it was: each rule set's word on it, the rules behind it, and what could not be evaluated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.decide import blacklist
from core.decide.policies import KIND as ROUTING
from core.decide.routing.why import sentence as routing_sentence
from core.errors import DanliuError
from core.i18n import N_, _
from core.model.fields import PERSON_FIELDS, Catalogue
from core.people.actor import Actor
from core.people.guard import require
from core.rules.ruleset import Rule, read_rule_set
from core.rules.sentence import say
from core.services.reference import titles
from core.store import Store, catalogue, decisions, documents

_OTHERS = {
    blacklist.LISTED: N_("Listed by the blacklist service"),
    blacklist.UNANSWERED: N_("The blacklist service gave no answer"),
}
"""Decisions that come from no rule set."""


@dataclass(frozen=True, slots=True)
class Told:
    """One rule of a decision: its name, its sentence as of that version, and what was seen (name -> value).

    A count is named `orders/phone/day`; a person's value is never told. `lacks` is what it could not do without.
    """

    name: str
    sentence: str
    seen: Mapping[str, Any]
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What one version of a rule set said. `hits` are the rules that were met, `unknown` those not evaluable."""

    kind: str
    rule_set: str
    version: int
    mode: str
    outcome: str
    decided_at: datetime
    hits: tuple[Told, ...]
    unknown: tuple[Told, ...]
    sentence: str = ""
    """Of a routing: why this warehouse, in the reader's language."""


def of_order(actor: Actor, store: Store, order_key: int, zone: str) -> list[Decided]:
    """All decisions on an order, newest first. Sentences are in the reader's language."""
    require(actor, store, "orders.view", str(order_key))
    known = catalogue.load(store)
    bodies: dict[tuple[str, str], dict[int, dict[str, Rule]]] = {}
    found = []
    for row in decisions.of_order(store, order_key):
        place = row["kind"], row["rule_set"]
        if place not in bodies:
            bodies[place] = {v.version: _rules(v.body, known) for v in documents.history(store, *place)}
        rules = bodies[place].get(row["version"], {})
        hits = tuple(_told(name, rules, zone, _open(actor, row["evidence"].get(name, {}))) for name in row["rules"])
        unknown = tuple(_told(name, rules, zone, {}, lacks) for name, lacks in row["missing"].items())
        named = {name: row[name] for name in ("kind", "rule_set", "version", "mode", "outcome", "decided_at")}
        said = ""
        if row["kind"] == ROUTING:
            hits, said = (), routing_sentence(row["evidence"], *_titles(store), money=actor.may("orders.money"))
        found.append(Decided(**named, hits=hits, unknown=unknown, sentence=said))
    return found


def _titles(store: Store) -> tuple[Callable[[str], str], Callable[[str], str]]:
    places, firms = titles(store)
    return lambda name: places.get(name, name), lambda name: firms.get(name, name)


def _told(name: str, rules: Mapping[str, Rule], zone: str, seen: Mapping[str, Any], lacks: str = "") -> Told:
    rule = rules.get(name)
    known = _(_OTHERS[name]) if name in _OTHERS else name
    return Told(rule.name if rule else known, say(rule.when, zone) if rule else "", seen, lacks)


def _rules(body: Mapping[str, Any], known: Catalogue) -> dict[str, Rule]:
    """The rules of a version by id; none where it names fields that are gone."""
    try:
        return {rule.id: rule for rule in read_rule_set(body, known).rules}
    except DanliuError:
        return {}


def _open(actor: Actor, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen, without the hashes of persons and without amounts for a role that may not see them."""
    return {
        name: value
        for name, value in evidence.items()
        if name not in PERSON_FIELDS and (actor.may("orders.money") or not name.endswith("_fen"))
    }
