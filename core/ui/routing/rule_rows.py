"""The rows of the policy's form: rules for areas with their warehouses in order, and couriers with their price caps."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.i18n import N_, _, language
from core.model.region import REGIONS
from core.services import reference, rule_forms
from core.ui import session
from core.ui.forms import attempt
from core.ui.rules import tree
from core.ui.rules.condition_form import ConditionForm

EVERY = "*"
_MODES = {
    "strict": N_("Next only when the stock is short"),
    "prefer": N_("Rather the first, but count the cost"),
}
_SHORT = {"hold": N_("wait"), "manual": N_("go to a person")}
Body = Mapping[str, Any]


def rules(key: str, old: Sequence[Body], known: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rules as they stand in the form; the first that an order meets decides."""
    ids = _ids(f"{key}_rule_ids", [str(rule.get("id")) for rule in old])
    by_id = {str(rule.get("id")): rule for rule in old}
    made = []
    for place, number in enumerate(list(ids)):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{_('Rule {n}').format(n=place + 1)}**", width="stretch")
                if place and st.button(
                    "", icon=":material/arrow_upward:", key=f"{key}_{number}_up", type="tertiary", help=_("Earlier")
                ):
                    ids[place - 1], ids[place] = ids[place], ids[place - 1]
                    st.rerun()
                if st.button(
                    "", icon=":material/delete:", key=f"{key}_{number}_drop", type="tertiary", help=_("Remove")
                ):
                    ids.remove(number)
                    st.rerun()
            made.append(_rule(f"{key}_{number}", number, by_id.get(number, {}), known))
    if st.button(_("Add a rule"), icon=":material/add:", key=f"{key}_rule_add"):
        ids.append(_free(ids))
        st.rerun()
    return made


def _ids(key: str, first: list[str]) -> list[str]:
    return st.session_state.setdefault(key, first)


def _free(ids: Sequence[str]) -> str:
    number = 1
    while f"r{number}" in ids:
        number += 1
    return f"r{number}"


def _rule(key: str, number: str, old: Body, known: Mapping[str, str]) -> dict[str, Any]:
    areas = attempt(lambda: reference.areas(session.actor(), session.store())) or REGIONS
    choices = [*dict.fromkeys(areas.values()), *areas]
    before = [each for each in old.get("regions") or [] if each in choices]
    where = st.multiselect(
        _("For orders to"),
        choices,
        default=before,
        key=f"{key}_regions",
        placeholder=_("Everywhere; choose areas or provinces"),
    )
    made: dict[str, Any] = {"id": number, "name": _name(where, old) or number}
    if where:
        made["regions"] = where
    when = _condition(f"{key}_when", old.get("when"))
    if when is not None:
        made["when"] = when
    made |= {name: old[name] for name in ("valid_from", "valid_to") if old.get(name)}
    made["then"] = tiers(key, old.get("then") or {"mode": "strict", "on_short": "hold"}, known)
    return made


def _condition(key: str, old: Body | None) -> Body | None:
    """Which of these orders the rule is for; None for all of them."""
    kept = st.session_state.setdefault(key, {"when": old, "forms": 0})
    top = tree.normal(kept["when"])
    with st.expander(_("Only for orders with …"), expanded=bool(tree.members(top)), key=f"{key}_box"):
        known = rule_forms.vocabulary(session.actor(), session.store())
        form = ConditionForm(top, known, f"{key}_{kept['forms']}_{language()}", counts=False)
        edited, again = form.draw()
    if edited != top:
        kept["when"] = tree.tidy(edited)
    if again:
        kept["forms"] += 1
        st.rerun()
    return kept["when"] if kept["when"] and tree.members(tree.normal(kept["when"])) else None


def _name(where: Sequence[str], old: Body) -> str:
    joined = _(" and to ").join(where)
    before = str(old.get("name") or "")
    was = _(" and to ").join(old.get("regions") or [])
    return joined if joined and (not before or before in (was, old.get("id"))) else before or joined


def tiers(key: str, old: Body, known: Mapping[str, str]) -> dict[str, Any]:
    """Which warehouses, in which order, with the days they promise."""
    flat = [name for tier in old.get("tiers") or [] for name in tier if name in known or name == EVERY]
    titles = {**known, EVERY: _("any other warehouse")}
    chosen = st.multiselect(
        _("Warehouses, the first first"), list(titles), default=flat, key=f"{key}_tiers", format_func=titles.__getitem__,
        placeholder=_("The one that costs least; or choose in order"),
    )  # fmt: skip
    promised = old.get("lead_days") or {}
    days: dict[str, float] = {}
    named = [name for name in chosen if name != EVERY]
    if named:
        with st.container(horizontal=True):
            for name in named:
                value = st.number_input(
                    _("{warehouse}: days").format(warehouse=known[name]), 0.0, 60.0,
                    float(promised[name]) if name in promised else None, 0.5, key=f"{key}_days_{name}", width=150,
                    placeholder=_("by rate card"), help=_("What counts as its transit time here. Empty: as the rate card says."),
                )  # fmt: skip
                if value is not None:
                    days[name] = int(value) if float(value).is_integer() else value
    made: dict[str, Any] = {"tiers": [[name] for name in chosen]}
    if len(chosen) > 1:
        modes = list(_MODES)
        made["mode"] = st.radio(
            _("The later warehouses"), modes, index=modes.index(old.get("mode", "strict")), key=f"{key}_how",
            format_func=lambda code: _(_MODES[code]), horizontal=True,
        )  # fmt: skip
    short = old.get("on_short") if old.get("on_short") in _SHORT else "hold"
    made["on_short"] = st.radio(
        _("Orders nobody can ship"), list(_SHORT), index=list(_SHORT).index(str(short)), key=f"{key}_short",
        format_func=lambda code: _(_SHORT[code]), horizontal=True,
    )  # fmt: skip
    return {**made, "lead_days": days} if days else made


def couriers(key: str, old: Sequence[Body], known: Mapping[str, str]) -> list[dict[str, Any]]:
    """The couriers in the order they are asked, each with its price cap."""
    with st.container(border=True):
        st.markdown(f"**{_('Couriers')}**")
        chosen = st.multiselect(
            _("Couriers, the first first"), list(known), default=[row["courier"] for row in old if row.get("courier") in known],
            key=f"{key}_couriers", format_func=known.__getitem__, placeholder=_("The cheapest; or choose in order"),
        )  # fmt: skip
        before = {row.get("courier"): row for row in old}
        made = []
        for place, name in enumerate(chosen):
            row = {k: v for k, v in before.get(name, {}).items() if k in ("regions", "max_g", "volume_divisor")}
            cap = before.get(name, {}).get("price_cap_fen")
            if place < len(chosen) - 1 or cap is not None:
                yuan = st.number_input(
                    _("Downgrade {courier} when it costs more than (yuan)").format(courier=known[name]), 0.0, 100_000.0,
                    None if cap is None else cap / 100, 0.5, key=f"{key}_cap_{name}", placeholder=_("any price"),
                    help=_("Exactly this price keeps it. Empty: whatever it costs."),
                )  # fmt: skip
                cap = None if yuan is None else round(yuan * 100)
            made.append({"courier": name, **row, **({} if cap is None else {"price_cap_fen": cap})})
        if not chosen:
            st.caption(_("Without a list the cheapest courier of the lane is taken, its days counted."))
    return made
