"""The tab Printers: each with what it understands, a test print, and the form to set one up."""

from collections.abc import Mapping

import streamlit as st

from core.i18n import _
from core.model.printing import IPP, KINDS, LANGUAGES, PAPERS, RAW, STATES
from core.services import picking, printers
from core.services.printers import Printer
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.picking.wave_list import paper_words


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    known = printers.listing(actor, store)
    may = actor.may("warehouse.setup")
    if may and st.button(_("Add a printer…"), icon=":material/add:", key="printer_add"):
        dialog(_("Add a printer"), _form, None)
    if not known:
        empty(
            _("No printer is set up."),
            _("Pick lists and labels can be downloaded as PDF until then."),
            icon="print_disabled",
        )
    for printer in known:
        _card(printer, may=may)


def _card(printer: Printer, *, may: bool) -> None:
    actor, store = session.actor(), session.store()
    with st.container(border=True, key=f"printer_{printer.name}"):
        where = f"{printer.host}:{printer.port}" + (f"/{printer.queue}" if printer.kind == IPP else "")
        st.markdown(f":material/print: **{words.plain(printer.name)}** · {words.plain(where)}")
        beside = printer.warehouse or _("every warehouse")
        st.caption(
            f"{_(KINDS[printer.kind])} · {_(LANGUAGES[printer.language])} · {paper_words(printer.paper)} · {words.plain(beside)}"
        )
        with st.container(horizontal=True):
            if st.button(_("Test print"), icon=":material/science:", key=f"try_{printer.name}"):
                key = attempt(lambda: printers.try_out(actor, store, printer.name))
                if key:
                    st.session_state[f"tried_{printer.name}"] = key
            if may and st.button(_("Change…"), icon=":material/edit:", key=f"change_{printer.name}"):
                dialog(_("Change the printer"), _form, printer)
            if may and st.button(_("Remove…"), icon=":material/delete:", key=f"remove_{printer.name}"):
                dialog(_("Remove the printer"), _remove, printer)
        if st.session_state.get(f"tried_{printer.name}"):
            _tried(printer.name)


@st.fragment(run_every=1)
def _tried(name: str) -> None:
    job = printers.job(session.actor(), session.store(), st.session_state[f"tried_{name}"])
    if job is not None:
        said = f" · {words.plain(job.told)}" if job.told and job.state != "printed" else ""
        st.caption(f"{_('Test print')}: {_(STATES[job.state])}{said}")


def _remove(printer: Printer) -> None:
    confirm_before(
        _("Remove it"), _("Jobs that wait for {name} will ask for another printer.").format(name=printer.name),
        lambda: printers.remove(session.actor(), session.store(), printer.name), key="printer_remove",
    )  # fmt: skip


def _form(printer: Printer | None) -> None:
    actor, store = session.actor(), session.store()
    made = _filled(printer or Printer("", "", 0), new=printer is None)
    if st.button(_("Save"), type="primary", key="printer_save") and attempt(
        lambda: printers.save(actor, store, made, new=printer is None)
    ):  # fmt: skip
        say_after_rerun(_("Saved. Try it with a test print."))
        st.rerun()


def _filled(present: Printer, *, new: bool) -> Printer:
    """The form's fields, filled with what is known."""
    key = f"printer_{present.name}"
    name = st.text_input(_("Name"), present.name, max_chars=40, disabled=not new, key=f"{key}_name")
    kind = _one(_("How it is reached"), KINDS, present.kind, f"{key}_kind")
    with st.container(horizontal=True):
        host = st.text_input(_("Host"), present.host, placeholder="192.168.1.50", key=f"{key}_host")
        usual = present.port if present.kind == kind and not new else 631 if kind == IPP else 9_100
        port = st.number_input(_("Port"), 1, 65_535, usual, key=f"{key}_port_{kind}", width=130)
    queue = st.text_input(_("Queue"), present.queue, key=f"{key}_queue") if kind != RAW else ""
    language = _one(_("What it understands"), LANGUAGES, present.language, f"{key}_language")
    papers = PAPERS[language]
    paper = st.selectbox(
        _("Paper"), papers, papers.index(present.paper) if present.paper in papers else 0,
        key=f"{key}_paper_{language}", format_func=paper_words,
    )  # fmt: skip
    warehouses = picking.warehouses(session.actor(), session.store())
    places = ["", *warehouses]
    beside = st.selectbox(
        _("Beside the warehouse"), places, places.index(present.warehouse) if present.warehouse in places else 0,
        key=f"{key}_warehouse", format_func=lambda code: (warehouses.get(code) or code) if code else _("every warehouse"),
    )  # fmt: skip
    return Printer(name.strip(), host.strip(), int(port), present.demo, kind, language, paper, queue.strip(), beside)


def _one(label: str, choices: Mapping[str, str], present: str, key: str) -> str:
    codes = list(choices)
    return st.selectbox(label, codes, codes.index(present), key=key, format_func=lambda code: _(choices[code]))
