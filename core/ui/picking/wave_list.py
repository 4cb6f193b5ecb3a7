"""The tab Waves: what leaves first at the top, counts and age, print, download, mark as picked; and a new wave from what is ready."""

from functools import partial

import streamlit as st

from core import clock, runtime
from core.i18n import N_, _
from core.model.printing import LABEL, PAPERS, PDF, PICK_LIST
from core.services import packing, picking, printers
from core.services.picking import MIXED, SINGLE, Wave
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.table import Column, table

KINDS = {"": N_("All"), SINGLE: N_("Single items"), MIXED: N_("Several items")}
_PAGE = 20


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    _make()
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        text = st.text_input(
            _("Find a wave"), key="wave_text", placeholder=_("Wave, slip or order"), label_visibility="collapsed"
        )
        everything = st.toggle(_("Finished ones too"), key="wave_all")
    listed = picking.waves_of(actor, store, open_only=not everything, text=text or "")
    if not listed:
        empty(
            _("No wave is open."),
            _("Waves come by themselves as the flow makes slips, or from slips that are ready."),
            icon="shopping_basket",
        )
        return
    shown = st.session_state.get("wave_shown", _PAGE)
    for wave in listed[:shown]:
        _card(wave)
    if len(listed) > shown and st.button(_("Show more"), key="wave_more"):
        st.session_state["wave_shown"] = shown + _PAGE
        st.rerun()


def _make() -> None:
    ready = picking.ready(session.actor(), session.store())
    if not ready:
        return
    total = sum(group["slips"] for group in ready)
    oldest = min(group["oldest"] for group in ready)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _("**{n}** slips are not printed yet, the oldest {age}.").format(
                n=words.count(total), age=words.ago(oldest)
            )
        )
        if st.button(_("Make a wave…"), icon=":material/playlist_add:", key="wave_make"):
            dialog(_("Make a wave"), _make_form)


def _make_form() -> None:
    actor, store = session.actor(), session.store()
    ready = picking.ready(actor, store)
    warehouses = sorted({group["warehouse"] for group in ready})
    if not warehouses:
        st.info(_("Nothing is ready any more."))
        return
    place = st.selectbox(_("Warehouse"), warehouses, key="make_place", format_func=lambda name: name or _("Not routed"))
    here = [group for group in ready if group["warehouse"] == place]
    couriers = ["", *sorted({group["courier"] for group in here if group["courier"]})]
    courier = st.selectbox(_("Courier"), couriers, key="make_courier", format_func=lambda name: name or _("All"))
    kind = st.segmented_control(
        _("Orders"), list(KINDS), default="", key="make_kind", format_func=lambda code: _(KINDS[code]), required=True
    )
    most = st.number_input(_("At most so many slips"), 1, 1_000, 50, key="make_most")
    fitting = sum(
        group["slips"] for group in here
        if (not courier or group["courier"] == courier) and (not kind or group["single"] == (kind == SINGLE))
    )  # fmt: skip
    st.caption(
        _("{n} slips fit; the most urgent {taken} go into the new wave.").format(
            n=words.count(fitting), taken=words.count(min(fitting, int(most)))
        )
    )
    if st.button(_("Make the wave"), type="primary", key="make_go", disabled=not fitting):
        made = attempt(
            lambda: picking.make_wave(
                actor,
                store,
                runtime.settings().zone,
                warehouse=place or "",
                courier=courier or "",
                kind=kind or "",
                most=int(most),
            )
        )
        if made:
            say_after_rerun(_("Wave {wave} with {n} slips.").format(wave=made[0], n=made[1]))
            st.rerun()


