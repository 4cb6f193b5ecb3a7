"""Every role against every permission: what is not given is refused, audited, and changes nothing."""

import pytest

from core.errors import NotAllowed
from core.people.actor import SYSTEM, person
from core.people.guard import require
from core.people.permissions import PERMISSIONS, ROLES
from core.store import Store

# The seed: customer service reads only; the warehouse updates outbound state only; rules are the administrator's.
READS = ("view", "money", "open")


def writes(role: str) -> set[str]:
    """The role's permissions that are more than looking, but for what everybody may do with the own account."""
    return {name for name in person("x", role).permissions if name.split(".")[1] not in READS} - {"own.account"}


@pytest.mark.parametrize("role", [*ROLES, "unknown", ""])
def test_each_permission_is_held_or_refused_and_audited(store: Store, role: str) -> None:
    actor = person("somebody", role)
    refused = []
    for permission in PERMISSIONS:
        if role in permission.roles:
            require(actor, store, permission.name)
            continue
        with pytest.raises(NotAllowed):
            require(actor, store, permission.name, "subject")
        refused.append((permission.name, "subject", "denied", "somebody", role))
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT action, subject, outcome, actor, role FROM audit ORDER BY happened_at, action"
        ).fetchall()
    assert sorted(rows) == sorted(refused)


def test_customer_service_reads_orders_and_writes_tickets_and_decides_within_its_limit() -> None:
    assert writes("cs") <= {
        "tickets.use", "review.decide", "parcels.settle", "faults.note", "after_sales.faults", "after_sales.work",
    }  # fmt: skip


def test_the_warehouse_updates_outbound_state_only_and_answers_its_tickets() -> None:
    assert writes("warehouse") <= {"outbound.update", "tickets.use", "faults.note", "after_sales.receive"}


def test_rules_mappings_and_accounts_are_the_administrators() -> None:
    edits = {"rules.edit", "mapping.edit", "model.edit", "channels.edit", "accounts.edit"}
    assert [role for role in ROLES if person("x", role).permissions & edits] == ["admin"]


def test_an_unknown_permission_is_a_mistake_of_the_code(store: Store) -> None:
    with pytest.raises(ValueError, match="unknown permission"):
        require(SYSTEM, store, "orders.veiw")
