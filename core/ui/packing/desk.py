"""The tab Desk: the scanner with its answer, what is in the parcel and what is missing, weight, and the ways out."""

from collections.abc import Callable
from time import monotonic

import streamlit as st

from core import runtime
from core.errors import DanliuError
from core.i18n import _
from core.people.actor import Actor
from core.services import packing
from core.services.packing import ITEMS, WAYBILL, Desk, Item, Parcel
from core.store import Store
from core.ui import session, words
from core.ui.components.scanner import Shown, scanner
from core.ui.forms import dialog, show_error

_DESK, _TURN, _ERROR, _TODAY = "packing_desk", "packing_turn", "packing_error", "packing_today"
_FRESH = 10.0


def show() -> None:
    """Draw the tab."""
    _desk()


@st.fragment
def _desk() -> None:
    actor, store = session.both()
    desk: Desk | None = st.session_state.get(_DESK)
    fresh = desk is None
    if desk is None:
        desk = packing.present(actor, store)
        st.session_state[_DESK] = desk
    _day(actor, store)
    parcel = desk.parcel if desk else None
    scanner("packing_scanner", _shown(desk, fresh=fresh), placeholder=_asked(desk), on_scanned=_scanned)
    error = st.session_state.pop(_ERROR, None)
    if error is not None:
        show_error(error)
    if desk is not None and parcel is not None and desk.packing is not None:
        _open(actor, store, desk, parcel)
    elif desk is not None and desk.answer.kind == "other_packer" and desk.packing is not None:
        number = desk.packing.platform_no
        if st.button(_("Take it over"), icon=":material/front_hand:", key="packing_take_over"):
            _act(lambda: packing.take_over(actor, store, number))


def _day(actor: Actor, store: Store) -> None:
    """The day's figures; looked up every few seconds, not at every scan: a scan is to be answered at once."""
    held = st.session_state.get(_TODAY)
    if held is None or monotonic() - held[0] > _FRESH:
        held = st.session_state[_TODAY] = (monotonic(), packing.today(actor, store, runtime.settings().zone))
    day = held[1]
    parts = [
        _("{n} to pack").format(n=words.count(day["waiting"])),
        _("{n} open").format(n=words.count(day["open"])),
        _("{n} packed today").format(n=words.count(day["packed"])),
    ]
    if day["stuck"]:
        parts.append(_("{n} packed but held: do not hand over").format(n=words.count(day["stuck"])))
    st.caption(" · ".join(parts))


def _shown(desk: Desk | None, *, fresh: bool) -> Shown:
    if desk is None:
        return Shown(
            "start", "idle", _("Scan a slip"), _("Or type the number of an order and press Enter."), sound=False
        )
    turn = st.session_state.get(_TURN, 0)
    return Shown(f"{turn}", desk.answer.tone, desk.answer.title, desk.answer.hint, sound=not fresh)


def _asked(desk: Desk | None) -> str:
    if desk is None or desk.parcel is None:
        return _("Slip or order number")
    step = desk.parcel.step
    if step == ITEMS:
        return _("Bar code or SKU; 3*SKU for three")
    return _("Waybill") if step == WAYBILL else _("Weight in grams, or kilograms with a point")


def _scanned(codes: list[str]) -> None:
    """Each code in turn, going on with what the one before has opened."""
    actor, store = session.both()
    desk: Desk | None = st.session_state.get(_DESK)
    for code in codes:
        mine = desk.packing.packing_id if desk and desk.packing and desk.parcel else ""
        try:
            desk = packing.scan(actor, store, code, packing_id=mine)
        except DanliuError as error:
            st.session_state[_ERROR] = error
            break
    if desk is not None and desk.answer.kind in ("packed", "opened"):
        st.session_state.pop(_TODAY, None)
    _keep(desk)


def _keep(desk: Desk | None) -> None:
    st.session_state[_DESK] = desk
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _act(action: Callable[[], Desk]) -> None:
    """A button's work; the desk is drawn anew with the answer."""
    try:
        _keep(action())
    except DanliuError as error:
        st.session_state[_ERROR] = error
    st.rerun(scope="fragment")


