"""The queue of cases: what waits for us first, by kind and state, with age; one opened beside it with its story and acts."""

import streamlit as st

from core import clock
from core.i18n import _
from core.model.after_sales import ENDS, KINDS, STATES
from core.services import after_sales
from core.store.after_sales import PARTS, Case
from core.ui import names, session, words
from core.ui.after_sales import acts, case_view
from core.ui.empty import empty
from core.ui.forms import dialog
from core.ui.pager import pager
from core.ui.table import Column, table

PAGE_ROWS = 100
LATE_HOURS = 24  # a case that waits for us longer than this is marked


def show() -> None:
    """Draw the page's body."""
    actor, store = session.actor(), session.store()
    counts = after_sales.counts(actor, store)
    if actor.may("after_sales.work") and st.button(_("Open a case"), icon=":material/add:", key="case_new"):
        dialog(_("Open a case"), acts.open_form, width="medium")
    if not counts:
        empty(
            _("No after-sales case yet."),
            _("Refunds that the platforms tell of open cases by themselves; others are opened by hand."),
            icon="assignment_return",
        )
        return
    part, kind, state, text = _filters(counts)
    offset = int(st.session_state.get("cases_from", 0))
    rows, total = after_sales.listing(
        actor, store, part, kind=kind, state=state, text=text, limit=PAGE_ROWS, offset=offset
    )
    if not rows and offset:
        _turn(0)
        st.rerun()
    if not rows:
        well = part == "ours" and not (kind or state or text)
        empty(
            _("No case waits for us.") if well else _("No case is like this."),
            "" if well else _("Choose another part, or take a filter away."),
            icon="task_alt" if well else "filter_alt_off",
        )
        if st.session_state.get(acts.SHOWN):  # what was just decided has left this part
            case_view.show(st.session_state[acts.SHOWN])
        return
    picked = _list(rows, part)
    pager("cases", offset, total, PAGE_ROWS, _turn)
    if picked and picked[0] < len(rows):
        st.session_state[acts.SHOWN] = rows[picked[0]].case_id
    if st.session_state.get(acts.SHOWN):
        case_view.show(st.session_state[acts.SHOWN])
    else:
        st.caption(_("Mark a row to see the case and what can be done."))


def _filters(counts: dict[tuple[str, str, str], int]) -> tuple[str, str, str, str]:
    titles = {"ours": _("Waits for us"), "under_way": _("Waits for others"), "ended": _("Over")}
    totals = {part: sum(many for (its, _kind, _state), many in counts.items() if its == part) for part in PARTS}
    if st.session_state.get("cases_part") not in titles:
        asked = st.query_params.get("show")
        st.session_state["cases_part"] = asked if asked in titles else "ours"
    part = str(
        st.segmented_control(
            _("Part"), list(titles), key="cases_part", required=True, label_visibility="collapsed", on_change=_turn,
            args=(0,), format_func=lambda name: f"{titles[str(name)]} {words.count(totals[str(name)])}",
        )
    )  # fmt: skip
    kinds = ["", *(kind for kind in KINDS if any(its == part and k == kind for its, k, _state in counts))]
    states = ["", *(state for state in STATES if any(its == part and s == state for its, _kind, s in counts))]
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        kind = st.selectbox(
            _("Kind"), kinds, key=f"cases_kind_{part}", format_func=lambda name: _(KINDS[name]) if name else _("All"),
            on_change=_turn, args=(0,),
        )  # fmt: skip
        state = st.selectbox(
            _("State"), states, key=f"cases_state_{part}", on_change=_turn, args=(0,),
            format_func=lambda name: _(STATES[name].label) if name else _("All"),
        )  # fmt: skip
        text = st.text_input(_("Order no. or refund no."), key="cases_text", max_chars=60, on_change=_turn, args=(0,))
    return part, kind or "", state or "", text or ""


def _list(rows: list[Case], part: str) -> list[int]:
    columns = [
        Column("platform_no", _("Platform order no."), width="medium"),
        Column("kind", _("Kind"), words=lambda kind: _(KINDS[kind])),
        Column("state", _("State"), words=lambda state: _(STATES[state].label)),
        Column("age", _("Age")),
        Column("reason", _("Reason"), width="medium"),
        Column("fen", _("Amount"), "money"),
        Column("owner", _("Owner")),
        Column("shop", _("Shop"), width="medium"),
        Column("refund_no", _("Refund no.")),
    ]
    if not session.actor().may("orders.money"):
        columns = [each for each in columns if each.name != "fen"]
    phone = [columns[0], columns[2], columns[3]]
    return table(
        [
            {
                "platform_no": row.platform_no, "kind": row.kind, "state": row.state, "age": _age(row), "reason": row.reason,
                "fen": row.fen, "owner": row.owner, "shop": names.shop(row.channel, row.shop), "refund_no": row.refund_no,
            }
            for row in rows
        ],
        phone if session.on_phone() else columns,
        key=f"cases_rows_{part}_{st.session_state.get('cases_nonce', 0)}",
        select="single-row",
    )  # fmt: skip


def _age(case: Case) -> str:
    if case.state in ENDS:
        return words.ago(case.closed_at)
    late = STATES[case.state].ours and (clock.now() - case.opened_at).total_seconds() > LATE_HOURS * 3600
    age = words.ago(case.opened_at)
    return f"{age} · {_('Late')}" if late else age


def _turn(to: int) -> None:
    st.session_state.pop(acts.SHOWN, None)
    st.session_state["cases_from"] = to
    st.session_state["cases_nonce"] = st.session_state.get("cases_nonce", 0) + 1
