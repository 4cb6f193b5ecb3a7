"""Apply the activities in force to open orders: which orders change and how, then one click for exactly those."""

import json

import streamlit as st

from core.decide.reoffer import Change, Difference
from core.i18n import _
from core.services import promotion_apply
from core.ui import session
from core.ui import words as general
from core.ui.forms import attempt, say_after_rerun
from core.ui.rules import try_panel
from core.ui.table import Column, table

_SHOWN, _KEY = 100, "promotions_difference"


def begin() -> None:
    """Look anew when the dialog opens."""
    st.session_state.pop(_KEY, None)


def draw(names: dict[str, str]) -> None:
    """The dialog's content. `names`: activity -> its name."""
    st.caption(_("All paid orders that are not picked yet are decided anew by the activities in force."))
    if _KEY not in st.session_state:
        with st.spinner(_("Looking at the open orders …")):
            st.session_state[_KEY] = promotion_apply.difference(session.actor(), session.store(), zone=session.zone())
    found: Difference = st.session_state[_KEY]
    st.markdown(
        _("Of {n} open orders {changed} would change.").format(
            n=general.count(found.looked_at), changed=f"**{general.count(len(found.changed))}**"
        )
    )
    if not found.complete:
        st.warning(_("There are more open orders than are looked at once; apply again for the rest."))
    for label, units in ((_("Gifts given"), found.units("more")), (_("Gifts taken back"), found.units("less"))):
        if units:
            st.markdown(f"{label}: " + general.plain(general.listed(f"{sku} ×{qty}" for sku, qty in units.items())))
    if not found.changed:
        st.success(_("Nothing would change: the open orders stand as the activities say."), icon=":material/check:")
        return
    _orders(found, names)
    if session.actor().may("promotions.edit") and st.button(
        _("Change these {n} orders").format(n=general.count(len(found.changed))), type="primary", key="promo_apply_now"
    ):
        done = attempt(lambda: promotion_apply.apply(session.actor(), session.store(), found, zone=session.zone()))
        if done is not None:
            say_after_rerun(_("{n} orders changed.").format(n=general.count(int(done))))
            st.rerun()


def _orders(found: Difference, names: dict[str, str]) -> None:
    keys = tuple(found.changed)[:_SHOWN]
    rows = [{**row, "change": _said(found.changed[row["order_key"]], names)} for row in try_panel.rows_of(keys)]
    if len(found.changed) > _SHOWN:
        st.caption(_("the first {n} are shown").format(n=_SHOWN))
    columns = [column for column in try_panel.columns() if column.name in ("platform_no", "channel", "paid_at")]
    columns.insert(1, Column("change", _("What changes"), width="large"))
    table(rows, columns, key="promo_apply_rows", height=min(38 + 34 * len(rows), 320))


def _said(change: Change, names: dict[str, str]) -> str:
    parts = [f"+ {sku} ×{qty} ({names.get(name, name)})" for (name, sku), qty in change.more.items()]
    parts += [f"− {sku} ×{qty} ({names.get(name, name)})" for (name, sku), qty in change.less.items()]
    parts += [_("hold: {reason}").format(reason=general.hold_reasons(json.dumps([reason]))) for reason in change.hold]
    parts += [
        _("release: {reason}").format(reason=general.hold_reasons(json.dumps([reason]))) for reason in change.lift
    ]
    return general.listed(parts)
