"""One person as a card: name, role, state, where logged in, and what can be done."""

from dataclasses import dataclass

import streamlit as st

from core.i18n import N_, _
from core.people.permissions import ADMIN, ANALYST, CS, LEAD, WAREHOUSE
from core.store.accounts import Account
from core.store.logins import Login
from core.ui import session
from core.ui.markdown import plain
from core.ui.people import dialogs
from core.ui.people.titles import role_title
from core.ui.words import ago

_COLOURS = {ADMIN: "red", LEAD: "blue", CS: "green", WAREHOUSE: "orange", ANALYST: "violet"}
_ACTIONS = {
    "change": N_("Change"),
    "reset": N_("Reset password"),
    "logins": N_("End logins"),
    "step": N_("Reset the second step"),
    "release": N_("Release from the company login"),
    "off": N_("Switch off"),
    "on": N_("Switch on"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """An account with its present logins, the last seen first. `second_step`: its logins ask for a code; `bound`: it
    belongs to a person of the company's login."""

    account: Account
    logins: tuple[Login, ...]
    second_step: bool = False
    bound: bool = False


def card(person: Person) -> None:
    """Draw one person; a choice of the menu opens its dialog."""
    account = person.account
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"person_{account.account}", gap="small"
    ):
        with st.container(gap=None):
            name = f"**{plain(account.display_name)}**"
            st.markdown(f"{name} &nbsp;{_badges(person)}")
            st.caption(f"{plain(account.account)} · {_seen(person)}")
        options = (
            [
                "change",
                "reset",
                "off",
                *(["logins"] if person.logins else []),
                *(["step"] if person.second_step else []),
                *(["release"] if person.bound else []),
            ]
            if account.active
            else ["on"]
        )
        chosen = st.menu_button(
            _("Actions"),
            options,
            format_func=lambda name: _(_ACTIONS[name]),
            key=f"act_{account.account}",
            type="tertiary",
            icon=":material/more_horiz:",
        )
    if chosen:
        dialogs.open_for(chosen, account)


def _badges(person: Person) -> str:
    account = person.account
    badges = [f":{_COLOURS.get(account.role, 'gray')}-badge[{plain(role_title(account.role))}]"]
    if not account.active:
        badges.append(f":gray-badge[{_('switched off')}]")
    elif account.must_change:
        badges.append(f":orange-badge[{_('temporary password')}]")
    if person.second_step:
        badges.append(f":gray-badge[{_('two steps')}]")
    if person.bound:
        badges.append(f":gray-badge[{_('company login')}]")
    if account.account == session.actor().account:
        badges.append(f":gray-badge[{_('you')}]")
    return " ".join(badges)


def _seen(person: Person) -> str:
    if not person.account.active:
        return _("cannot log in")
    if not person.logins:
        return _("not logged in")
    last = ago(person.logins[0].seen_at)
    if len(person.logins) == 1:
        return _("logged in, last seen {ago}").format(ago=last)
    return _("logged in {n} times, last seen {ago}").format(n=len(person.logins), ago=last)
