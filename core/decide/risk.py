"""Risk: decides a batch of orders by the rule sets in force, as one query, and writes decision, hold and event together.

Order of actions: allow > freeze > review > tag. Shadow sets are decided and kept beside the live ones, without effect. A
count that triggers a freeze also freezes the earlier, not yet shipped orders of its window.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from core.decide import blacklist
from core.model.fields import Level
from core.people.vault import Vault
from core.rules.batch import Batch, Sifted, flagged
from core.rules.condition import Condition, Count, Leaf, walk
from core.rules.derived import sql_of
from core.rules.keys import column_of
from core.rules.rulebook import Edition, Rulebook
from core.rules.ruleset import Rule
from core.rules.sql import Compiler, Sql
from core.store import Cursor, Store, catalogue, decisions, documents, holds, order_tags, window
from core.store import blacklist as blacklist_store
from core.store.decisions import Decision
from core.store.orders_query import Predicate

KIND = "risk"
_ORDER = ("allow", "freeze", "review", "tag")
_HOLD = {"freeze": "risk_freeze", "review": "risk_review"}
_books: WeakKeyDictionary[Store, Rulebook] = WeakKeyDictionary()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Judged:
    """How a batch was decided: orders looked at, and how many got each outcome."""

    orders: int
    outcomes: dict[str, int]
    frozen_earlier: int = 0


def rulebook(store: Store) -> Rulebook:
    """The risk sets in force now; a published set is in here at the next call. Nothing is read while nothing is written."""
    with _lock:
        book, version = _books.setdefault(store, Rulebook()), store.version
        if book.read_at != version:
            published = [
                (found.name, found.version, found.body)
                for found in documents.all_published(store, KIND)
                if found.body.get("mode") != "off"
            ]
            book.refresh(published, catalogue.load(store), lambda name, broken: _former(store, name, broken))
            book.read_at = version
        return book


def _former(store: Store, name: str, broken: int) -> list[tuple[int, dict[str, Any]]]:
    """What was in force before a version: (version, body), newest first."""
    versions = documents.history(store, KIND, name)
    return [(d.version, d.body) for d in versions if d.version < broken and d.published_at is not None]


def in_force(store: Store) -> bool:
    """Whether anything decides: a live set, or a third party's blacklist."""
    with store.read() as cursor:
        asked = blacklist_store.service(cursor).mode == "live"
    return asked or bool(rulebook(store).in_mode("live"))


def judge(store: Store, vault: Vault, order_keys: Sequence[int], zone: str, *, since: datetime | None = None) -> Judged:
    """Decide the orders by all live and shadow sets and write what follows, in one transaction. `since`: none of the
    orders came into the pool earlier, where that is known."""
    editions = rulebook(store).in_mode("live", "shadow")
    keys = list(order_keys)
    with store.write() as cursor:
        since = since or window.since(cursor, keys)
        found, bursts = _decide(cursor, vault, editions, keys, zone, since)
        decisions.append(cursor, found, since=since)
        earlier = _earlier(cursor, bursts, zone)
        live = [d for d in found if d.mode == "live"]
        final = _final(live, keys)
        for action, reason in _HOLD.items():
            held = [key for key, outcome in final.items() if outcome == action]
            if held:
                holds.add(cursor, held, reason, actor="system", why=_why(live, held))
        frozen = (
            holds.add(cursor, sorted(earlier), "risk_freeze", actor="system", why="earlier in the window")
            if earlier
            else []
        )
        _tag(cursor, live, final)
    outcomes: dict[str, int] = {}
    for outcome in final.values():
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return Judged(len(keys), outcomes, len(frozen))


