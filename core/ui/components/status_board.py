"""Where orders stand, by status and channel, and how each shop's pull fares; every cell leads to its orders."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import streamlit as st

from core import i18n
from core.i18n import _
from core.insight.live import ShopHealth, Snapshot
from core.mapping.said import unpacked
from core.model.lifecycle import STATUSES
from core.ui import address, session, words

_ALL = "all"
_tables: dict[tuple[str, str], tuple[Snapshot, pa.Table]] = {}


def status_board(now: Snapshot) -> None:
    """Statuses down, channels across; a click on a number opens the orders behind it."""
    channels = sorted({channel for _status, channel in now.by_status})
    table = _shared("status_board", now, lambda: _status_rows(now, channels))
    number = st.column_config.NumberColumn
    config: dict[str, Any] = {
        "status": st.column_config.TextColumn(_("Status"), pinned=True, width=130),
        _ALL: number(_("All"), format="localized"),
        **{channel: number(words.channel(channel), format="localized") for channel in channels},
    }
    event = st.dataframe(
        table,
        key="status_board",
        placeholder=words.NONE,
        hide_index=True,
        column_config=config,
        row_height=32,
        height="content",
        on_select="rerun",
        selection_mode="single-cell",
    )
    cells = event.selection.cells if event else []  # type: ignore[union-attr]
    if cells:
        place, column = cells[0]
        view: dict[str, Any] = {"status": [STATUSES[place].name]}
        if column in channels:
            view["channel"] = [column]
        _go(view)


def shop_health(now: Snapshot) -> None:
    """One row a shop: state, last pull, orders today, the platform's own words when it fails."""
    if not now.shops:
        st.caption(_("No shop is connected yet."))
        return
    table = _shared("shop_health", now, lambda: _shop_rows(now))
    text = st.column_config.TextColumn
    event = st.dataframe(
        table,
        key="shop_health",
        placeholder=words.NONE,
        hide_index=True,
        row_height=32,
        height="content",
        column_config={
            "shop": text(_("Shop"), pinned=True, width=150),
            "channel": text(_("Channel")),
            "state": text(_("State")),
            "pulled": text(_("Last pull")),
            "today": st.column_config.NumberColumn(_("Arrived today"), format="localized"),
            "error": text(_("Last error"), width="large"),
        },
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = event.selection.rows if event else []  # type: ignore[union-attr]
    if rows:
        chosen = now.shops[rows[0]]
        _go({"channel": [chosen.channel], "shop": [chosen.shop]})


def _status_rows(now: Snapshot, channels: list[str]) -> list[dict[str, Any]]:
    rows = []
    for status in STATUSES:
        numbers = {channel: now.by_status.get((status.name, channel), 0) for channel in channels}
        rows.append({"status": words.status(status.name), _ALL: sum(numbers.values()), **numbers})
    return rows


def _shop_rows(now: Snapshot) -> list[dict[str, Any]]:
    return [
        {
            "shop": shop.title,
            "channel": words.channel(shop.channel),
            "state": state_in_words(shop),
            "pulled": words.ago(shop.pulled_at),
            "today": shop.orders_today,
            "error": unpacked(shop.error),
        }
        for shop in now.shops
    ]


def _shared(name: str, now: Snapshot, rows: Callable[[], list[dict[str, Any]]]) -> pa.Table:
    """The table all sessions of one language show of a snapshot: made once, not for every session's every refresh."""
    key = (name, i18n.language())
    held = _tables.get(key)
    if held is None or held[0] is not now:
        held = _tables[key] = (now, pa.Table.from_pylist(rows()))
    return held[1]


def state_in_words(shop: ShopHealth) -> str:
    """How a shop's pull stands, with a sign that reads without colour."""
    if shop.paused:
        return "❚❚ " + _("paused")
    return {
        "ok": "● " + _("in order"),
        "retry": "▲ " + _("trying again"),
        "bad_setup": "✕ " + _("needs a person"),
    }.get(shop.state, "○ " + _("not pulled yet"))


def _go(view: dict[str, Any]) -> None:
    target = session.link_to("orders")
    if target is not None:
        st.switch_page(target, query_params=address.params_of(view))
