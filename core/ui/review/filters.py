"""Which part of the queue is looked at: reason, shop, amount, number; all of it stands in the address as codes."""

from dataclasses import dataclass

import streamlit as st

from core.i18n import _
from core.store.holds import REASONS
from core.store.review_queue import Narrowed
from core.ui import names, session, words


@dataclass(frozen=True, slots=True)
class View:
    """The part of the queue that is asked for. `by_promise`: sorted by the shipping promise, else by payment."""

    reason: str
    search: str
    narrowed: Narrowed
    by_promise: bool


def read() -> View:
    """The view that the address asks for; what cannot be read in it is left out."""
    params = st.query_params
    reason = params.get("reason", "")
    narrowed = Narrowed(tuple(params.get_all("shop")), _fen("least"), _fen("most"))
    return View(reason if reason in REASONS else "", params.get("q", ""), narrowed, params.get("by") != "paid")


def choose_reason(view: View, counts: dict[str, int]) -> None:
    """The reasons with their counts; a choice goes into the address."""
    codes = ["", *(code for code in counts if code in REASONS)]
    if view.reason and view.reason not in codes:
        codes.append(view.reason)

    def label(code: str) -> str:
        return f"{_(REASONS[code]) if code else _('All')} {words.count(counts.get(code, 0))}"

    st.session_state["review_reason"] = view.reason
    st.pills(
        _("Reason"), codes, format_func=label, key="review_reason", label_visibility="collapsed",
        on_change=lambda: _put("reason", st.session_state.get("review_reason") or ""),
    )  # fmt: skip


def more(view: View) -> None:
    """Shop, amount, order number and sorting behind one button, which says how many are set."""
    set_ones = sum((bool(view.narrowed.shops), view.narrowed.least_fen is not None, view.narrowed.most_fen is not None,
                    bool(view.search)))  # fmt: skip
    title = _("Filter") + (f" · {set_ones}" if set_ones else "")
    with st.popover(title, icon=":material/filter_list:"):
        known = names.shops()
        st.multiselect(
            _("Shops"), sorted({*known, *view.narrowed.shops}), default=list(view.narrowed.shops), key="review_shops",
            format_func=lambda code: str(known.get(code) or code),
            on_change=lambda: _put("shop", list(st.session_state["review_shops"])),
        )  # fmt: skip
        if session.actor().may("orders.money"):
            _amount("least", _("Paid at least, in yuan"), view.narrowed.least_fen)
            _amount("most", _("Paid at most, in yuan"), view.narrowed.most_fen)
        st.text_input(
            _("Order no., waybill, buyer or last four of the phone"), value=view.search, key="review_q",
            on_change=lambda: _put("q", st.session_state["review_q"].strip()),
        )  # fmt: skip
        st.toggle(
            _("Sort by the shipping promise"), value=view.by_promise, key="review_by",
            on_change=lambda: _put("by", "" if st.session_state["review_by"] else "paid"),
        )  # fmt: skip


def _amount(name: str, label: str, fen: int | None) -> None:
    key = f"review_{name}"

    def taken() -> None:
        value = st.session_state[key]
        _put(name, "" if value is None else str(round(value * 100)))

    st.number_input(
        label, min_value=0.0, step=100.0, value=None if fen is None else fen / 100, key=key, on_change=taken
    )


def _fen(name: str) -> int | None:
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 13 else None


def _put(name: str, value: str | list[str]) -> None:
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
    st.session_state["review_page"] = 1
