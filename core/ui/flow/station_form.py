"""The form beside the drawing: what the chosen station is called and set to, where its ways lead, what stands there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.flow.setting import Setting
from core.i18n import _, language
from core.services import flow_live, flows, orders
from core.ui import address, session, words
from core.ui.empty import empty
from core.ui.flow import work as works
from core.ui.flow.branches_form import branches_form, condition_field
from core.ui.flow.work import Work
from core.ui.forms import attempt, say_after_rerun

_MOST_ORDERS = 12


def station_form(work: Work, *, locked: bool) -> None:
    """Draw it for the picked node."""
    node = work.node(work.picked)
    if node is None:
        empty(_("Choose a station."), _("Click one on the drawing to see and change what it does."), icon="ads_click")
        return
    piece = works.pieces().get(str(node["station"]))
    if piece is None:
        st.error(_("This version of the product has no such station; remove it from the drawing."))
        return
    key = f"station_{work.name}_{work.forms}_{language()}_{node['id']}"
    st.markdown(f"##### {_(piece.title)}")
    if piece.help:
        st.caption(_(piece.help))
    for problem in work.problems():
        if problem.id.split(">")[0] == node["id"]:
            st.warning(words.plain(problem.message), icon=":material/error:")
    label = st.text_input(
        _("Name on the drawing"), value=node.get("label") or "", placeholder=_(piece.title), key=f"{key}_label",
        max_chars=40, disabled=locked,
    )  # fmt: skip
    given = dict(node.get("settings") or {})
    sources = flows.sources(session.actor(), session.store())
    for setting in piece.settings:
        given[setting.name] = _field(
            setting, given.get(setting.name, setting.default), f"{key}_{setting.name}", sources, locked
        )
    if not locked:
        _take(work, node, (label or "").strip(), given, {setting.name: setting.default for setting in piece.settings})
    _standing(work, str(node["id"]))


def _take(work: Work, node: dict[str, Any], label: str, given: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    """Keep what differs from the defaults; opening a form alone changes nothing."""
    before = node.get("settings") or {}
    kept = {name: value for name, value in given.items() if name in before or value != defaults.get(name)}
    made = {name: value for name, value in node.items() if name not in ("settings", "label")}
    made |= ({"label": label} if label else {}) | ({"settings": kept} if kept else {})
    plain = {name: value for name, value in node.items() if value not in ("", {})}
    if made != plain:
        work.put_node(str(node["id"]), made)
        st.rerun()


def _field(setting: Setting, present: Any, key: str, sources: Mapping[str, list[tuple[str, str]]], locked: bool) -> Any:
    label, tip = _(setting.label), _(setting.help) if setting.help else None
    if setting.kind == "condition":
        st.markdown(label)
        return condition_field(present, key, locked=locked)
    if setting.kind == "branches":
        return branches_form(list(present or []), key, locked=locked)
    if setting.kind == "boolean":
        return st.toggle(label, value=bool(present), key=key, help=tip, disabled=locked)
    if setting.kind in ("integer", "minutes"):
        shown = f"{label} ({_('minutes')})" if setting.kind == "minutes" and label != _("Minutes") else label
        return st.number_input(
            shown,
            value=present,
            min_value=setting.least,
            max_value=setting.most,
            step=1,
            key=key,
            help=tip,
            disabled=locked,
        )
    if setting.kind == "money":
        yuan = st.number_input(
            f"{label} (¥)", value=None if present is None else present / 100, min_value=0.0, step=1.0, format="%.2f",
            key=key, help=tip, disabled=locked,
        )  # fmt: skip
        return None if yuan is None else round(yuan * 100)
    return _chosen(setting, present, key, sources, locked, label, tip)


def _chosen(
    setting: Setting, present: Any, key: str, sources: Mapping[str, list[tuple[str, str]]], locked: bool, label: str,
    tip: str | None,
) -> Any:  # fmt: skip
    titles = dict(sources.get(setting.source, [])) or {name: _(text) for name, text in setting.choices}
    if setting.kind in ("choices", "texts"):
        listed = list(present or [])
        options: list[str] = list(dict.fromkeys([*titles, *listed]))
        return st.multiselect(
            label, options, default=listed, format_func=lambda name: str(titles.get(name, name)), key=key, help=tip,
            disabled=locked, accept_new_options=setting.kind == "texts" and not titles, placeholder=_("All") if not setting.required else "",
        )  # fmt: skip
    if setting.kind == "choice" or titles:
        options: list[str] = list(dict.fromkeys([*titles, *([present] if present else [])]))
        return st.selectbox(
            label, options, index=options.index(present) if present in options else None,
            format_func=lambda name: str(titles.get(name, name)), key=key, help=tip, disabled=locked, placeholder=_("Choose"),
        )  # fmt: skip
    return st.text_input(label, value=present or "", key=key, help=tip, disabled=locked)


def _standing(work: Work, node: str) -> None:
    """The orders that stand there now."""
    if work.saved is None:
        return
    actor, store = session.actor(), session.store()
    keys = flow_live.orders_at(actor, store, work.name, node, limit=_MOST_ORDERS)
    at = flow_live.live(actor, store, work.name).get(node)
    if not keys or at is None:
        return
    st.markdown(f"**{_('{n} orders stand here').format(n=words.count(at.orders))}**")
    if at.error:
        st.error(words.plain(at.error), icon=":material/error:")
        if actor.may("flow.run") and st.button(
            _("Try the parked ones again"), key=f"retry_{node}", icon=":material/refresh:"
        ):
            done = attempt(lambda: flow_live.retry(actor, store, work.name, node))
            if done is not None:
                say_after_rerun(_("They go on within a second."))
                st.rerun()
    with st.container(horizontal=True, gap="small"):
        asked = replace(orders.by_keys([str(key) for key in keys]), columns=("platform_no",))
        for row in orders.search(actor, store, session.vault(), asked).rows:
            key, number = row["order_key"], words.plain(row["platform_no"])
            st.button(number, key=f"at_{key}", on_click=address.open_order, args=(key,), type="tertiary")
    if at.orders > len(keys):
        st.caption(_("and more"))
