"""A person's word on a held order: released as normal, or rejected as fraud. The word is learned; the rules are measured by it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from core import clock
from core.errors import BadRequest, Stale
from core.i18n import N_
from core.insight.whatif import wilson
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.rules.keys import column_of
from core.settings import ROOT
from core.store import Store, catalogue, decisions, facts, holds, labels

_ALERT, ALERT_SHARE = "risk_alert_share", 0.02
_WORDS = "risk_fraud_words"
_SECONDS = 60.0
_measured: WeakKeyDictionary[Store, tuple[float, "Measured"]] = WeakKeyDictionary()
KEYS = ("phone", "buyer_id", "recipient", "address", "ip", "account_registered_at")
_RISK = ("risk_freeze", "risk_review")


@dataclass(frozen=True, slots=True)
class Measured:
    """How often rules held the wrong order, over the last days. Shares are None without anything to measure.

    `false_positive`: normal orders held / all normal orders. `false_discovery`: released / reviewed, with its 95 %
    interval. They are different numbers.
    """

    days: int
    decided: int
    held: int
    released: int
    rejected: int
    waiting: int
    false_positive: float | None
    false_positive_high: float | None
    false_discovery: float | None
    low: float | None
    high: float | None
    alert_at: float
    missed: int = 0

    @property
    def alert(self) -> bool:
        """Whether the false-positive rate is above the set level."""
        return self.false_positive is not None and self.false_positive > self.alert_at


def waiting(actor: Actor, store: Store, *, limit: int = 100, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Orders that risk holds and nobody has decided yet, oldest payment first, and their number.

    Amounts are absent for a role that may not see them.
    """
    require(actor, store, "orders.view", "risk")
    rows, total = labels.waiting(store, limit, offset)
    if not actor.may("orders.money"):
        rows = [{name: value for name, value in row.items() if not name.endswith("_fen")} for row in rows]
    return rows, total


def release(actor: Actor, store: Store, order_keys: Sequence[int], why: str = "") -> int:
    """Lift the risk holds of the orders and learn that they are normal; returns how many.

    Stale when none of them is held by risk any more: somebody else was first.
    """
    require(actor, store, "orders.release", _subject(order_keys))
    within(actor, store, order_keys, "orders.release")
    with store.write() as cursor:
        freed: set[int] = set()
        for reason in _RISK:
            freed |= set(holds.lift(cursor, order_keys, reason, actor=actor.account, why=why))
        _somebody(freed)
        decisions.label(cursor, sorted(freed), "normal", source="review", by=actor.account)
        audit.record(cursor, actor, "orders.release", _subject(order_keys), orders=len(freed), why=why)
    return len(freed)


def reject(actor: Actor, store: Store, order_keys: Sequence[int], why: str = "") -> int:
    """Learn that the orders are fraud; they stay held. Stale when somebody else has decided all of them already."""
    require(actor, store, "orders.release", _subject(order_keys))
    within(actor, store, order_keys, "orders.release")
    with store.write() as cursor:
        standing = labels.rejectable(cursor, order_keys)
        _somebody(standing)
        decisions.label(cursor, standing, "fraud", source="review", by=actor.account)
        audit.record(cursor, actor, "orders.reject", _subject(order_keys), orders=len(standing), why=why)
    return len(standing)


def measure(actor: Actor, store: Store, days: int = 7) -> Measured:
    """The rates of the last days. An order held and not yet reviewed is no evidence, and counts in neither."""
    require(actor, store, "rules.view", "risk")
    found = labels.tally(store, clock.now() - timedelta(days=days))
    normal = found.decided - found.held + found.released - found.missed
    among_normal, reviewed = wilson(found.released, normal), wilson(found.released, found.released + found.rejected)
    return Measured(
        days, found.decided, found.held, found.released, found.rejected, found.waiting,
        found.released / normal if normal > 0 else None, among_normal[1] if among_normal else None,
        found.released / (found.released + found.rejected) if reviewed else None,
        reviewed[0] if reviewed else None, reviewed[1] if reviewed else None, alert_share(store), found.missed,
    )  # fmt: skip


def alert_share(store: Store) -> float:
    """The share above which the false-positive rate is an alert."""
    return float(facts.get(store, _ALERT, str(ALERT_SHARE)))


def set_alert(actor: Actor, store: Store, share: float) -> None:
    """Set the level of the alert, a share of 0 to 1."""
    require(actor, store, "rules.edit", "risk")
    if not 0 < share <= 1:
        raise BadRequest(N_("The alert level is over 0 % and at most 100 %."), N_("2 % is usual."))
    with store.write() as cursor:
        facts.put(store, _ALERT, str(share))
        audit.record(cursor, actor, "risk.alert", "risk", share=share)
    _measured.pop(store, None)


def alerting(actor: Actor, store: Store) -> Measured | None:
    """The rates of the last week where they are above the alert's level; at most a minute old. None for other roles."""
    require(actor, store, "overview.view", "risk")
    if not actor.may("rules.view"):
        return None
    now = monotonic()
    known = _measured.get(store)
    if known is None or now - known[0] > _SECONDS:
        known = _measured[store] = now, measure(actor, store)
    return known[1] if known[1].alert else None


def fraud_words(store: Store) -> tuple[str, ...]:
    """Words in the reason of a refund that mean fraud."""
    shipped = (ROOT / "data" / "risk" / "fraud_words.json").read_text(encoding="utf-8")
    return tuple(json.loads(facts.get(store, _WORDS, shipped)))


def set_fraud_words(actor: Actor, store: Store, words: Sequence[str]) -> None:
    """Set the words; none at all learns nothing from refunds."""
    require(actor, store, "rules.edit", "risk")
    wanted = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if any(len(word) > 40 for word in wanted) or len(wanted) > 100:
        raise BadRequest(N_("Up to 100 words of at most 40 signs."), N_("Give the shortest form."))
    with store.write() as cursor:
        facts.put(store, _WORDS, json.dumps(wanted, ensure_ascii=False))
        audit.record(cursor, actor, "risk.words", "risk", words=wanted)


def evaluable(actor: Actor, store: Store, days: int = 30) -> list[dict[str, Any]]:
    """Per channel of the last days: `orders`, and by each of `KEYS` the share of them that carries it."""
    require(actor, store, "rules.view", "risk")
    known = catalogue.load(store)
    columns = {name: column_of(field) for name in KEYS if (field := known.find(name)) is not None}
    rows = labels.evaluable(store, clock.now() - timedelta(days=days), list(columns.values()))
    return [
        {"channel": row["channel"], "orders": row["orders"]}
        | {name: row[column] / row["orders"] for name, column in columns.items()}
        for row in rows
    ]


def _somebody(standing: Sequence[int] | set[int]) -> None:
    if not standing:
        raise Stale(N_("Somebody else has decided this already."), N_("Load the list again."))


def _subject(order_keys: Sequence[int]) -> str:
    return ", ".join(str(key) for key in order_keys[:5]) + (" …" if len(order_keys) > 5 else "")
