"""The frame around every page: menu by role, search box, language, account, demonstration banner, errors in words."""

from pathlib import Path

import streamlit as st

from core import i18n, runtime
from core.errors import DanliuError
from core.i18n import LANGUAGES, _
from core.people.actor import Actor
from core.people.permissions import ROLES
from core.services import accounts, demo
from core.ui import session
from core.ui.forms import dialog, say_what_was_left, show_error
from core.ui.help import page_help
from core.ui.markdown import plain
from core.ui.page import SECTIONS
from core.ui.people import own_logins
from core.ui.registry import Entry, entries_for
from core.ui.theme import install_style

ASSETS = Path(__file__).parent / "assets"
_OPENED = "account_menu_opened"


def show() -> None:
    """Draw the frame and run the page of the address."""
    i18n.set_source(session.language)
    st.set_page_config(page_title=runtime.settings().name, page_icon=str(ASSETS / "icon.png"), layout="wide")
    who = session.present()
    if who is None:
        _logged_out()
        return
    if session.language() is None and who.language:
        session.speak(who.language)
    install_style()
    session.remember_rights(who)
    mine = entries_for(who)
    if not mine:
        st.info(_("Your role opens no page yet. Ask an administrator for the right."), icon=":material/lock:")
        return
    links = {entry.page.name: _link(entry) for entry in mine}
    session.remember_links(links)
    # The root shows the first page of the person's menu; that page keeps its own address as well.
    home = st.Page(mine[0].render, title=_(mine[0].page.title), default=True, visibility="hidden", url_path="home")
    current = st.navigation({"": [home], **_menu(mine, links)}, position="top")
    name = mine[0].page.name if current == home else current.url_path
    _bar(who, links, name)
    say_what_was_left()
    try:
        _demo_banner(who)
        current.run()
    except DanliuError as error:
        show_error(error)


def _link(entry: Entry) -> "st.Page":  # type: ignore[valid-type]
    page = entry.page
    return st.Page(entry.render, title=_(page.title), icon=f":material/{page.icon}:", url_path=page.name)


def _menu(mine: tuple[Entry, ...], links: dict) -> dict[str, list]:
    return {
        _(title): [links[e.page.name] for e in mine if e.page.section == section]
        for section, title in SECTIONS.items()
        if any(e.page.section == section for e in mine)
    }


def _logged_out() -> None:
    st.info(_("Your login has ended."), icon=":material/logout:")
    st.link_button(_("Log in again"), "/login", type="primary")


def _bar(who: Actor, links: dict, page: str) -> None:
    frame = st.container(key=f"speaking_{i18n.language()}")  # assets/boot.js reads the language off this key
    with frame, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="small"):
        session.remember_bar(st.container())
        if page != "orders" and "orders" in links:
            session.bar().text_input(
                _("Search orders"),
                key="search_everywhere",
                type="search",
                label_visibility="collapsed",
                placeholder=_("Order no., phone, waybill, last four, name"),
                on_change=_remember_search,
            )
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            default=i18n.language(),
            format_func=lambda code: LANGUAGES[code][:2].upper(),  # each language in its own word
            key="language_switch",
            label_visibility="collapsed",
            on_change=_switch_language,
            width="content",
        )
        page_help.mark(page)
        opened = st.session_state.get(_OPENED, 0)  # a new key is a closed menu: it must not stand over the dialog
        with st.popover(who.display_name, icon=":material/person:", width="content", key=f"account_menu_{opened}"):
            st.caption(_(ROLES[who.role]) if who.role in ROLES else plain(who.role_title))
            asked = st.button(
                _("My logins and second step"),
                icon=":material/devices:",
                key="own_logins",
                width="stretch",
                on_click=_close_menu,
            )
            st.link_button(_("Change the password"), "/login/password", icon=":material/key:", width="stretch")
            st.link_button(_("Log out"), "/auth/logout", icon=":material/logout:", width="stretch")
    if asked:
        dialog(_("My logins and second step"), own_logins.draw)
    wanted = st.session_state.pop("search_wanted", None)
    if wanted:
        st.switch_page(links["orders"], query_params={"q": wanted})


def _close_menu() -> None:
    st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1


def _remember_search() -> None:
    st.session_state["search_wanted"] = st.session_state["search_everywhere"].strip()
    st.session_state["search_everywhere"] = ""


def _switch_language() -> None:
    chosen = st.session_state["language_switch"]
    if chosen is None:
        return
    session.speak(chosen)
    accounts.choose_language(session.actor(), session.store(), chosen)


def _demo_banner(who: Actor) -> None:
    if not _demo_is_on(session.store().url):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="demo_banner"):
        st.markdown(f":material/science: {_('Demonstration data: pretend shops, not your orders.')}")
        if who.may("demo.end") and st.button(_("Switch off and begin clean"), key="end_demo", width="content"):
            dialog(_("Switch off and begin clean"), _confirm_end)


@st.cache_data(ttl=10, max_entries=4, show_spinner=False)
def _demo_is_on(store_url: str) -> bool:  # noqa: ARG001 - the key of the cache
    return demo.is_on(session.store())


def _confirm_end() -> None:
    st.write(_("All pretend shops and their orders are removed. Accounts, mappings and your own shops stay."))
    if st.button(_("Remove the demonstration data"), type="primary"):
        demo.end_demo(session.actor(), session.store())
        _demo_is_on.clear()
        st.rerun()
