"""The record of a routing decision drawn: the sentence, every candidate with its parts, the stock it looked at."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.decide.routing.why import reason
from core.i18n import N_, _
from core.ui import session, words
from core.ui.routing.titles import places
from core.ui.table import Column, table

_PARTS = {
    "freight": N_("Freight"),
    "pack": N_("Packing"),
    "time": N_("Time"),
    "tier": N_("Tier"),
    "split": N_("Split"),
    "unfilled": N_("Not shipped"),
    "shadow": N_("Scarce stock"),
}


def draw(record: Mapping[str, Any], *, key: str) -> None:
    """The candidates of a record, the chosen one first."""
    known = places()
    chosen = record.get("chosen")
    rows = []
    for one in record.get("candidates", ()):
        parts = one.get("parts") or {}
        rows.append(
            {
                "warehouses": " + ".join(str(known.get(name, name)) for name in one["warehouses"]),
                "state": _state(one, chosen, record.get("runner_up")),
                "total": one.get("total"),
                **{name: parts.get(name) for name in _PARTS},
            }
        )
    rows.sort(key=lambda row: (row["total"] is None, row["total"] or 0))
    columns = [Column("warehouses", _("Warehouse")), Column("state", _("Result"), width="medium")]
    if session.actor().may("orders.money"):
        used = [name for name in _PARTS if any(row[name] for row in rows)]
        columns += [Column("total", _("Counts"), "money"), *(Column(name, _(_PARTS[name]), "money") for name in used)]
    if rows:
        table(rows, columns, key=key, height="content")
    if record.get("further"):
        st.caption(_("{n} further ways are left out.").format(n=record["further"]))
    seen = record.get("stock_seen") or {}
    if seen:
        told = [
            f"{sku}: " + words.listed(f"{known.get(name, name)} {qty}" for name, qty in found.items())
            for sku, found in seen.items()
        ]
        st.caption(_("Free pieces at that moment — {stock}").format(stock=words.plain("; ".join(told))))


def _state(one: Mapping[str, Any], chosen: Any, runner_up: Any) -> str:
    if one["warehouses"] == chosen:
        return _("chosen")
    if one.get("codes"):
        return words.listed(reason(code) for code in one["codes"])
    return _("next best") if one["warehouses"] == runner_up else _("possible")
