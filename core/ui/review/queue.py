"""The queue of the review desk: reasons with counts, filters, bulk, cards page by page."""

import streamlit as st

from core.i18n import _
from core.services import review
from core.services.review import Queue
from core.ui import address, session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import dialog
from core.ui.review import acts, card, dialogs, filters
from core.ui.review.filters import View

PER_PAGE = 10


def show() -> None:
    """Draw the queue; an order named in the address opens over it."""
    acts.undo_bar()
    view = filters.read()
    who = session.actor()
    offset = (max(1, int(st.session_state.get("review_page", 1))) - 1) * PER_PAGE
    found = _page(view, offset)
    if offset and not found.items:  # the last ones of the page were decided
        st.session_state["review_page"] = 1
        found = _page(view, 0)
    filters.choose_reason(view, found.counts)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        filters.more(view)
        if who.may("review.decide") and found.total:
            _bulk(view, found)
        st.button(_("Refresh"), icon=":material/refresh:", key="review_refresh")
    if not found.items:
        _nothing(view)
        _look_again()
    for item in found.items:
        card.card(item)
    pages = -(-found.total // PER_PAGE)
    if pages > 1:
        if st.session_state.get("review_page", 1) > pages:
            st.session_state["review_page"] = 1
        st.pagination(pages, key="review_page", max_visible_pages=5)
    opened = address.opened_order()
    if opened is not None and who.may("orders.view"):
        show_order(opened, "why")


@st.fragment(run_every="5s")
def _look_again() -> None:
    """An empty queue draws itself anew as soon as something waits; one with cards keeps still under the hand."""
    view = filters.read()
    if _page(view, 0).total:
        st.rerun()


def _page(view: View, offset: int) -> Queue:
    return review.queue(
        session.actor(), session.store(), view.reason, search=view.search, limit=PER_PAGE, offset=offset,
        by_promise=view.by_promise, narrowed=view.narrowed,
    )  # fmt: skip


def _bulk(view: View, found: Queue) -> None:
    keys = card.picked()
    if keys:
        label = _("Decide {n} picked").format(n=words.count(len(keys)))
    else:
        label = _("Decide all {n}").format(n=words.count(found.total))
    if st.button(label, icon=":material/done_all:", key="review_bulk"):
        who, store = session.actor(), session.store()
        if not keys and not view.search:
            keys = review.keys_waiting(who, store, view.reason, view.narrowed)
        keys = keys or [item.order_key for item in found.items]
        dialog(_("Decide about many orders"), dialogs.bulk, keys)


def _nothing(view: View) -> None:
    if view.reason or view.search or view.narrowed != filters.Narrowed():
        empty(_("No order waits with this filter."), _("Take the filter away to see all."), icon="filter_list_off")
    else:
        empty(_("Nothing waits for a person."), _("Orders that rules, refunds or stock hold appear here."),
              icon="task_alt")  # fmt: skip
