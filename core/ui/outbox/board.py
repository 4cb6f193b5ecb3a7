"""The outbox as a list: figures, filters, messages with age and the other side's words; what a person does with refused ones."""

from datetime import datetime, time

import streamlit as st

from core import clock
from core.i18n import _
from core.mapping.said import unpacked
from core.services import outbox as calls
from core.services.outbox import KINDS, Board
from core.store import outbox
from core.store.outbox import Row
from core.store.outbox_desk import Narrowed
from core.ui import address, names, session, words
from core.ui.empty import empty
from core.ui.forms import dialog
from core.ui.outbox import settle
from core.ui.pager import pager
from core.ui.table import Column, table

PAGE_ROWS = 100
_ORDER = (outbox.DEAD, outbox.WAITING, outbox.CLAIMED, outbox.DONE, outbox.IGNORED, outbox.SUPERSEDED)


def show() -> None:
    """Draw the page's body."""
    actor, store = session.actor(), session.store()
    present = calls.board(actor, store, _day_began())
    if not present.counts:
        empty(
            _("Nothing has left the house yet."),
            _("Dispatches, stock figures, prints and messages stand here once they are due."),
            icon="outbox",
        )
        return
    _figures(present)
    narrowed = _filters(present)
    offset = int(st.session_state.get("outbox_from", 0)) if st.session_state.get("outbox_of") == narrowed else 0
    st.session_state["outbox_of"] = narrowed
    rows, total = calls.page(actor, store, narrowed, limit=PAGE_ROWS, offset=offset)
    if not rows:
        empty(_("No message is like this."), _("Choose another state, or take a filter away."), icon="filter_alt_off")
        return
    picked = _list(rows, narrowed.state)
    pager("outbox", offset, total, PAGE_ROWS, _turn)
    if narrowed.state == outbox.DEAD:
        settle.buttons([rows[place] for place in picked if place < len(rows)], narrowed, total)
    if len(picked) == 1 and picked[0] < len(rows):
        _detail(rows[picked[0]])


def _day_began() -> datetime:
    day = clock.business_day(clock.now(), session.zone())
    return datetime.combine(day, time.min, session.place())


def _figures(present: Board) -> None:
    dead, waiting = present.number(outbox.DEAD), present.number(outbox.WAITING)
    told = [
        (_("Refused"), words.count(dead), present.oldest(outbox.DEAD), dead > 0),
        (_("Waiting to be sent"), words.count(waiting), present.oldest(outbox.WAITING), False),
        (_("Being sent"), words.count(present.number(outbox.CLAIMED)), None, False),
        (_("Sent today"), words.count(present.sent_today), None, False),
    ]
    with st.container(horizontal=True, gap="small", key="figures_outbox"):
        for label, number, oldest, alarming in told:
            with st.container(
                border=True, gap=None, height="stretch", width="content" if not session.on_phone() else 150
            ):
                st.caption(label)
                st.markdown(f"### :red[{number}]" if alarming else f"### {number}")
                st.caption(_("oldest {ago}").format(ago=words.ago(oldest)) if oldest else " ")


def _filters(present: Board) -> Narrowed:
    states = [state for state in _ORDER if present.number(state)]
    if st.session_state.get("outbox_state") not in states:
        asked = st.query_params.get("state")
        st.session_state["outbox_state"] = asked if asked in states else states[0]
    state = st.segmented_control(
        _("State"), states, key="outbox_state", required=True, label_visibility="collapsed",
        format_func=lambda name: f"{_(outbox.STATES[str(name)])} {words.count(present.number(str(name)))}",
    )  # fmt: skip
    counts = [each for each in present.counts if each.state == state]
    kinds = ["", *sorted({each.kind for each in counts})]
    shops = ["", *sorted({f"{each.channel}/{each.shop}" for each in counts})]
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        kind = st.selectbox(
            _("Kind"), kinds, key=f"outbox_kind_{state}", format_func=lambda name: kind_word(name) if name else _("All")
        )
        shop = st.selectbox(
            _("Goes to"),
            shops,
            key=f"outbox_shop_{state}",
            format_func=lambda name: receiver(name) if name else _("All"),
        )
        text = st.text_input(
            _("Order no. or waybill"), key="outbox_text", placeholder=_("Its beginning is enough"), max_chars=60
        )
    return Narrowed(str(state), kind or "", shop or "", (text or "").strip())


def kind_word(kind: str) -> str:
    """A kind of message in words."""
    return _(KINDS[kind]) if kind in KINDS else kind


