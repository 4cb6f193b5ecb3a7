"""Monthly reports: made by hand or by the job, downloaded."""

from datetime import date

import streamlit as st

from core import clock
from core.i18n import LANGUAGES, _
from core.services import monthly_report
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun

_TYPES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_MONTHS = 24


def show() -> None:
    """Draw the tab."""
    who, store = session.actor(), session.store()
    if who.may("reports.make"):
        _form()
    made = monthly_report.listing(who, store)
    if not made:
        empty(
            _("No report was made yet."),
            _("Choose a month and make one; the job makes last month’s by itself."),
            icon="picture_as_pdf",
        )
        return
    for each in made:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            by = _("Job") if each.made_by == "system" else words.plain(each.made_by)
            at = words.instant(each.made_at, session.zone())
            st.markdown(f"**{each.month:%Y-%m}** · {each.kind.upper()} · {LANGUAGES.get(each.language, each.language)}", width="stretch")  # fmt: skip
            st.caption(f"{at} · {by} · {each.bytes / 1024:,.0f} KB")
            _download(each.name, each.kind)


def _download(name: str, kind: str) -> None:
    """Two steps: the file is read, and the reading noted, only for whoever asks for it."""
    opened = st.session_state.get("report_opened")
    if opened is not None and opened[0] == name:
        st.download_button(
            _("Download {name}").format(name=name), opened[1], file_name=name, mime=_TYPES[kind], type="primary",
            key=f"report_file_{name}", on_click="ignore",
        )  # fmt: skip
    elif st.button(_("Open the file"), key=f"report_{name}", icon=":material/download:"):
        content = attempt(lambda: monthly_report.open_file(session.actor(), session.store(), name))
        if isinstance(content, bytes):
            st.session_state["report_opened"] = (name, content)
            st.rerun()


def _form() -> None:
    who, store, zone = session.actor(), session.store(), session.zone()
    months = [clock.business_day(clock.now(), zone).replace(day=1)]
    while len(months) < _MONTHS:
        months.append(monthly_report.month_before(months[-1]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        month = st.selectbox(
            _("Month of the report"),
            months,
            index=1,
            format_func=lambda day: f"{day:%Y-%m}",
            key="report_month",
            width=160,
        )
        if st.button(_("Make the report"), type="primary", key="report_make", icon=":material/picture_as_pdf:"):
            with st.spinner(_("Counting …")):
                assert isinstance(month, date)
                done = attempt(lambda: monthly_report.make(who, store, month, zone=zone))
            if done is not None:
                st.session_state.pop("report_opened", None)
                say_after_rerun(_("The report is made."))
                st.rerun()
        present = monthly_report.is_scheduled(who, store)
        wanted = st.toggle(_("Made by the job each month"), value=present, key="report_scheduled")
        if wanted != present:
            attempt(lambda: monthly_report.schedule(who, store, on=wanted))
