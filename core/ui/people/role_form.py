"""The form of a role: name, permissions by area, shops, warehouses, hidden fields, and what it will change."""

import streamlit as st

from core.i18n import _
from core.people.permissions import PERMISSIONS, Permission
from core.people.roles import HIDEABLE, HIDEABLE_LABELS, Role
from core.services import roles
from core.services.roles import Draft
from core.ui import names, session
from core.ui.forms import attempt, say_after_rerun
from core.ui.markdown import plain
from core.ui.page import SECTIONS
from core.ui.people.titles import role_title
from core.ui.registry import entries


def see(role: Role) -> None:
    """All permissions of a role that cannot be changed."""
    st.caption(_("Administrators may do everything, so that nobody is ever locked out. This role cannot be changed."))
    for _area, title, listed in _areas(PERMISSIONS):
        held = [permission for permission in listed if permission.name in role.permissions]
        if held:
            st.markdown(f"**{title}**  \n" + " · ".join(_(permission.label) for permission in held))


def draw(role: Role | None) -> None:
    """The form; `role` None for a new one."""
    actor, store = session.actor(), session.store()
    begun = roles.draft_of(role) if role else Draft("", "", frozenset())
    key = role.role if role else "new"
    own = role is None or role.is_own
    title, note = begun.title, begun.note
    if own:
        title = st.text_input(_("Name"), value=begun.title, key=f"role_title_{key}", max_chars=40)
    note = st.text_input(_("What it is for"), value=begun.note, key=f"role_note_{key}", max_chars=120)
    if role is None:
        begun = _copied(begun)
        key = f"new_{st.session_state.get('role_copy') or ''}"
    shops, warehouses, hidden = _limits(begun, key)
    wanted = Draft(title, note, _permissions(begun, key), shops, warehouses, hidden)
    beyond = roles.refused_by(wanted)
    if beyond:
        labels = {permission.name: _(permission.label) for permission in PERMISSIONS}
        st.warning(
            _("These show or change more than the role is limited to, and must be taken away: {names}").format(
                names=" · ".join(sorted(labels[name] for name in beyond))
            ),
            icon=":material/block:",
        )
    _effect(role, wanted)
    pressed = st.button(_("Save"), type="primary", key=f"role_save_{key}", disabled=bool(beyond))
    if pressed and attempt(lambda: roles.save(actor, store, wanted, role.role if role else "")):
        say_after_rerun(_("Saved. It counts at each person's next click."))
        st.rerun()


def _copied(begun: Draft) -> Draft:
    """A new role begins as a copy, if wanted: most own roles are a ready-made one with less."""
    found = {role.role: role for role in roles.listing(session.actor(), session.store()) if role.role != "admin"}
    chosen = st.selectbox(
        _("Begin as a copy of"), list(found), index=None, format_func=role_title, key="role_copy",
        placeholder=_("An empty role"),
    )  # fmt: skip
    return roles.draft_of(found[chosen]) if chosen else begun


def _limits(begun: Draft, key: str) -> tuple[frozenset[tuple[str, str]], frozenset[str], frozenset[str]]:
    known = roles.choices(session.actor(), session.store())
    st.markdown(f"**{_('What it sees')}**")
    shops = st.multiselect(
        _("Shops"), sorted({*known.shops, *begun.shops}), default=sorted(begun.shops), key=f"role_shops_{key}",
        format_func=lambda pair: f"{names.channel(pair[0])} · {names.shop(*pair)}", placeholder=_("All shops"),
    )  # fmt: skip
    places = st.multiselect(
        _("Warehouses"), sorted({*known.warehouses, *begun.warehouses}), default=sorted(begun.warehouses),
        key=f"role_places_{key}", format_func=lambda code: str(known.warehouses.get(code, code)),
        placeholder=_("All warehouses"),
    )  # fmt: skip
    fields: list[str] = [*HIDEABLE, *known.own_fields]
    hidden = st.multiselect(
        _("Hidden fields"), fields, default=[name for name in fields if name in begun.hidden],
        key=f"role_hidden_{key}", placeholder=_("None"), help=_("Amounts are a permission of their own, below."),
        format_func=lambda name: _(HIDEABLE_LABELS[name]) if name in HIDEABLE else str(known.own_fields.get(name, name)),
    )  # fmt: skip
    return frozenset(shops), frozenset(places), frozenset(hidden)


def _permissions(begun: Draft, key: str) -> frozenset[str]:
    st.markdown(f"**{_('What it may do')}**")
    chosen: set[str] = set()
    labels = {permission.name: _(permission.label) for permission in PERMISSIONS}
    for area, title, listed in _areas(roles.grantable(session.actor(), session.store())):
        names_here = [permission.name for permission in listed]
        found = st.pills(
            title, names_here, selection_mode="multi", default=[name for name in names_here if name in begun.permissions],
            format_func=labels.__getitem__, key=f"role_may_{key}_{area}",
        )  # fmt: skip
        chosen |= set(found or ())
    return frozenset(chosen)


def _areas(listed: tuple[Permission, ...]) -> list[tuple[str, str, list[Permission]]]:
    """(code, title, permissions) by section of the menu, through the page that the first half of a name opens."""
    section_of = {}
    for entry in entries():
        for name in (entry.page.permission, *entry.page.also):
            section_of.setdefault(name.split(".")[0], entry.page.section)
    section_of |= {"orders": "orders", "person": "orders", "refund": "desk", "own": "settings", "audit": "settings"}
    by_area: dict[str, list[Permission]] = {area: [] for area in SECTIONS}
    for permission in listed:
        by_area[section_of.get(permission.name.split(".")[0], "settings")].append(permission)
    return [(area, _(title), by_area[area]) for area, title in SECTIONS.items() if by_area[area]]


def _effect(role: Role | None, wanted: Draft) -> None:
    """What saving will change."""
    if role is None:
        return
    labels = {permission.name: _(permission.label) for permission in PERMISSIONS}
    before = role.permissions - roles.ALWAYS
    for word, names_ in ((_("Gains"), wanted.permissions - before), (_("Loses"), before - wanted.permissions)):
        if names_ - roles.ALWAYS:
            st.caption(f"{word}: " + plain(" · ".join(sorted(labels[name] for name in names_ - roles.ALWAYS))))
