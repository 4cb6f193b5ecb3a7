"""The tab On the road: troubles first, every parcel with its last scan and age, one opened with its whole story."""

import streamlit as st

from core import clock
from core.i18n import _
from core.mapping.said import unpacked_whole
from core.model.parcels import ENDS, STATES, TROUBLES
from core.services import parcels
from core.store.parcel_tracks import Parcel
from core.ui import address, session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.pager import pager
from core.ui.parcels.story import story_html
from core.ui.table import Column, table

PAGE_ROWS = 100
_COLOURS = {"delivered": "green", "returned": "red", "returning": "red", "problem": "red", "delivering": "violet"}


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    counts = parcels.counts(actor, store)
    if not counts.get("all"):
        empty(
            _("No parcel is on the road."),
            _("Shipped orders with a waybill stand here within a minute."),
            icon="local_shipping",
        )
        return
    part, trouble, courier, text = _filters(counts)
    offset = int(st.session_state.get("parcels_from", 0))
    rows, total = parcels.listing(
        actor, store, part, trouble=trouble, courier=courier, text=text, limit=PAGE_ROWS, offset=offset
    )
    if not rows and offset:
        st.session_state["parcels_from"] = 0
        st.rerun()
    if not rows:
        well = part == "trouble" and not (trouble or courier or text)
        empty(
            _("No parcel is in trouble.") if well else _("No parcel is like this."),
            "" if well else _("Choose another part, or take a filter away."),
            icon="task_alt" if well else "filter_alt_off",
        )
        return
    picked = _list(rows, part)
    pager("parcels", offset, total, PAGE_ROWS, _turn)
    chosen = [rows[place] for place in picked if place < len(rows)]
    if part == "trouble" and len(chosen) > 1 and actor.may("parcels.settle"):
        if st.button(_("Settle {n}").format(n=len(chosen)), icon=":material/check:", key="parcels_settle_many"):
            dialog(_("Settle troubles"), _settle, [each.track_id for each in chosen])
    elif len(chosen) == 1:
        detail(chosen[0])


def _filters(counts: dict[str, int]) -> tuple[str, str, str, str]:
    parts = {"trouble": _("In trouble"), "road": _("On the road"), "delivered": _("Delivered"), "all": _("All")}
    if st.session_state.get("parcels_part") not in parts:
        asked = st.query_params.get("show")
        first = "trouble" if counts.get("trouble") else "road" if counts.get("road") else "all"
        st.session_state["parcels_part"] = asked if asked in parts else first
    part = st.segmented_control(
        _("Part"), list(parts), key="parcels_part", required=True, label_visibility="collapsed", on_change=_turn, args=(0,),
        format_func=lambda name: f"{parts[str(name)]} {words.count(counts.get(str(name), 0))}",
    )  # fmt: skip
    kinds = ["", *(kind for kind in TROUBLES if counts.get(f"trouble:{kind}"))]
    firms = ["", *parcels.couriers(session.actor(), session.store())]
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        trouble = ""
        if part == "trouble" and len(kinds) > 2:
            trouble = st.selectbox(
                _("Trouble"), kinds, key="parcels_trouble", on_change=_turn, args=(0,),
                format_func=lambda kind: f"{_(TROUBLES[kind])} {counts[f'trouble:{kind}']}" if kind else _("All"),
            )  # fmt: skip
        courier = st.selectbox(
            _("Courier"),
            firms,
            key="parcels_courier",
            format_func=lambda firm: firm or _("All"),
            on_change=_turn,
            args=(0,),
        )
        text = st.text_input(_("Order no. or waybill"), key="parcels_text", max_chars=60, on_change=_turn, args=(0,))
    return str(part), trouble or "", courier or "", text or ""


def _list(rows: list[Parcel], part: str) -> list[int]:
    columns = [
        Column("tracking_no", _("Tracking number"), width="medium"),
        Column("state", _("State"), words=state_word),
        Column("trouble", _("Trouble"), words=lambda kind: _(TROUBLES[kind]) if kind else ""),
        Column("words", _("Last scan"), width="large"),
        Column("still", _("Stands since")),
        Column("left", _("Left")),
        Column("courier", _("Courier")),
        Column("platform_no", _("Platform order no.")),
        Column("error", _("The service's words"), width="medium"),
    ]
    if part == "delivered":
        columns = [each for each in columns if each.name not in ("trouble", "still", "error")]
    phone = [columns[0], columns[2] if part == "trouble" else columns[1]]
    return table(
        [
            {
                "tracking_no": row.tracking_no, "state": row.state, "trouble": row.trouble, "words": row.last_words,
                "still": words.ago(row.last_scan_at or row.left_at), "left": words.ago(row.left_at), "courier": row.courier,
                "platform_no": row.platform_no, "error": unpacked_whole(row.error),
            }
            for row in rows
        ],
        phone if session.on_phone() else columns,
        key=f"parcels_rows_{part}_{st.session_state.get('parcels_nonce', 0)}",
        select="multi-row" if part == "trouble" else "single-row",
    )  # fmt: skip


