"""The tab of logins: every browser that is in, and how to put it out."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.people.devices import device
from core.services import sessions
from core.store.logins import Login
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun
from core.ui.markdown import plain
from core.ui.people.titles import role_title
from core.ui.words import ago

_MOST = 100


def show() -> None:
    """Draw the tab."""
    found = sessions.listing(session.actor(), session.store())
    st.caption(_("Every browser that is logged in. An ended login is out at its next click; the account stays."))
    wanted = st.text_input(
        _("Search"), key="session_search", type="search", label_visibility="collapsed",
        placeholder=_("Name, account or device"), bind="query-params",
    )  # fmt: skip
    text = (wanted or "").strip().casefold()
    shown = [login for login in found if text in _searched(login)]
    if not shown:
        empty(_("No login fits this search."), _("Clear the search."), icon="devices")
    for login in shown[:_MOST]:
        row(login, who=True)
    if len(shown) > _MOST:
        st.caption(_("{n} more; narrow the search.").format(n=len(shown) - _MOST))


def row(login: Login, *, who: bool) -> None:
    """One login with its button; `who`: among everybody's."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"login_{login.short}"):
        with st.container(gap=None):
            name = f"**{plain(login.account.display_name)}** :gray[{plain(role_title(login.account.role))}]"
            title = plain(device(login.agent) or _("unknown device"))
            badges = f" :orange-badge[{_('second step awaited')}]" if not login.proven else ""
            badges += f" :gray-badge[{_('company login')}]" if login.provider else ""
            st.markdown(f"{name} · {title}{badges}" if who else f"**{title}**{badges}")
            place = f" · {plain(login.address)}" if login.address else ""
            said = _("seen {seen}, logged in {begun}").format(seen=ago(login.seen_at), begun=ago(login.created_at))
            st.caption(f"{said}{place}")
        if st.button(_("End"), key=f"end_{login.short}", icon=":material/logout:"):
            end = sessions.end if who else sessions.end_own
            if attempt(partial(end, session.actor(), session.store(), login.short)):
                say_after_rerun(_("The login has ended."))
                st.rerun()


def _searched(login: Login) -> str:
    return f"{login.account.display_name} {login.account.account} {device(login.agent)}".casefold()
