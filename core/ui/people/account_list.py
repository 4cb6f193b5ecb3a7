"""The tab of accounts: who may come in, with which role."""

import streamlit as st

from core.i18n import _
from core.services import accounts, company_login, sessions
from core.ui import session
from core.ui.empty import empty
from core.ui.people import dialogs
from core.ui.people.cards import Person, card
from core.ui.people.titles import all_roles, role_title

_ON_A_PAGE = 20


def show() -> None:
    """Draw the tab."""
    people = _people()
    active = sum(person.account.active for person in people)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("{active} active of {all}, {logins} logged in now").format(
                active=active, all=len(people), logins=sum(bool(person.logins) for person in people)
            )
        )
        if st.button(_("Add an account"), type="primary", icon=":material/person_add:", key="add_account"):
            dialogs.open_new()
    shown = _filtered(people)
    if not shown:
        empty(_("Nobody fits this filter."), _("Clear the search or choose another role."), icon="group_off")
        return
    pages = -(-len(shown) // _ON_A_PAGE)
    with st.container():
        place = st.session_state.get("people_page", 1) if pages > 1 else 1
        for person in shown[(min(place, pages) - 1) * _ON_A_PAGE :][:_ON_A_PAGE]:
            card(person)
    if pages > 1:
        st.pagination(pages, key="people_page")


def _people() -> list[Person]:
    actor, store = session.actor(), session.store()
    found = accounts.present_logins(actor, store)
    guarded = sessions.with_second_step(actor, store)
    bound = company_login.bound(actor, store)
    return [
        Person(
            account,
            tuple(login for login in found if login.account.account == account.account),
            account.account in guarded,
            account.account in bound,
        )
        for account in accounts.listing(actor, store)
    ]


def _filtered(people: list[Person]) -> list[Person]:
    with st.container(horizontal=True):
        text = st.text_input(
            _("Search"),
            key="people_search",
            type="search",
            label_visibility="collapsed",
            placeholder=_("Name or account"),
            bind="query-params",
        )
        roles = st.multiselect(
            _("Role"),
            all_roles(),
            format_func=role_title,
            key="people_roles",
            label_visibility="collapsed",
            placeholder=_("All roles"),
            bind="query-params",
        )
    wanted = (text or "").strip().casefold()
    return [
        person
        for person in people
        if (not roles or person.account.role in roles)
        and wanted in f"{person.account.display_name} {person.account.account}".casefold()
    ]