def state_word(state: str) -> str:
    """A parcel's state in words."""
    return _(STATES[state]) if state in STATES else state


def _turn(to: int) -> None:
    st.session_state["parcels_from"] = to
    st.session_state["parcels_nonce"] = st.session_state.get("parcels_nonce", 0) + 1


def detail(parcel: Parcel) -> None:
    """One parcel with everything that is known of it."""
    actor, store, zone = session.actor(), session.store(), session.zone()
    with st.container(border=True, key="parcel_detail"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{words.plain(parcel.courier)} {words.plain(parcel.tracking_no)}**", width="content")
            st.badge(state_word(parcel.state), color=_COLOURS.get(parcel.state, "blue"))  # type: ignore[arg-type]
            if parcel.trouble:
                settled = parcel.trouble == parcel.settled
                st.badge(_(TROUBLES[parcel.trouble]), color="gray" if settled else "red", icon=":material/warning:")
        facts = [
            (_("Order"), f"{words.channel(parcel.channel)} · {parcel.platform_no}"),
            (_("Left"), words.instant(parcel.left_at, zone)),
            (_("Delivered"), words.instant(parcel.delivered_at, zone)),
            (_("Asked last"), f"{words.ago(parcel.asked_at)} {parcel.account}"),
            (_("Asked again"), words.ago(parcel.next_at) if parcel.state not in ENDS else words.NONE),
        ]
        known = parcels.told(actor, store, parcel.track_id)
        if known:
            facts.append((_("Told to the platform"), known))
        if parcel.settled:
            facts.append((_("Settled by"), f"{parcel.settled_by}: {parcel.settled_why}"))
        cells = "".join(
            f'<div><span class="dl-quiet">{words.html(a)}</span><br>{words.html(b)}</div>' for a, b in facts
        )
        st.html(f'<div class="dl-figures">{cells}</div>')
        if parcel.error:
            st.warning(words.plain(unpacked_whole(parcel.error)), icon=":material/error:")
        _buttons(parcel)
        found = parcels.story(actor, store, parcel.track_id)
        if found:
            st.html(story_html(found, zone))
        else:
            st.caption(_("The courier has told nothing yet."))


def _buttons(parcel: Parcel) -> None:
    actor, store = session.actor(), session.store()
    with st.container(horizontal=True, gap="small"):
        if (
            actor.may("parcels.settle")
            and st.button(_("Ask now"), icon=":material/refresh:", key="parcel_ask", disabled=not _may_ask(parcel))
            and attempt(lambda: parcels.ask_now(actor, store, session.vault(), parcel.track_id))
        ):
            say_after_rerun(_("Asked."))
            st.rerun()
        if actor.may("parcels.settle") and parcel.trouble and parcel.trouble != parcel.settled and st.button(
            _("Settle"), icon=":material/check:", key="parcel_settle"
        ):  # fmt: skip
            dialog(_("Settle troubles"), _settle, [parcel.track_id])
        st.button(
            _("The whole order"),
            key="parcel_order",
            on_click=address.open_order,
            args=(parcel.order_key,),
            type="tertiary",
        )


def _may_ask(parcel: Parcel) -> bool:
    """Services lock a waybill that is asked for more often than every half hour."""
    return parcel.asked_at is None or (clock.now() - parcel.asked_at).total_seconds() >= 1800 or bool(parcel.error)


def _settle(ids: list[str]) -> None:
    st.write(_("The trouble leaves the list; another one of the same parcel shows again."))
    why = st.text_input(
        _("What was done"), key="parcel_settle_why", placeholder=_("For example: the courier was called.")
    )
    if st.button(_("Settle"), type="primary", key="parcel_settle_do", disabled=not why.strip()) and attempt(
        lambda: parcels.settle(session.actor(), session.store(), ids, why)
    ):
        st.session_state["parcels_nonce"] = st.session_state.get("parcels_nonce", 0) + 1
        say_after_rerun(_("Settled."))
        st.rerun()
