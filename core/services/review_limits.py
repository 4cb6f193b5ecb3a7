"""Who may release what at the review desk: reasons by role, and an amount up to which a role may release by itself."""

import json
from collections.abc import Mapping
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.permissions import ADMIN, CS, LEAD, ROLES
from core.people.roles import role_of
from core.store import Store, facts, roles

_FACT = "review_limits"
DEFAULT: dict[str, int | None] = {CS: 0}
"""Role -> fen up to which it may release; None: without limit. Customer service and own roles release nothing until an administrator says otherwise."""
BY_LEAD = ("over_limit", "approval")
"""Reasons that only a lead or an administrator may decide (approvals: besides the role that was asked)."""
RELEASABLE = (
    "risk_freeze",
    "risk_review",
    "over_limit",
    "gift_short",
    "approval",
    "review",
    "bad_address",
    "no_route",
    "person",
    "dispatch_refused",
    "courier_unknown",
)
"""Reasons that a person's word lifts. The others end by what caused them: the platform, the stock, the refund."""


def limits(actor: Actor, store: Store) -> dict[str, int | None]:
    """Role -> fen up to which it may release by itself; None without limit."""
    require(actor, store, "review.view")
    changed = {row.role: row for row in roles.listing(store)}
    deciding = [LEAD, CS, *(role for role in changed if role not in (LEAD, CS))]
    return {
        role: _limit(store, role)
        for role in deciding
        if "review.decide" in role_of(role, changed.get(role)).permissions
    }


def set_limit(actor: Actor, store: Store, role: str, fen: int | None) -> None:
    """Set the amount up to which a role may release by itself; None for no limit."""
    require(actor, store, "review.limits", role)
    known = {*ROLES, *(row.role for row in roles.listing(store))}
    if role not in known or (fen is not None and fen < 0):
        raise BadRequest(
            N_("A limit is an amount of at least 0 for one of the roles."), N_("Choose a role and an amount.")
        )
    with store.write() as cursor:
        kept = json.loads(facts.get(store, _FACT, json.dumps(DEFAULT)))
        facts.put(store, _FACT, json.dumps({**kept, role: fen}))
        audit.record(cursor, actor, "review.limits", role, fen=fen)


def _limit(store: Store, role: str) -> int | None:
    otherwise = None if role in (ADMIN, LEAD, "system") else 0
    return json.loads(facts.get(store, _FACT, json.dumps(DEFAULT))).get(role, otherwise)


def why_not(actor: Actor, limit: int | None, row: Mapping[str, Any], asked_role: str = "") -> str:
    """Why the actor may not release the order: held_by_cause, only_lead, over_amount; "" when nothing stands against it."""
    reasons = [reason for reason in row["held_reasons"] if reason in RELEASABLE]
    if not reasons:
        return "held_by_cause"
    senior = actor.may("review.senior")
    for reason in reasons:
        if reason in BY_LEAD and not senior and not (reason == "approval" and asked_role == actor.role):
            return "only_lead"
    if limit is not None and actor.role != ADMIN and (row["paid_fen"] or 0) > limit:
        return "over_amount"
    return ""


WHY_NOT = {
    "held_by_cause": N_("Nothing holds it that a person's word would lift"),
    "only_lead": N_("Only a lead may decide this"),
    "over_amount": N_("The amount is over your limit; somebody with a higher one decides"),
}


def of_role(store: Store, role: str) -> int | None:
    """The role's limit in fen; None without."""
    return _limit(store, role)
