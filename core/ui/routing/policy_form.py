"""The form of a policy: rules with warehouses in order, couriers with price caps, sliders; its sentence grows while typing."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import N_, _
from core.services import routing
from core.ui import session, words
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun, show_error
from core.ui.routing import rule_rows, trial, weights
from core.ui.routing.titles import MODES, firms, places, policy

_EDITED = "routing_edited"
_BESIDE = "<style>@media (min-width: 900px) {div:has(> .st-key-routing_beside) {position: sticky; top: 4.5rem}}</style>"
_KEPT = (
    "disabled_warehouses",
    "banned_skus",
    "banned_regions",
    "weights_g",
    "default_weight_g",
    "pack_fee_fen",
    "tier_penalty_fen",
)
Body = Mapping[str, Any]
_ORDERS = {
    "single_first": N_("One parcel from a later warehouse"),
    "tier_first": N_("Two parcels from the first warehouses"),
}


def begin(body: Body | None = None) -> None:
    """Open the form: a policy's newest body, or a new one."""
    serial = st.session_state.get(_EDITED, {}).get("serial", 0) + 1
    new = {"kind": "routing", "name": "", "mode": "live", "rules": [], "couriers": [], "split_penalty_fen": 200,
           "default_weight_g": 500}  # fmt: skip
    st.session_state[_EDITED] = {"open": True, "serial": serial, "old": dict(body or new), "new": body is None}


def is_open() -> bool:
    """Whether the form is open."""
    return bool(st.session_state.get(_EDITED, {}).get("open"))


def _close() -> None:
    st.session_state[_EDITED]["open"] = False


def show() -> None:
    """Draw the form."""
    edited = st.session_state[_EDITED]
    key = f"routing{edited['serial']}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Back"), icon=":material/arrow_back:", key="routing_close", type="tertiary"):
            _close()
            st.rerun()
        st.subheader(_("New policy") if edited["new"] else _("Change the policy"), width="stretch")
    st.html(_BESIDE)
    form, beside = st.columns([3, 2], gap="large")
    with form:
        body = _form(key, edited)
    with beside, st.container(key="routing_beside"):
        ready = _said(body)
        if ready:
            _keep(body, edited)
    if ready:
        trial.show(body, key)


def _form(key: str, edited: Mapping[str, Any]) -> dict[str, Any]:
    old, known, couriers = edited["old"], places(), firms()
    body: dict[str, Any] = {"kind": "routing", **{name: old[name] for name in _KEPT if name in old}}
    left, right = st.columns([3, 2])
    with left:
        name = st.text_input(
            _("Name"), policy(old.get("name", "")), key=f"{key}_name", max_chars=40, disabled=not edited["new"],
            placeholder=_("What the team calls it"),
        )  # fmt: skip
    with right:
        mode = st.segmented_control(
            _("Once published it is"), list(MODES), default=old.get("mode", "live"), required=True,
            format_func=lambda code: _(MODES[code]), key=f"{key}_mode",
            help=_("In shadow it leaves its decision on each order and changes nothing."),
        )  # fmt: skip
    body |= {"name": (name or "").strip() if edited["new"] else old["name"], "mode": mode}
    body["rules"] = rule_rows.rules(key, old.get("rules") or [], known)
    with st.container(border=True):
        st.markdown(f"**{_('All other orders')}**")
        body["otherwise"] = rule_rows.tiers(f"{key}_else", old.get("otherwise") or {}, known)
    body["couriers"] = rule_rows.couriers(key, old.get("couriers") or [], couriers)
    body |= weights.sliders(key, old)
    body |= _split(key, old)
    examples = _examples(key, old)
    return {**body, "examples": examples} if examples else body


def _split(key: str, old: Body) -> dict[str, Any]:
    split = old.get("split") or {}
    with st.expander(_("Splitting an order")):
        allowed = st.toggle(
            _("An order may go in two parcels"), split.get("mode", "allow") == "allow", key=f"{key}_split"
        )
        only = st.toggle(
            _("Only if no warehouse has everything"), bool(split.get("only_if_no_single")), key=f"{key}_only",
            disabled=not allowed,
        )  # fmt: skip
        order = st.radio(
            _("When the first warehouse has a part only"), list(_ORDERS), index=list(_ORDERS).index(split.get("order", "single_first")),
            format_func=lambda code: _(_ORDERS[code]), key=f"{key}_order", disabled=not allowed, horizontal=True,
        )  # fmt: skip
    made: dict[str, Any] = {"mode": "allow" if allowed else "never"}
    if only and allowed:
        made["only_if_no_single"] = True
    if order != "single_first":
        made["order"] = order
    if "max_extra_fen" in split:
        made["max_extra_fen"] = split["max_extra_fen"]
    return {"split": made, "max_parcels": old.get("max_parcels", 2)}


def _examples(key: str, old: Body) -> list[Any] | None:
    with st.expander(_("Its own examples ({n})").format(n=len(old.get("examples") or []))):
        st.caption(
            _(
                "Given an order, stock and fees: which warehouse and courier must come out. They are tested before it goes live."
            )
        )
        text = st.text_area(
            _("Examples as JSON"), json.dumps(old.get("examples") or [], ensure_ascii=False, indent=1), key=f"{key}_examples",
            height=160, label_visibility="collapsed",
        )  # fmt: skip
        try:
            found = json.loads(text or "[]")
        except ValueError as error:
            st.error(_("This is no JSON: {cause}").format(cause=str(error)))
            return old.get("examples")
        return found if isinstance(found, list) else None


def _said(body: Body) -> bool:
    """The sentence, and whether the body may be kept."""
    actor, store = session.actor(), session.store()
    with st.container(border=True):
        st.markdown(f"**{_('In words')}**")
        try:
            for sentence in routing.sentences(actor, store, body, zone=session.zone()):
                st.markdown(words.plain(sentence))
            failed = routing.check(actor, store, body)
        except DanliuError as error:
            show_error(error)
            return False
        for text in failed:
            st.warning(words.plain(text), icon=":material/rule:")
        if not body["name"]:
            st.info(_("Still to fill in: the name"))
            return False
    return True


def _keep(body: Body, edited: Mapping[str, Any]) -> None:
    actor, store = session.actor(), session.store()
    with st.container(horizontal=True):
        if st.button(_("Save as draft"), icon=":material/save:", key="routing_save"):
            saved = attempt(lambda: routing.save(actor, store, body))
            if saved is not None:
                edited["old"].update(body)
                st.toast(_("Draft v{version} is saved.").format(version=saved.version), icon=":material/check:")
        if st.button(_("Publish"), icon=":material/rocket_launch:", type="primary", key="routing_publish"):
            dialog(_("Publish"), partial(_confirm, dict(body)))


def _confirm(body: dict[str, Any]) -> None:
    said = routing.sentences(session.actor(), session.store(), body, zone=session.zone())
    effects = {
        "live": _("It decides from the next order on. Orders routed before keep their warehouse."),
        "shadow": _("It leaves its decision on each new order and changes nothing."),
        "off": _("It decides nothing."),
    }
    effect = "\n".join(f"- {words.plain(each)}" for each in said) + "\n\n" + effects[body["mode"]]
    confirm_before(_("Publish"), effect, lambda: _publish(body), key="routing_publish_confirm", done=_("Published."))


def _publish(body: dict[str, Any]) -> None:
    actor, store = session.actor(), session.store()
    saved = routing.save(actor, store, body)
    routing.publish(actor, store, saved.name, saved.version)
    _close()
    say_after_rerun(_("Published."))
