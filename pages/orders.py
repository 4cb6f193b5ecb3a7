"""The order pool: find, filter, open, tag, export any number of orders."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.i18n import N_, _, language
from core.services import orders
from core.services.order_query import OrderQuery
from core.ui import address, session, words
from core.ui.components.order_actions import action_bar
from core.ui.components.order_cards import PER_PAGE, order_cards, pager
from core.ui.components.order_detail import show_order
from core.ui.components.order_filters import active, choose_columns, filter_bar, sort_by, use_view
from core.ui.empty import empty
from core.ui.grid import order_grid
from core.ui.page import Page

PAGE = Page(
    name="orders", title=N_("Order pool"), icon="list_alt", section="orders", order=10, permission="orders.view"
)
_BEGUN = "orders_grid"


def render() -> None:
    """The bar of filters, the exact count with its actions, then the grid or the cards."""
    actor, store = session.actor(), session.store()
    document = filter_bar(orders.fields_to_filter(actor, store))
    query = orders.query(actor, store, document, zone=session.zone())
    total, found_by = orders.count(actor, store, session.vault(), query)
    picked = st.session_state.get("orders_picked", {}).get(str(_unsorted(document)), ())
    with st.container(horizontal=True, vertical_alignment="center", key="orders_head", gap="small"):
        st.markdown(
            f"**{words.count(total)}** {_('order') if total == 1 else _('orders')}{_how(found_by)}", width="stretch"
        )
        action_bar(document, query, total, picked)
        cards = _as_cards()
        if not cards:
            choose_columns(orders.visible_fields(actor, store))
            st.button("", icon=":material/refresh:", key="orders_refresh", help=_("Refresh"), on_click=_refresh)
    if not total:
        _nothing(document)
    elif cards:
        _cards(query)
    else:
        _grid(document, query)
    opened = address.opened_order()
    if opened is not None:
        show_order(opened)


def _grid(document: dict[str, Any], query: OrderQuery) -> None:
    actor, store = session.actor(), session.store()
    fields = orders.visible_fields(actor, store)
    shown = [fields[name] for name in query.columns or orders.DEFAULT_COLUMNS if name in fields]
    answer = order_grid(
        _view_of_grid(document),
        shown,
        tags={tag.name: (tag.title(language()), tag.colour) for tag in orders.tags(actor, store)},
        nonce=st.session_state.get("orders_nonce", 0),
        pickable=actor.may("orders.tag"),
    )
    if answer.picked != st.session_state.get("orders_picked", {}).get(str(_unsorted(document)), ()):
        st.session_state["orders_picked"] = {str(_unsorted(document)): answer.picked}
        st.rerun()
    begun = st.session_state[_BEGUN]
    if answer.sort is not None and answer.sort != begun.get("answer", tuple(begun["sort"] or ())):
        begun["answer"], begun["says"] = answer.sort, sort_by(answer.sort)
        st.rerun()
    if answer.opened and answer.opened != st.session_state.get("orders_opened"):
        st.session_state["orders_opened"] = answer.opened
        address.open_order(answer.opened[0])
        st.rerun()


def _view_of_grid(document: dict[str, Any]) -> dict[str, Any]:
    """The view with the order of rows in which its grid began: a click on a header must not make the grid anew."""
    view, sort = _unsorted(document), document.get("sort")
    begun = st.session_state.get(_BEGUN)
    if begun is None or begun["view"] != view or sort not in (begun["sort"], begun["says"]):
        begun = st.session_state[_BEGUN] = {"view": view, "sort": sort, "says": sort}
    return view | ({"sort": begun["sort"]} if begun["sort"] else {})


def _unsorted(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "sort"}


def _cards(query: OrderQuery) -> None:
    actor, store = session.actor(), session.store()
    below = st.container()
    total, _kind = orders.count(actor, store, session.vault(), query)
    with st.container():
        offset = pager(total)
    page = replace(query, columns=(), offset=offset, limit=PER_PAGE)
    with below:
        tags = {tag.name: tag for tag in orders.tags(actor, store)}
        order_cards(orders.search(actor, store, session.vault(), page), tags)


def _as_cards() -> bool:
    names = {"table": ":material/table_rows:", "cards": ":material/view_agenda:"}
    chosen = st.segmented_control(
        _("Show as"),
        list(names),
        default="cards" if session.on_phone() else "table",
        format_func=lambda name: names[name],
        key="orders_as",
        label_visibility="collapsed",
        persist_state="session",
        required=True,
        width="content",
    )
    return chosen == "cards"


def _refresh() -> None:
    st.session_state["orders_nonce"] = st.session_state.get("orders_nonce", 0) + 1


def _how(found_by: str) -> str:
    return f" · {_('found by')} {words.found_by(found_by)}" if found_by else ""


def _nothing(document: dict[str, Any]) -> None:
    others = {name for name in document if name not in ("q", "columns", "sort")}
    if document.get("q") and others:
        alone = orders.query(session.actor(), session.store(), {"q": document["q"]}, zone=session.zone())
        number, _kind = orders.count(session.actor(), session.store(), session.vault(), alone)
        if number:
            st.info(_("Without the filters the search finds {n} orders.").format(n=words.count(number)))
            st.button(_("Search without the filters"), on_click=use_view, args=({"q": document["q"]},), key="q_alone")
            return
    if active(document):
        empty(_("No orders match."), _("Clear the filters, or search by another number."), icon="search_off")
    else:
        empty(
            _("No orders yet."),
            _("Connect a shop or import a file; orders appear here by themselves."),
            page="channels",
            label=_("Connect a shop"),
        )
