"""Who is served and in which language: the typed accessors of the browser session. The truth stays in the store."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import runtime
from core.errors import NotAllowed
from core.i18n import LANGUAGES, N_
from core.people import logins
from core.people.actor import Actor
from core.people.guard import seen_by
from core.people.vault import Vault
from core.store import Store

_LANGUAGE = "language"


def _from_cookie() -> Actor | None:
    token = st.context.cookies.get(logins.COOKIE, "")
    return logins.actor_of_token(runtime.store(), token) if token else None


identify: Callable[[], Actor | None] = _from_cookie
"""Finds the person behind the browser. Looked up again at each run, so a changed role counts at once."""


def present() -> Actor | None:
    """The logged-in person, or None."""
    return identify()


def remember_rights(who: Actor) -> None:
    """The shell tells here for whom the page was drawn."""
    st.session_state["drawn_for"] = who.account, who.permissions


def actor() -> Actor:
    """The logged-in person. Raises NotAllowed when the login has ended.

    A part of a page that refreshes by itself draws the whole page anew when the login has ended or the rights have changed:
    alone it would fail every few seconds below what it showed before.
    """
    found = identify()
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and context.fragment_ids_this_run:
        drawn_for = st.session_state.get("drawn_for")
        if found is None or (drawn_for is not None and drawn_for != (found.account, found.permissions)):
            st.rerun(scope="app")
    if found is None:
        raise NotAllowed(N_("Your login has ended."), N_("Log in again."))
    return found


def store() -> Store:
    """The process's store as the logged-in person may see it; as it is while nobody is logged in."""
    found = identify()
    return seen_by(found, runtime.store()) if found else runtime.store()


def both() -> tuple[Actor, Store]:
    """`actor` and `store`, looked up once. Raises NotAllowed when the login has ended."""
    found = actor()
    return found, seen_by(found, runtime.store())


def vault() -> Vault:
    """The process's vault."""
    return runtime.vault()


def language() -> str | None:
    """The language chosen in this browser session; None outside of one (jobs, routes) or before a choice."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return st.session_state.get(_LANGUAGE)


def speak(chosen: str) -> None:
    """Use a language for the rest of this browser session."""
    if chosen in LANGUAGES:
        st.session_state[_LANGUAGE] = chosen


def zone() -> str:
    """The time zone in which instants are shown and business days counted."""
    return runtime.settings().zone


def remember_links(links: dict[str, Any]) -> None:
    """The shell tells here the person's pages by name, so that pages can link to one another."""
    st.session_state["links"] = links


def link_to(name: str) -> Any | None:
    """The page of that name for `st.page_link` and `st.switch_page`; None when the person may not see it."""
    return st.session_state.get("links", {}).get(name)


def remember_bar(place: Any) -> None:
    """The shell tells here where the search box stands; the page Orders draws its own one there."""
    st.session_state["bar"] = place


def bar() -> Any:
    """The place of the search box in the frame; the page itself when a page runs without the frame."""
    return st.session_state.get("bar", st)


def on_phone() -> bool:
    """Whether the browser says that it is a phone's; only the first choice of a view hangs on it."""
    agent = st.context.headers.get("User-Agent", "")
    return "Mobi" in agent or "Android" in agent


def place() -> ZoneInfo:
    """The business zone as an object."""
    return ZoneInfo(zone())