def _decide(
    cursor: Cursor, vault: Vault, editions: list[Edition], keys: list[int], zone: str, since: datetime | None
) -> tuple[list[Decision], list[tuple[Count, list[int]]]]:
    """The decisions of a batch, and the counts with the orders that went over them (their window is frozen as well)."""
    rules = [(edition, rule) for edition in editions for rule in edition.rules.rules]
    conditions = [rule.when for _edition, rule in rules]
    compiler = Compiler(vault.keyed, zone)
    batch = Batch(cursor, compiler, conditions, Sql(*window.batch(cursor, keys, since)))
    facts = _facts(conditions)
    flags = [*(f"k{name[1:]}" for name in compiler.counts.values()), *(name for name in facts if name.startswith("h_"))]
    sifted = batch.sift(conditions, facts, flags)
    batch.close()
    found: list[Decision] = []
    bursts: list[tuple[Count, list[int]]] = []
    offset = 0
    for edition in editions:
        judge_of = _Judge(edition, offset, compiler.counts, flags)
        found += [judge_of.of(each) for each in sifted]
        if edition.rules.mode == "live":
            bursts += judge_of.bursts.items()
        offset += len(edition.rules.rules)
    return found + blacklist.decisions_of(cursor, keys), bursts


def _earlier(cursor: Cursor, bursts: list[tuple[Count, list[int]]], zone: str) -> set[int]:
    """The not yet shipped orders that came before those which went over a count, in its window."""
    return {
        key for count, hit in bursts for key in window.earlier(cursor, column_of(count.same), count.hours, hit, zone)
    }


class _Judge:
    """Turns the booleans of one rule set into decisions with their evidence."""

    def __init__(self, edition: Edition, offset: int, counted: dict[Count, str], flags: Sequence[str]) -> None:
        self.edition, self.offset, self.flags = edition, offset, flags
        self.looks = [_looks(rule.when, counted) for rule in edition.rules.rules]
        self.counts = [[c for c in walk(rule.when) if isinstance(c, Count)] for rule in edition.rules.rules]
        self.bursts: dict[Count, list[int]] = {}
        self.plain: dict[tuple[int, ...], Decision] = {}

    def of(self, order: Sifted) -> Decision:
        """One order by this set. Orders that meet nothing and carry the same fields share what is said of them."""
        if order.met is not None:
            return self.decide(order.met)
        same = self.plain.get(order.packs)
        if same is None:
            none_met = dict.fromkeys((f"r{self.offset + n}" for n in range(len(self.looks))), False)
            nothing = {"order_key": order.order_key, "decided_at": None, **none_met}
            same = self.plain[order.packs] = self.decide({**nothing, **flagged(order.packs, self.flags)})
        said = self.edition
        return Decision(
            order.order_key,
            KIND,
            said.name,
            said.version,
            said.rules.mode,
            same.outcome,
            (),
            same.evidence,
            same.missing,
        )

    def decide(self, known: dict[str, Any]) -> Decision:
        """One order by this set: the strongest action of its hits, or what the set says otherwise."""
        hits: list[Rule] = []
        evidence: dict[str, Any] = {}
        missing: dict[str, str] = {}
        for n, rule in enumerate(self.edition.rules.rules):
            if self.edition.rules.hit == "first" and hits:
                break
            looks = self.looks[n]
            if known[f"r{self.offset + n}"] and (known["decided_at"] is None or rule.valid_at(known["decided_at"])):
                hits.append(rule)
                evidence[rule.id] = {title: known[column] for title, (column, _has) in looks.items()}
            else:
                lacking = next((title for title, (_column, has) in looks.items() if known[has] in (None, False)), None)
                if lacking is not None:
                    missing[rule.id] = lacking
        action = min((rule.then["action"] for rule in hits), key=_ORDER.index, default=None)
        outcome = action or self.edition.rules.otherwise.get("action", "allow")
        if action == "freeze":
            self.remember(known["order_key"], hits)
        tags = [rule.then["tag"] for rule in hits if rule.then["action"] == "tag"]
        return Decision(
            known["order_key"], KIND, self.edition.name, self.edition.version, self.edition.rules.mode,
            f"tag:{','.join(tags)}" if outcome == "tag" else outcome, tuple(rule.id for rule in hits), evidence, missing,
        )  # fmt: skip

    def remember(self, order_key: int, hits: list[Rule]) -> None:
        """Which counts the order went over."""
        for n, rule in enumerate(self.edition.rules.rules):
            if rule in hits and rule.then["action"] == "freeze":
                for count in self.counts[n]:
                    self.bursts.setdefault(count, []).append(order_key)


