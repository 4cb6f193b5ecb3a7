"""What a role may do and see: the ready-made table of the code with what an administrator changed of it, or an own role.

A role that sees a part of the orders only may hold nothing that shows or changes the whole house; a role with hidden
fields nothing that shows them by another way. Both are refused by the form and, whatever the table holds, taken away here.
"""

from dataclasses import dataclass

from core.i18n import N_
from core.people.permissions import ADMIN, NAMES, ROLES, of_role
from core.store.roles import RoleRow
from core.store.scope import EVERYTHING, Scope

HIDEABLE: dict[str, tuple[str, ...]] = {
    "phone": ("phone", "phone_last4"),
    "address": ("address",),
    "buyer": ("buyer_id", "buyer_name", "recipient", "buyer_note", "ip", "account_registered_at"),
}
"""Groups of an order's fields that a role can be kept from, by name; amounts are the permission `orders.money`."""
HIDEABLE_LABELS = {
    "phone": N_("Phone"),
    "address": N_("Detailed address"),
    "buyer": N_("Buyer and recipient"),
}
IN_PART = frozenset({
    "overview.view", "orders.view", "orders.money", "orders.tag", "orders.release", "orders.export", "person.open",
    "tickets.use", "outbound.update", "review.view", "review.decide", "review.senior", "refund.override", "board.view",
    "board.move", "parcels.view", "parcels.settle", "after_sales.view", "after_sales.work", "after_sales.receive",
    "after_sales.faults", "stock.view", "products.view", "promotions.view", "own.account", "help.view",
})  # fmt: skip
"""Permissions that a role for some shops or warehouses may hold: all they show goes through the store's views."""
SHOWS_HIDDEN = frozenset({"orders.raw", "console.use", "history.view", "backups.make", "person.erase", "roles.edit"})
"""Permissions that show person data by another way than an order's fields."""
ONLY_ADMIN = frozenset({"roles.edit"})
"""Permissions that no other role can be given."""


@dataclass(frozen=True, slots=True)
class Role:
    """One role as it counts now. `title` is a message id for a ready-made role, else the operator's own words."""

    role: str
    title: str
    note: str
    is_own: bool
    is_changed: bool
    permissions: frozenset[str]
    scope: Scope


def role_of(role: str, row: RoleRow | None) -> Role:
    """The role with its stored row, if there is one. An unknown role may do nothing."""
    if role == ADMIN:  # nothing in the store can lock the administrators out
        return Role(ADMIN, ROLES[ADMIN], "", False, False, of_role(ADMIN), EVERYTHING)
    if row is None:
        return Role(role, ROLES.get(role, role), "", False, False, of_role(role), EVERYTHING)
    asked = (of_role(role) | row.added) - row.removed
    own = role not in ROLES
    return Role(role, row.title if own else ROLES[role], row.note, own, not own, held(asked, row.scope), row.scope)


def held(permissions: frozenset[str], scope: Scope) -> frozenset[str]:
    """Those of the permissions that a role with this scope may really hold."""
    return (permissions & NAMES) - ONLY_ADMIN - not_with(scope)


def not_with(scope: Scope) -> frozenset[str]:
    """The permissions that a role with this scope cannot hold."""
    left = NAMES - IN_PART if scope.narrows else frozenset()
    return left | SHOWS_HIDDEN if scope.hidden else left


def hidden_columns(groups: set[str], own_fields: set[str]) -> frozenset[str]:
    """The columns of the chosen groups and own fields."""
    return frozenset(name for group in groups for name in HIDEABLE[group]) | own_fields


def hidden_groups(scope: Scope) -> set[str]:
    """The groups of which all columns are hidden."""
    return {group for group, names in HIDEABLE.items() if set(names) <= scope.hidden}
