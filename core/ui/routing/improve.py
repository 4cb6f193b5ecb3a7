"""Improve: route the orders nobody has begun to pick anew; saving, list and bound; one click takes it over."""

from functools import partial

import streamlit as st

from core.decide.reroute import Proposal
from core.i18n import N_, _
from core.services import routing
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog
from core.ui.routing.titles import firms, places
from core.ui.table import Column, table

_FOUND = "routing_proposal"
_WAYS = {
    "optimise": N_("Optimise"),
    "prices": N_("Balance scarce stock"),
    "direct": N_("By the policy, one by one"),
}


def show() -> None:
    """Draw the tab."""
    actor = session.actor()
    st.caption(
        _(
            "Looks at open orders that nobody has begun to pick. Held orders and those a person has placed stay as they are."
        )
    )
    if not actor.may("routing.run"):
        st.info(_("Your role may not route orders anew."), icon=":material/lock:")
        return
    made = routing.prices_made_at(actor, session.store())
    st.caption(
        _("Scarce stock was last valued {when}.").format(when=words.ago(made))
        if made
        else _("Scarce stock has not been valued yet.")
    )
    way = st.segmented_control(
        _("How"),
        list(_WAYS),
        default="optimise",
        required=True,
        format_func=lambda code: _(_WAYS[code]),
        key="improve_way",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seconds = st.number_input(_("Seconds at most"), 5, 120, 20, 5, key="improve_seconds", width=160)
        most = st.number_input(_("Changes at most"), 1, 5000, 500, 50, key="improve_most", width=160)
        every = st.toggle(
            _("Also dearer ones"),
            key="improve_every",
            help=_("After a new policy: every order that it sends another way."),
        )
        pressed = st.button(_("Look"), icon=":material/search:", type="primary", key="improve_go")
    if pressed:
        _look(str(way), float(seconds), int(most), not every)
    kept = st.session_state.get(_FOUND)
    if isinstance(kept, Proposal):
        _result(kept)


def _look(way: str, seconds: float, most: int, only_better: bool) -> None:
    with st.spinner(_("Routing …")):
        found = attempt(
            lambda: routing.propose(
                session.actor(), session.store(), session.vault(), zone=session.zone(), mode=way, seconds=seconds, most=most,
                only_better=only_better,
            )
        )  # fmt: skip
    if isinstance(found, Proposal):
        st.session_state[_FOUND] = found


def _result(found: Proposal) -> None:
    if not found.looked_at:
        empty(_("No open order waits to be picked."), _("Come back when orders have come in."), icon="inventory")
        return
    money = session.actor().may("orders.money")
    with st.container(horizontal=True):
        st.metric(_("Orders looked at"), words.count(found.looked_at), border=True)
        st.metric(_("Orders to change"), words.count(len(found.changes)), border=True)
        if money:
            st.metric(_("Saving"), words.money(found.saving_fen), border=True)
    if found.gap is not None:
        st.caption(
            _("Routed anew, the whole is at most {gap} from the best there can be. Took {n} s.").format(
                gap=f"{found.gap:.1%}", n=f"{found.seconds:.1f}"
            )
        )
    if not found.changes:
        st.success(_("Nothing to gain: the orders stay where they are."), icon=":material/check:")
        return
    _table(found, money)
    if st.button(_("Take it over"), icon=":material/done_all:", type="primary", key="improve_take"):
        dialog(_("Take it over"), partial(_confirm, found))


def _table(found: Proposal, money: bool) -> None:
    known, couriers = places(), firms()
    columns = [
        Column("platform_no", _("Platform order no.")), Column("province", _("Province")), Column("before", _("Now")),
        Column("after", _("With this")), *([Column("saving", _("Saving"), "money")] if money else []),
    ]  # fmt: skip
    rows = [
        {
            "platform_no": change.platform_no, "province": change.province, "saving": change.saving_fen,
            "before": " + ".join(known.get(name, name) for name in change.before) or words.NONE,
            "after": " + ".join(
                f"{known.get(p.warehouse, p.warehouse)} · {couriers.get(p.courier, p.courier)}" for p in change.parcels
            ),
        }
        for change in found.changes
    ]  # fmt: skip
    table(rows, columns, key="improve_changes", height=320)


def _confirm(found: Proposal) -> None:
    effect = _(
        "{n} orders change their warehouse or courier, with the reason in each. Orders that have moved on meanwhile stay."
    )
    confirm_before(
        _("Take it over"), effect.format(n=words.count(len(found.changes))), lambda: _take(found), key="improve_confirm",
        done=_("Taken over."),
    )  # fmt: skip


def _take(found: Proposal) -> tuple[list[int], list[int]]:
    done = routing.take(session.actor(), session.store(), found)
    st.session_state.pop(_FOUND, None)
    return done