def _card(wave: Wave) -> None:
    with st.container(border=True, key=f"wave_{wave.wave}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            parts = [wave.warehouse or _("Not routed"), wave.courier, _(KINDS[wave.kind]) if wave.kind else ""]
            st.markdown(f"**{wave.wave}** · {words.plain(' · '.join(part for part in parts if part))}")
            _leaves(wave)
        told = [
            _("{n} slips").format(n=words.count(wave.slips)),
            _("{n} not printed").format(n=words.count(wave.unprinted)) if wave.unprinted else _("printed"),
            _("{n} not picked").format(n=words.count(wave.unpicked)) if wave.unpicked else _("picked"),
            _("{n} packed").format(n=words.count(wave.packed)),
            _("made {when}").format(when=words.ago(wave.made_at)),
        ]
        line = " · ".join(told)
        if wave.held:
            line += " · :red[" + _("{n} frozen: do not pick").format(n=words.count(wave.held)) + "]"
        st.caption(line)
        with st.container(horizontal=True):
            st.button(
                _("Print…"), icon=":material/print:", key=f"print_{wave.wave}",
                type="primary" if wave.unprinted else "secondary", on_click=partial(dialog, _("Print"), _print, wave),
            )  # fmt: skip
            if wave.unpicked and st.button(_("Picked"), icon=":material/done_all:", key=f"picked_{wave.wave}"):
                many = attempt(lambda: picking.mark_picked(session.actor(), session.store(), wave.wave))
                if many is not None:
                    say_after_rerun(_("Marked as picked."))
                    st.rerun()
            st.button(_("Slips…"), icon=":material/list:", key=f"slips_{wave.wave}", on_click=partial(dialog, wave.wave, _slips, wave, width="large"))  # fmt: skip


def _leaves(wave: Wave) -> None:
    if wave.leaves_at is None:
        return
    minutes = round((wave.leaves_at - clock.now()).total_seconds() / 60)
    colour = "red" if minutes < 30 else "orange" if minutes < 90 else "gray"
    st.badge(_("leaves {when}").format(when=words.ago(wave.leaves_at)), color=colour, icon=":material/local_shipping:")


def _print(wave: Wave) -> None:
    actor, store = session.actor(), session.store()
    document = st.segmented_control(
        _("Document"), [PICK_LIST, LABEL], default=PICK_LIST, key="print_document", required=True,
        format_func={PICK_LIST: _("Pick list"), LABEL: _("Labels")}.__getitem__,
    )  # fmt: skip
    rows = picking.slips_of(actor, store, wave.wave)
    fresh = [row["slip_no"] for row in rows if row["printed_at"] is None]
    which = fresh
    if document == PICK_LIST and fresh and len(fresh) < len(rows):
        every = st.toggle(
            _("Also the {n} slips printed before, as a reprint").format(n=len(rows) - len(fresh)), key="print_all"
        )
        which = [row["slip_no"] for row in rows] if every else fresh
    elif document == LABEL or not fresh:
        which = [row["slip_no"] for row in rows]
    reprint = document == PICK_LIST and len(which) > len(fresh)
    if document == LABEL:
        reprint = st.toggle(_("Printed before: mark as a reprint"), key="print_again")
    if reprint:
        st.caption(_("Every page says that it is a reprint."))
    _to_printer(wave, which, document, reprint=reprint)
    _to_file(wave, which, document)


def _to_printer(wave: Wave, which: list[str], document: str, *, reprint: bool) -> None:
    actor, store = session.actor(), session.store()
    known = printers.listing(actor, store)
    if not known:
        st.info(
            _("No printer is set up. Download the file, or set one up on the tab Printers."),
            icon=":material/print_disabled:",
        )
        return
    names = [printer.name for printer in known]
    near = next((place for place, printer in enumerate(known) if printer.warehouse == wave.warehouse), 0)
    chosen = st.selectbox(_("Printer"), names, index=near, key="print_where")
    if st.button(_("Send {n} slips to the printer").format(n=len(which)), type="primary", key="print_go"):
        key = attempt(
            lambda: picking.send(actor, store, chosen, which, document=document, wave=wave.wave, reprint=reprint)
        )
        if key:
            say_after_rerun(_("On its way to {printer}; the tab Print jobs shows how it fares.").format(printer=chosen))
            st.rerun()


def _to_file(wave: Wave, which: list[str], document: str) -> None:
    actor, store = session.actor(), session.store()
    sizes = PAPERS[PDF] if document == PICK_LIST else ("100x50", "60x40", "80x50")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.selectbox(_("Paper"), sizes, key=f"print_paper_{document}", format_func=paper_words, width=170)
        if st.button(_("Make a PDF"), icon=":material/picture_as_pdf:", key="print_make"):
            st.session_state["print_made"] = (
                wave.wave, document, attempt(lambda: picking.download(actor, store, runtime.settings().zone, which, document=document, size=size)),
            )  # fmt: skip
    made = st.session_state.get("print_made")
    if made and made[:2] == (wave.wave, document) and made[2]:
        if made[2].lost:
            st.warning(
                _("The font lacks these characters; they stand as 〓: {signs}").format(signs=" ".join(made[2].lost)),
                icon=":material/font_download_off:",
            )
        st.download_button(
            _("Download {n} pages").format(n=made[2].pages), made[2].content, f"{wave.wave}-{document}.pdf", "application/pdf",
            icon=":material/download:", type="primary", key="print_download",
        )  # fmt: skip


def paper_words(size: str) -> str:
    """A paper in words: A4, or its millimetres."""
    return size.upper() if size.startswith("a") else f"{size.replace('x', ' × ')} mm"


def _slips(wave: Wave) -> None:
    rows = picking.slips_of(session.actor(), session.store(), wave.wave)
    couriers = packing.couriers(session.actor(), session.store())
    shown = [
        {
            "slip": row["slip_no"], "order": row["platform_no"], "pieces": row["pieces"],
            "courier": couriers.get(row["courier"], row["courier"]),
            "state": _("Frozen: do not pick") if row["held"] else words.status(row["status"]),
            "printed": _("printed") if row["printed_at"] else "", "picked": row["picked_by"] or "",
        }
        for row in rows
    ]  # fmt: skip
    columns = [
        Column("slip", _("Slip")), Column("order", _("Order")), Column("state", _("State")), Column("pieces", _("Pieces"), "count"),
        Column("courier", _("Courier")), Column("printed", _("Print")), Column("picked", _("Picked by")),
    ]  # fmt: skip
    table(shown, columns[:3] if session.on_phone() else columns, key=f"slips_of_{wave.wave}")