def _looks(condition: Condition, counted: dict[Count, str]) -> dict[str, tuple[str, str]]:
    """What a rule looks at: name to show -> (column of the known row, column that says whether there is anything to see).

    Person fields show their hash, never the value.
    """
    found: dict[str, tuple[str, str]] = {}
    for part in walk(condition):
        if isinstance(part, Count):
            column = counted[part.window]
            found[f"{part.what}/{part.same.name}/{'day' if part.hours is None else f'{part.hours}h'}"] = (
                column, f"k{column[1:]}",
            )  # fmt: skip
        elif isinstance(part, Leaf) and part.field.level is Level.ORDER and part.op != "is_null":
            column = f"f_{part.field.name}"
            found[part.field.name] = (column, f"h_{part.field.name}")
    return found


def _facts(conditions: Sequence[Condition]) -> dict[str, str]:
    """The fields the rules look at, as columns: `f_<field>` its value, `h_<field>` whether the order carries it."""
    leaves = [p for when in conditions for p in walk(when) if isinstance(p, Leaf) and p.field.level is Level.ORDER]
    values = {f"f_{p.field.name}": sql_of(p.field) for p in leaves}
    return values | {f"h_{p.field.name}": f"({sql_of(p.field)} IS NOT NULL)" for p in leaves}


def _final(live: list[Decision], keys: list[int]) -> dict[int, str]:
    """The outcome of each order over all live sets: a hit that allows wins, then freeze, review, tag."""
    final = dict.fromkeys(keys, "allow")
    strongest: dict[int, int] = {}
    for decision in live:
        if not decision.rules:
            continue
        rank = _ORDER.index(decision.outcome.split(":")[0])
        if rank < strongest.get(decision.order_key, len(_ORDER)):
            strongest[decision.order_key] = rank
            final[decision.order_key] = _ORDER[rank]
    return final


def _why(live: list[Decision], held: list[int]) -> str:
    """The rules behind a hold, for the event."""
    chosen = set(held)
    return ", ".join(sorted({f"{d.rule_set}/{rule}" for d in live if d.order_key in chosen for rule in d.rules}))


def _tag(cursor: Cursor, live: list[Decision], final: dict[int, str]) -> None:
    tagged: dict[str, list[int]] = {}
    for decision in live:
        if decision.outcome.startswith("tag:") and final[decision.order_key] != "allow":
            for tag in decision.outcome[4:].split(","):
                tagged.setdefault(tag, []).append(decision.order_key)
    for tag, keys in tagged.items():
        order_tags.change(cursor, Predicate(window.KEYED, (keys,)), tag, put=True, actor="system")


@dataclass(frozen=True, slots=True)
class Difference:
    """What deciding all open orders now would change: keys to hold, to release, how many were looked at.

    `review` are those of `hold` that only a person is to look at; the others are frozen.
    """

    hold: tuple[int, ...]
    release: tuple[int, ...]
    looked_at: int
    review: frozenset[int] = frozenset()


def difference(store: Store, vault: Vault, zone: str) -> Difference:
    """Decide all open orders by the live sets and change nothing. What a person released or rejected stays so."""
    editions = rulebook(store).in_mode("live")
    with store.read() as cursor:
        rows = window.open_orders(cursor)
        keys = [key for key, _held, _label in rows]
        first = window.since(cursor, keys)
        found, bursts = _decide(cursor, vault, editions, keys, zone, first) if keys else ([], [])
        final = _final([decision for decision in found if decision.mode == "live"], keys)
        # As when orders arrive: what came earlier in the window is frozen with the one that went over the count.
        let_through = {d.order_key for d in found if d.rules and d.outcome == "allow"}
        final |= dict.fromkeys((_earlier(cursor, bursts, zone) & final.keys()) - let_through, "freeze")
    hold = tuple(key for key, held, label in rows if not held and final[key] in _HOLD and label != "normal")
    release = tuple(key for key, held, label in rows if held and final[key] not in _HOLD and label != "fraud")
    return Difference(hold, release, len(rows), frozenset(key for key in hold if final[key] == "review"))


def foresee(cursor: Cursor, store: Store, vault: Vault, keys: Sequence[int], zone: str) -> dict[int, str]:
    """What the live sets would say of the orders (allow freeze review tag); nothing is written."""
    listed = list(keys)
    first = window.since(cursor, listed)
    found, _bursts = _decide(cursor, vault, rulebook(store).in_mode("live"), listed, zone, first)
    return _final(found, listed)