def receiver(name: str) -> str:
    """Who gets it: a shop's title with its channel, a printer's or robot's name."""
    channel, _slash, shop = name.partition("/")
    return f"{words.channel(channel)} · {names.shop(channel, shop)}" if channel else shop


def _list(rows: list[Row], state: str) -> list[int]:
    waits = state in (outbox.WAITING, outbox.CLAIMED)
    columns = [
        Column("subject", _("About"), width="medium"),
        Column("error", _("The other side's words"), width="large"),
        Column("kind", _("Kind"), words=kind_word),
        Column("to", _("Goes to"), width="medium"),
        Column("age", _("Age")),
        Column("attempts", _("Attempts"), "count"),
        Column("hint", _("What to do"), width="medium"),
    ]
    if waits:
        columns.insert(2, Column("next_at", _("Next try")))
    if state in (outbox.DONE, outbox.SUPERSEDED):
        columns = [each for each in columns if each.name not in ("error", "hint")]
        columns.insert(1, Column("answer", _("Answer")))
    if state == outbox.IGNORED:
        columns = [each for each in columns if each.name != "hint"]
        columns.insert(1, Column("why", _("Why"), width="medium"))
    return table(
        [
            {
                "subject": row.subject, "error": unpacked(row.error or ""), "kind": row.kind, "to": receiver(f"{row.channel}/{row.shop}"),
                "age": words.ago(row.created_at), "attempts": row.attempts, "hint": unpacked(row.hint or ""), "answer": row.answer,
                "next_at": words.ago(row.next_at), "why": row.why,
            }
            for row in rows
        ],
        columns[:2] if session.on_phone() else columns,
        key=f"outbox_rows_{state}_{st.session_state.get('outbox_nonce', 0)}",
        select="multi-row",
    )  # fmt: skip


def _turn(to: int) -> None:
    st.session_state["outbox_from"] = to
    st.session_state["outbox_nonce"] = st.session_state.get("outbox_nonce", 0) + 1


def _detail(row: Row) -> None:
    zone = session.zone()
    with st.container(border=True, key="outbox_detail"):
        st.markdown(
            f"**{kind_word(row.kind)}** · {words.plain(row.subject)} · {words.plain(receiver(f'{row.channel}/{row.shop}'))}"
        )
        facts = [
            (_("State"), _(outbox.STATES[row.state])),
            (_("Put"), words.instant(row.created_at, zone)),
            (_("Last change"), words.instant(row.changed_at, zone)),
            (_("Attempts"), str(row.attempts)),
            (_("Next try"), words.instant(row.next_at, zone) if row.state == outbox.WAITING else words.NONE),
            (_("The other side's words"), unpacked(row.error or "") or words.NONE),
            (_("Settled by"), f"{row.settled_by} {row.why or ''}".strip() if row.settled_by else words.NONE),
            *(
                (_label(name), str(value))
                for name, value in row.body.items()
                if value not in ("", None) and name != "order_key"
            ),
            (_("Key"), row.key),
        ]
        cells = "".join(f"<tr><td class='dl-quiet'>{words.html(a)}</td><td>{words.html(b)}</td></tr>" for a, b in facts)
        st.html(f'<table class="dl-pairs">{cells}</table>')
        key = row.body.get("order_key")
        with st.container(horizontal=True):
            if row.state == outbox.DEAD and row.kind == "dispatch" and session.actor().may("outbox.settle") and st.button(
                _("Mend and send"), icon=":material/edit:", key="outbox_mend"
            ):  # fmt: skip
                dialog(_("Mend and send"), settle.mend, row)
            if key is not None:
                st.button(
                    _("The whole order"), key="outbox_order", on_click=address.open_order, args=(key,), type="tertiary"
                )
        if key is not None:
            _others(row)


def _others(row: Row) -> None:
    """The other messages of the same order: those before hold those after them up."""
    others = [
        each for each in calls.of_order(session.actor(), session.store(), int(row.body["order_key"])) if each != row
    ]
    if others:
        st.caption(_("Other messages of this order, in the order in which they go"))
    for each in others:
        st.markdown(f"- {kind_word(each.kind)} · {_(outbox.STATES[each.state])} · {words.ago(each.created_at)}")


def _label(name: str) -> str:
    known = {
        "courier": _("Courier"), "tracking_no": _("Tracking number"), "code": _("The platform's code"), "qty": _("Pieces"),
        "sku": _("SKU"), "title": _("Title"), "text": _("Text"), "url": _("Address"), "printer": _("Printer"),
    }  # fmt: skip
    return known.get(name, name)
