"""The dispute list: lines by bill, cause and state; several at once are disputed, accepted or credited."""

import streamlit as st

from core.i18n import _
from core.services import freight
from core.services.freight import ACCEPTED, CREDITED, DISPUTED, OPEN
from core.store.freight_bills import BillLine
from core.ui import session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun
from core.ui.table import Column, table

_SOURCES = {"packing": "⚖", "wms": "WMS", "reckoned": "≈", "": ""}


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    names = {bill.bill_id: bill.name for bill in freight.bills(actor, store)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.session_state.get("freight_bill") not in ("", *names):
            st.session_state["freight_bill"] = ""
        bill = st.selectbox(
            _("Bill"),
            ["", *names],
            key="freight_bill",
            width=240,
            format_func=lambda one: str(names.get(one) or _("All bills")),
        )
        causes = st.multiselect(
            _("Cause"), [cause for cause in freight.CAUSES if cause], key="freight_cause", width=260, placeholder=_("any"),
            format_func=lambda one: _(freight.CAUSES[one]),
        )  # fmt: skip
        states = st.multiselect(
            _("State"), [state for state in freight.STATES if state], default=[OPEN, DISPUTED], key="freight_state", width=280,
            format_func=lambda one: _(freight.STATES[one]), placeholder=_("any"),
        )  # fmt: skip
    found = freight.lines(actor, store, bill or "", causes, states or ["", *freight.MOVES])
    if not found:
        empty(_("No line is here."), _("Choose another state, or import a bill."), icon="task_alt")
        return
    st.caption(
        _("{n} lines, {fen} too much. ⚖ our scale, WMS the warehouse's word, ≈ reckoned from the products.").format(
            n=words.count(len(found)), fen=words.money(sum(line.diff_fen for line in found if line.diff_fen > 0))
        )
    )
    picked = _table(found)
    if actor.may("freight.edit"):
        _settle([found[place] for place in picked])
    _file(bill or "", causes, states or ["", *freight.MOVES])
    if (
        len(picked) == 1
        and found[picked[0]].order_key
        and st.button(_("Open the order"), key="freight_order", type="tertiary")
    ):
        show_order(int(found[picked[0]].order_key or 0))


def _table(found: list[BillLine]) -> list[int]:
    rows = [
        {"waybill": line.tracking_no, "cause": _(freight.CAUSES[line.cause]), "billed": line.billed_fen, "expected": line.expected_fen,
         "diff": line.diff_fen, "region": _pair(line.region, line.own_region), "weight": _weights(line),
         "volume": _volumes(line), "surcharge": line.surcharge_fen or None, "courier": line.courier,
         "order": line.platform_no, "warehouse": line.warehouse, "state": _(freight.STATES[line.state]), "note": line.note}
        for line in found
    ]  # fmt: skip
    columns = [
        Column("waybill", _("Tracking number")), Column("cause", _("Cause")), Column("billed", _("Billed"), "money"),
        Column("expected", _("By rate card"), "money"), Column("diff", _("Difference"), "money"), Column("state", _("State")),
        Column("weight", _("Weight billed / ours")), Column("volume", _("Volume weight billed / our volume")),
        Column("surcharge", _("Of it surcharges"), "money"), Column("region", _("Province billed / ours")), Column("courier", _("Courier")),
        Column("warehouse", _("Warehouse")), Column("order", _("Platform order no.")), Column("note", _("Note")),
    ]  # fmt: skip
    if session.on_phone():
        columns = [columns[0], columns[1], columns[4], columns[5]]
    places = table(
        rows,
        columns,
        key=f"freight_lines_{len(found)}",
        select="multi-row",
        height=440 if len(rows) > 11 else "content",
    )
    return [place for place in places if place < len(found)]


def _pair(billed: str, ours: str) -> str:
    return f"{billed or '–'} / {ours or '–'}" if billed != ours else ours


def _weights(line: BillLine) -> str:
    billed = f"{line.weight_g:,}" if line.weight_g else "–"
    ours = f"{line.own_weight_g:,} g {_SOURCES[line.own_source]}".strip() if line.own_weight_g else "–"
    return f"{billed} / {ours}"


def _volumes(line: BillLine) -> str:
    if not line.volume_g and not line.own_volume_cm3:
        return "–"
    billed = f"{line.volume_g:,} g" if line.volume_g else "–"
    return f"{billed} / {f'{line.own_volume_cm3:,} cm³' if line.own_volume_cm3 else '–'}"


def _settle(picked: list[BillLine]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(_("Note"), key="freight_note", max_chars=200, width=320)
        for state, label, icon in (
            (DISPUTED, _("Dispute"), "gavel"), (ACCEPTED, _("Pay as billed"), "payments"), (CREDITED, _("Was credited"), "undo"),
            (OPEN, _("Look at again"), "visibility"),
        ):  # fmt: skip
            fits = [line for line in picked if line.state in freight.MOVES[state]]
            if st.button(
                f"{label} ({len(fits)})" if fits else label,
                icon=f":material/{icon}:",
                key=f"freight_{state}",
                disabled=not fits,
            ):
                places = [(line.bill_id, line.row_no) for line in fits]
                done = attempt(
                    lambda p=places, s=state: freight.settle(session.actor(), session.store(), p, s, note or "")
                )
                if done is not None:
                    say_after_rerun(_("{n} lines: {state}").format(n=len(places), state=_(freight.STATES[state])))
                    st.rerun()


def _file(bill: str, causes: list[str], states: list[str]) -> None:
    if st.button(
        _("Make the file"),
        icon=":material/table:",
        key="freight_file",
        help=_("The lines as filtered: what goes to the courier."),
    ):
        made = attempt(lambda: freight.export(session.actor(), session.store(), bill, causes, states))
        if isinstance(made, tuple):
            st.download_button(
                _("Download {name}").format(name=made[0]),
                made[1],
                file_name=made[0],
                key="freight_download",
                on_click="ignore",
            )
