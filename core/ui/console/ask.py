"""Ask: the text, the limits, the answer with its stop button and its files; and the help with views and functions."""

from collections.abc import Callable

import streamlit as st

from core.i18n import N_, _, language
from core.insight.console_examples import EXAMPLES, PLACEHOLDER, first_rows
from core.insight.console_run import DONE, RUNNING, Limits, Run
from core.insight.console_views import SafeView, ViewColumn
from core.services import sql_console
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.table import Column, table

TEXT, RUN = "console_sql", "console_run"
_SHOWN = 1_000
_KINDS = {
    "text": N_("Text"), "integer": N_("Whole number"), "fen": N_("Amount (fen)"), "number": N_("Decimal number"),
    "boolean": N_("Yes or no"), "instant": N_("Date and time"), "date": N_("Date"),
}  # fmt: skip


def take(text: str) -> None:
    """For the callback of a button: put a text into the field and open the part with it."""
    st.session_state[TEXT] = text
    st.session_state["part"] = "ask"


def show() -> None:
    """Draw the tab."""
    kept = st.session_state.get("console_kept_text", "")
    text = st.text_area(
        _("Question"), key=TEXT, height=190, placeholder=PLACEHOLDER, label_visibility="collapsed",
        value=kept if TEXT not in st.session_state else "",
    )  # fmt: skip
    st.session_state["console_kept_text"] = text or ""
    run = _present()
    limits, pressed = _controls(text or "", run)
    if pressed:
        _begin(text or "", limits)
    elif run is None:
        _first(limits)
    elif run.state == RUNNING or not run.over.is_set():
        st.fragment(run_every=0.6)(_waiting)(run.run_id)
    else:
        _answer(run)


def _controls(text: str, run: Run | None) -> tuple[Limits, bool]:
    """The limits, and whether the question is to be asked now."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        rows = st.selectbox(
            _("At most"), sql_console.ROW_LIMITS, index=1, key="console_rows", width=150,
            format_func=lambda n: _("{n} rows").format(n=f"{n:,}"),
        )  # fmt: skip
        seconds = st.selectbox(
            _("Time limit"), sql_console.TIME_LIMITS, index=1, key="console_seconds", width=130,
            format_func=lambda n: _("{n} s").format(n=n),
        )  # fmt: skip
        limits = Limits(rows=int(rows), seconds=float(seconds))
        busy = run is not None and not run.over.is_set()
        pressed = st.button(
            _("Run the question"), type="primary", icon=":material/play_arrow:", key="console_ask", disabled=busy
        )
        if st.button(_("Keep"), icon=":material/bookmark_add:", key="console_keep", disabled=not text.strip()):
            dialog(_("Keep the question"), _keep, text)
        with st.popover(_("Examples"), icon=":material/lightbulb:"):
            for n, (title, example) in enumerate(EXAMPLES.items()):
                st.button(_(title), key=f"console_example_{n}", type="tertiary", on_click=take, args=(example,))
    return limits, pressed


def _begin(text: str, limits: Limits) -> None:
    st.session_state.pop(RUN, None)
    run = attempt(
        lambda: sql_console.start(session.actor(), session.store(), text, zone=session.zone(), limits=limits, wait=1.0)
    )
    if isinstance(run, Run):
        st.session_state[RUN] = run.run_id
        st.rerun()


def _keep(text: str) -> None:
    name = st.text_input(_("Name"), key="console_name", max_chars=60)
    if st.button(_("Keep"), key="console_keep_now", type="primary", disabled=not name) and (
        attempt(lambda: sql_console.save(session.actor(), session.store(), name, text)) is not None
    ):
        say_after_rerun(_("Kept."))
        st.rerun()


def _present() -> Run | None:
    run_id = st.session_state.get(RUN)
    if not run_id:
        return None
    try:
        return sql_console.state(session.actor(), session.store(), run_id)
    except Exception:  # noqa: BLE001 - an answer that is no longer kept is as none
        st.session_state.pop(RUN, None)
        return None


def _first(limits: Limits) -> None:
    empty(
        _("Ask a question of the orders."),
        _("Take an example, or look at the views first. At most {rows} rows in {seconds} s.").format(
            rows=f"{limits.rows:,}", seconds=int(limits.seconds)
        ),
        icon="database_search",
    )


def _waiting(run_id: str) -> None:
    """Drawn anew by itself until the question is over."""
    run = sql_console.state(session.actor(), session.store(), run_id)
    if run.over.is_set():
        st.rerun(scope="app")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_("The question runs …"), width="stretch")
        if run.stop:
            st.caption(_("It is being stopped."))
        elif st.button(_("Stop"), icon=":material/stop_circle:", key="console_stop"):
            sql_console.cancel(session.actor(), session.store(), run_id)


def _answer(run: Run) -> None:
    if run.state != DONE or run.answer is None:
        told = sql_console.said(run)
        st.warning(
            words.plain(told) if told else _("This answer is no longer kept. Ask again."), icon=":material/info:"
        )
        return
    rows = run.answer.num_rows
    told = _("{n} rows in {s} s").format(n=f"{rows:,}", s=f"{run.seconds:.2f}")
    if run.more:
        told += " · " + _("there are more: the row limit was reached")
    if rows > _SHOWN:
        told += " · " + _("the first {n} are shown, the files hold all").format(n=f"{_SHOWN:,}")
    st.caption(told)
    if not rows:
        empty(_("No row answers the question."), _("Widen its conditions."), icon="search_off")
        return
    st.dataframe(run.answer.slice(0, _SHOWN), key=f"console_answer_{run.run_id}", hide_index=True)
    with st.container(horizontal=True):
        for form in sql_console.FORMS:
            st.download_button(
                form.upper(), _file(run.run_id, form), file_name=f"answer-{run.run_id}.{form}", key=f"console_{form}",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip


def _file(run_id: str, form: str) -> Callable[[], bytes]:
    """Made when the button is pressed, so that only a real download is made and audited."""
    actor, store, zone = session.actor(), session.store(), session.zone()
    return lambda: sql_console.export(actor, store, run_id, form, zone=zone).content


def help_tab() -> None:
    """The views with their columns, and the functions."""
    views = sql_console.schema(session.actor(), session.store())
    for view in views:
        with st.expander(f"**{view.name}** · {_(view.label)}"):
            _columns(view)
            st.button(
                _("Ask this view"), key=f"console_view_{view.name}", type="tertiary", icon=":material/play_arrow:",
                on_click=take, args=(first_rows(view.name),),
            )  # fmt: skip
    st.caption(_("Instants are in the business zone; amounts are in fen, divide by 100.0 for yuan."))
    with st.expander(_("Functions")):
        st.markdown(" ".join(f"`{name}`" for name in sql_console.functions(session.actor(), session.store())))


def _columns(view: SafeView) -> None:
    table(
        [{"name": c.name, "label": _label(c), "kind": _(_KINDS[c.kind])} for c in view.columns],
        [Column("name", _("Column")), Column("label", _("Meaning")), Column("kind", _("Kind"))],
        key=f"console_columns_{view.name}", height="content",
    )  # fmt: skip


def _label(column: ViewColumn) -> str:
    return dict(column.labels).get(language()) or _(column.label)
