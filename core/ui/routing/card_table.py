"""One rate card as a table: a row a bracket of one or more provinces with the same fees."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.i18n import _
from core.model.region import REGIONS

_NUMBERS = ("from_g", "upto_g", "first_g", "step_g")
_FEES = ("first_fee_fen", "step_fee_fen")


def blank(warehouse: str, courier: str) -> dict[str, Any]:
    """A card to begin with: one lane for all provinces of the mainland."""
    outside = list(REGIONS.values())[-1]
    return {
        "kind": "rate_card", "name": f"{warehouse}/{courier}", "warehouse": warehouse, "courier": courier, "volume_divisor": 0,
        "lanes": [
            {
                "regions": [province for province, area in REGIONS.items() if area != outside], "lead_days": 2,
                "brackets": [{"first_g": 1000, "first_fee_fen": 600, "step_g": 1000, "step_fee_fen": 200}],
            }
        ],
    }  # fmt: skip


def edit(body: Mapping[str, Any], *, key: str, may: bool) -> dict[str, Any]:
    """Draw the table; returns the body as it stands there."""
    divisor = st.number_input(
        _("Volume divisor (cm³ per kg)"), 0, 100_000, int(body.get("volume_divisor") or 0), 1000, key=f"{key}_divisor", disabled=not may,
        help=_("The volume in cm³ divided by it is the weight charged where that is more. 0: volume does not count."), width=260,
    )  # fmt: skip
    rows = [
        {
            "regions": list(lane["regions"]), "lead_days": float(lane.get("lead_days") or 0),
            **{name: bracket.get(name) for name in _NUMBERS},
            **{name: (bracket.get(name) or 0) / 100 for name in _FEES},
        }
        for lane in body.get("lanes", [])
        for bracket in lane["brackets"]
    ]  # fmt: skip
    frame = pd.DataFrame(
        rows, columns=["regions", "lead_days", *_NUMBERS[:3], "first_fee_fen", "step_g", "step_fee_fen"]
    )
    number, column = st.column_config.NumberColumn, st.column_config
    edited = st.data_editor(
        frame, key=key, hide_index=True, num_rows="dynamic" if may else "fixed", disabled=not may, height="content", placeholder="",
        column_config={
            "regions": column.MultiselectColumn(_("Provinces"), options=list(REGIONS), required=True, width="large"),
            "lead_days": number(_("Days"), min_value=0, max_value=400, step=0.5),
            "from_g": number(_("Above (g)"), min_value=0, step=1, help=_("Empty: where the bracket before ends.")),
            "upto_g": number(_("Up to (g)"), min_value=0, step=1, help=_("Empty: any weight.")),
            "first_g": number(_("First weight (g)"), min_value=0, step=1),
            "first_fee_fen": number(_("First fee"), min_value=0, format="¥ %.2f", required=True),
            "step_g": number(_("Each further (g)"), min_value=0, step=1),
            "step_fee_fen": number(_("costs"), min_value=0, format="¥ %.2f"),
        },
    )  # fmt: skip
    return {**body, "volume_divisor": divisor, "lanes": _lanes(edited.to_dict("records"))}


def _lanes(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    lanes: list[dict[str, Any]] = []
    for row in rows:
        regions = list(row["regions"]) if isinstance(row["regions"], list | tuple) else []
        if not regions:
            continue
        bracket = {name: int(row[name]) for name in _NUMBERS if _filled(row[name])}
        bracket |= {name: round(float(row[name]) * 100) for name in _FEES if _filled(row[name])}
        bracket.setdefault("first_fee_fen", 0)
        days = float(row["lead_days"]) if _filled(row["lead_days"]) else 0.0
        same = next((lane for lane in lanes if lane["regions"] == regions and lane["lead_days"] == days), None)
        if same is None:
            lanes.append({"regions": regions, "lead_days": days, "brackets": [bracket]})
        else:
            same["brackets"].append(bracket)
    return lanes


def _filled(value: Any) -> bool:
    return value is not None and not pd.isna(value) and value != 0
