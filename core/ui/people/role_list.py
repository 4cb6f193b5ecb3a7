"""The tab of roles: what each may do and see; build own ones, change the ready-made ones, put them back."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.people.permissions import ADMIN, PERMISSIONS, ROLES
from core.people.roles import HIDEABLE_LABELS, Role, hidden_groups
from core.services import accounts, roles
from core.ui import names, session
from core.ui.forms import confirm_before, dialog
from core.ui.markdown import plain
from core.ui.people import role_form
from core.ui.people.titles import role_title
from core.ui.words import listed


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    held: dict[str, int] = {}
    for account in accounts.listing(actor, store):
        held[account.role] = held.get(account.role, 0) + account.active
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("A role is a list of permissions, narrowed to shops, warehouses and fields. A change counts at once.")
        )
        if st.button(_("New role"), type="primary", icon=":material/add:", key="role_new"):
            dialog(_("New role"), partial(role_form.draw, None), width="large")
    for role in roles.listing(actor, store):
        _card(role, held.get(role.role, 0))


def _card(role: Role, held: int) -> None:
    title = role_title(role.role)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"role_{role.role}"):
        with st.container(gap=None):
            st.markdown(f"**{plain(title)}** &nbsp;{_badges(role)}")
            said = _("{held} people · {n} of {all} permissions").format(
                held=held, n=len(role.permissions), all=len(PERMISSIONS)
            )
            st.caption(" · ".join((said, *limits(role))))
            if role.note:
                st.caption(plain(role.note))
        if role.role == ADMIN:
            st.button("", icon=":material/visibility:", key="role_see_admin", help=_("See the permissions"),
                      on_click=lambda: dialog(title, partial(role_form.see, role), width="large"))  # fmt: skip
            return
        if st.button(_("Change"), icon=":material/edit:", key=f"role_edit_{role.role}"):
            dialog(_("Change {name}").format(name=plain(title)), partial(role_form.draw, role), width="large")
        if role.is_own:
            if st.button("", icon=":material/delete:", key=f"role_drop_{role.role}", help=_("Remove the role")):
                dialog(_("Remove the role"), partial(_drop, role, _("The role goes; it must be held by nobody.")))
        elif role.is_changed and st.button(
            "", icon=":material/undo:", key=f"role_back_{role.role}", help=_("Put back as delivered")
        ):
            dialog(
                _("Put back as delivered"),
                partial(_drop, role, _("Permissions and limits become those that came with the product.")),
            )


def limits(role: Role) -> list[str]:
    """What the role is narrowed to, in words."""
    said = []
    if role.scope.shops:
        shops = listed(plain(names.shop(channel, shop)) for channel, shop in sorted(role.scope.shops))
        said.append(_("only shops {names}").format(names=shops))
    if role.scope.warehouses:
        said.append(_("only warehouses {names}").format(names=plain(listed(sorted(role.scope.warehouses)))))
    hidden = [_(HIDEABLE_LABELS[group]) for group in sorted(hidden_groups(role.scope))]
    hidden += sorted(name for name in role.scope.hidden if name.startswith("x_"))
    if hidden:
        said.append(_("without {fields}").format(fields=plain(listed(hidden))))
    return said


def _badges(role: Role) -> str:
    if role.role not in ROLES:
        return f":blue-badge[{_('own')}]"
    return f":gray-badge[{_('ready-made')}]" + (f" :orange-badge[{_('changed')}]" if role.is_changed else "")


def _drop(role: Role, effect: str) -> None:
    actor, store = session.actor(), session.store()
    word = _("Remove") if role.is_own else _("Put back")
    confirm_before(word, effect, lambda: roles.remove(actor, store, role.role), key="role_drop_do")