def _open(actor: Actor, store: Store, desk: Desk, parcel: Parcel) -> None:
    goods, rest = st.columns([3, 2], gap="medium")
    with goods:
        assert desk.packing is not None
        st.markdown(f"**{_('Order')} {words.plain(desk.packing.platform_no)}** · {words.plain(desk.packing.slip_no)}")
        done = parcel.pieces - parcel.missing
        st.progress(done / max(parcel.pieces, 1), text=_("{done} of {all} pieces").format(done=done, all=parcel.pieces))
        st.html("".join(_line(parcel, item) for item in _sorted(parcel)))
    with rest:
        _weight(desk, parcel)
        _ways(actor, store, desk)


def _sorted(parcel: Parcel) -> list[Item]:
    """What is missing first."""
    return sorted(parcel.items, key=lambda item: parcel.scanned.get(item.line, 0) >= item.qty)


def _line(parcel: Parcel, item: Item) -> str:
    done = parcel.scanned.get(item.line, 0)
    full = done >= item.qty
    gift = f"<b>[{words.html(_('Gift'))}]</b> " if item.gift else ""
    colour = "#0B7A42" if full else "inherit"
    mark = "✓" if full else "○"
    more = f"<span class='dl-quiet'>{words.html(' · '.join(part for part in (item.sku, item.spec) if part))}</span>"
    return (
        f"<div class='dl-line dl-between'><div>{mark} {gift}{words.html(item.title)}<br>{more}</div>"
        f"<b class='dl-num' style='font-size:1.4rem;white-space:nowrap;color:{colour}'>{done} / {item.qty}</b></div>"
    )


def _weight(desk: Desk, parcel: Parcel) -> None:
    if not parcel.rules.weigh or desk.packing is None:
        return
    expected, actual = parcel.expected_g, parcel.weight_g
    shown = [
        _("Expected {weight} g").format(weight=words.count(expected))
        if expected is not None
        else _("Expected weight not known"),
        _("weighed {weight} g").format(weight=words.count(actual)) if actual is not None else _("not weighed yet"),
    ]
    st.markdown(f":material/scale: {' · '.join(shown)}")
    if parcel.is_off and not parcel.accepted:
        packing_id = desk.packing.packing_id
        if st.button(_("Accept this weight…"), icon=":material/rule:", key="packing_accept"):
            dialog(_("Accept the weight"), _accept, packing_id)


def _accept(packing_id: str) -> None:
    st.write(_("The reason is kept with the order and in the audit trail."))
    with st.form("packing_why", border=False):
        why = st.text_input(_("Why is it right?"), placeholder=_("For example: a sturdier box."), max_chars=200)
        if st.form_submit_button(_("Accept"), type="primary"):
            try:
                _keep(packing.accept_weight(session.actor(), session.store(), packing_id, why))
            except DanliuError as error:
                show_error(error)
            else:
                st.rerun()


def _ways(actor: Actor, store: Store, desk: Desk) -> None:
    assert desk.packing is not None
    packing_id = desk.packing.packing_id
    if desk.answer.kind == "no_courier":
        couriers = packing.couriers(actor, store)
        chosen = st.selectbox(
            _("Courier"), list(couriers), index=None, key="packing_courier", format_func=lambda code: str(couriers.get(code, code)),
            placeholder=_("Choose the courier"),
        )  # fmt: skip
        if chosen:
            _act(lambda: packing.choose_courier(actor, store, packing_id, chosen))
    with st.container(horizontal=True):
        if st.button(_("Put aside"), icon=":material/pause:", key="packing_aside"):
            _act(lambda: packing.put_aside(actor, store, packing_id))
        if st.button(_("Start over"), icon=":material/restart_alt:", key="packing_over"):
            _act(lambda: packing.start_over(actor, store, packing_id))
