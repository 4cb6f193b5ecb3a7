"""Roles built by form: which permissions, which shops and warehouses, which fields. What a role may do counts at once.

Only administrators build roles. Nothing can take a right from the administrators, and a ready-made role never goes.
"""

import re
from dataclasses import dataclass
from uuid import uuid4

from core.errors import BadRequest, NotFound
from core.i18n import N_, _, language
from core.model.fields import Level
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.permissions import ADMIN, NAMES, PERMISSIONS, ROLES, Permission, of_role
from core.people.roles import HIDEABLE, ONLY_ADMIN, Role, hidden_columns, not_with, role_of
from core.store import Store, catalogue, orders_query, shops, warehouses
from core.store import roles as rows
from core.store.roles import RoleRow
from core.store.scope import Scope

ALWAYS = frozenset({"own.account", "help.view"})
"""What every role has: the own password, the own language, the help."""
_EDIT = "roles.edit"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a role can be narrowed to: (channel, shop) pairs, warehouse codes with titles, own fields by name."""

    shops: tuple[tuple[str, str], ...]
    warehouses: dict[str, str]
    own_fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A role as the form holds it. `hidden` are groups of HIDEABLE and own fields (x_...)."""

    title: str
    note: str
    permissions: frozenset[str]
    shops: frozenset[tuple[str, str]] = frozenset()
    warehouses: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


def titles(actor: Actor, store: Store) -> dict[str, str]:
    """role -> its title: a message id for a ready-made role, else the operator's own words."""
    require(actor, store, "own.account")
    return ROLES | {row.role: row.title for row in rows.listing(store) if row.role not in ROLES}


def listing(actor: Actor, store: Store) -> list[Role]:
    """All roles as they count now, the ready-made ones first."""
    require(actor, store, "accounts.edit")
    stored = {row.role: row for row in rows.listing(store)}
    own = [role for role in stored if role not in ROLES]
    return [role_of(role, stored.get(role)) for role in (*ROLES, *own)]


def grantable(actor: Actor, store: Store) -> tuple[Permission, ...]:
    """The permissions that a role can be given, in the table's order."""
    require(actor, store, _EDIT)
    return tuple(permission for permission in PERMISSIONS if permission.name not in ONLY_ADMIN | ALWAYS)


def choices(actor: Actor, store: Store) -> Choices:
    """What there is to narrow a role to."""
    require(actor, store, _EDIT)
    known = {(shop.channel, shop.shop) for shop in shops.listing(store, removed=True)} | set(shops.order_counts(store))
    places = {code: code for code in orders_query.values_in_use(store, "warehouse")}
    places |= {place.warehouse: place.title or place.warehouse for place in warehouses.warehouses(store)}
    fields = (field for level in Level for field in catalogue.load(store).at(level, retired=True))
    own = {field.name: field.title(language(), _) for field in fields if field.name.startswith("x_")}
    return Choices(tuple(sorted(known)), places, own)


def refused_by(draft: Draft) -> frozenset[str]:
    """The chosen permissions that do not go with the chosen shops, warehouses and hidden fields."""
    return (draft.permissions & not_with(_scope(draft))) - ALWAYS


def save(actor: Actor, store: Store, draft: Draft, role: str = "") -> str:
    """Make an own role (`role` empty) or change one; its name. A change counts at each holder's next action.

    BadRequest for a role without a title, with nothing it may do, or with permissions that do not go with its limits.
    """
    require(actor, store, _EDIT, role)
    title = draft.title.strip()
    if role == ADMIN:
        raise BadRequest(
            N_("The administrator's role cannot be changed."), N_("Make an own role with fewer rights instead.")
        )
    if not role or role not in ROLES:
        _check_title(store, title, role)
    _check_draft(draft)
    with store.write() as cursor:
        before = rows.find(cursor, role) if role else None
        if role and role not in ROLES and before is None:
            raise _unknown(role)
        name = role or f"own_{uuid4().hex[:8]}"
        row = _row(name, title, draft)
        rows.put(cursor, row)
        was, now = role_of(name, before), role_of(name, row)
        audit.record(
            cursor, actor, "roles.change" if role else "roles.add", name,
            title=title, given=sorted(now.permissions - was.permissions), taken=sorted(was.permissions - now.permissions),
            shops=sorted(map("/".join, draft.shops)), warehouses=sorted(draft.warehouses), hidden=sorted(draft.hidden),
        )  # fmt: skip
    return name


def remove(actor: Actor, store: Store, role: str) -> None:
    """Remove an own role that nobody holds; a ready-made one goes back to what it was. BadRequest while it is held."""
    require(actor, store, _EDIT, role)
    with store.write() as cursor:
        if rows.find(cursor, role) is None:
            raise _unknown(role)
        held = rows.holders(cursor, role)
        if role not in ROLES and held:
            raise BadRequest(
                N_("The role is held by {accounts}."), N_("Give them another role first."), accounts=", ".join(held[:5])
            )
        rows.remove(cursor, role)
        audit.record(cursor, actor, "roles.reset" if role in ROLES else "roles.remove", role)


def draft_of(role: Role) -> Draft:
    """A role as the form begins with it."""
    groups = {group for group, names in HIDEABLE.items() if set(names) <= role.scope.hidden}
    own = {name for name in role.scope.hidden if name.startswith("x_")}
    return Draft(
        role.title, role.note, role.permissions, role.scope.shops, role.scope.warehouses, frozenset(groups | own)
    )


def _scope(draft: Draft) -> Scope:
    groups = {name for name in draft.hidden if name in HIDEABLE}
    own = {name for name in draft.hidden if name.startswith("x_")}
    return Scope(draft.shops, draft.warehouses, hidden_columns(groups, own))


def _row(name: str, title: str, draft: Draft) -> RoleRow:
    table, wanted = of_role(name), draft.permissions | ALWAYS
    return RoleRow(
        name, "" if name in ROLES else title, draft.note.strip(), wanted - table, table - wanted, _scope(draft)
    )


def _check_title(store: Store, title: str, role: str) -> None:
    if not title or len(title) > 40:
        raise BadRequest(N_("A role needs a name of at most 40 characters."), N_("Fill in the name."))
    taken = {row.title.casefold() for row in rows.listing(store) if row.role != role}
    if title.casefold() in taken | {name.casefold() for name in ROLES}:
        raise BadRequest(N_("There is a role of this name already."), N_("Choose another name."))


def _check_draft(draft: Draft) -> None:
    odd = sorted(draft.permissions - NAMES | draft.permissions & ONLY_ADMIN)
    if odd:
        raise BadRequest(N_("No role can be given {permission}."), N_("Choose from the list."), permission=odd[0])
    if not draft.permissions - ALWAYS:
        raise BadRequest(N_("The role may do nothing yet."), N_("Choose at least one permission."))
    if refused_by(draft):
        raise BadRequest(
            N_("{permission} shows or changes more than this role is limited to."),
            N_("Take the permission away, or the limits."),
            permission=min(refused_by(draft)),
        )
    strange = {name for name in draft.hidden if name not in HIDEABLE and not re.fullmatch(r"x_[a-z0-9_]{1,60}", name)}
    if strange:
        raise BadRequest(N_("There is no field {field}."), N_("Choose one of the data model."), field=min(strange))


def _unknown(role: str) -> NotFound:
    return NotFound(N_("There is no role {role}."), N_("Choose one of the list."), role=role)
