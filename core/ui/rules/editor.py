"""The rules of an opened set: one card a rule with its sentence; its form opens in place. The set's own choices below."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.services import rule_forms
from core.ui import address, session
from core.ui import words as general
from core.ui.empty import empty
from core.ui.routing.titles import firms
from core.ui.rules import findings, rule_form, words
from core.ui.rules.work import Work
from core.ui.theme import badge_colour


def show(work: Work) -> None:
    """Draw the tab."""
    locked = not session.actor().may("rules.edit")
    hits = rule_forms.hits(session.actor(), session.store(), work.kind, work.name)
    if not work.rules:
        empty(
            _("This set has no rule yet."), _("Add the first one; nothing happens until it is published."), icon="rule"
        )
    for place in range(len(work.rules)):
        _card(work, place, hits.get(work.rules[place]["id"], 0), locked)
    if not locked and st.button(_("Add a rule"), icon=":material/add:", key="rule_add"):
        _append(work)
    _choices(work, locked)
    findings.show(work)


def _card(work: Work, place: int, hits: int, locked: bool) -> None:
    rule = work.rules[place]
    with st.container(border=True, key=f"rule_card_{place}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{place + 1}. {general.plain(words.rule_title(rule))}**", width="content")
            colour = words.ACTIONS.get(str(rule["then"].get("action")), ("", "grey"))[1]
            st.badge(words.action(rule["then"]), color=badge_colour(colour))  # type: ignore[arg-type]
            st.space("stretch")
            _hits(work, rule, hits)
            label = _("Close") if work.opened == rule["id"] else _("Look at it") if locked else _("Edit")
            if st.button(label, key=f"rule_open_{place}", icon=":material/edit:" if label == _("Edit") else None):
                work.opened = None if work.opened == rule["id"] else rule["id"]
                st.rerun()
            if not locked:
                _menu(work, place)
        if work.opened == rule["id"]:
            rule_form.draw(work, place, locked=locked)
        else:
            rule_form.say(rule)


def _hits(work: Work, rule: dict[str, Any], hits: int) -> None:
    link = session.link_to("orders")
    text = _("{n} hits in 24 h").format(n=general.count(hits))
    if link is None or not hits:
        st.caption(text, width="content")
        return
    view = address.params_of(
        {"more": [{"field": "rule_hit", "op": "eq", "value": f"{work.kind}/{work.name}/{rule['id']}"}]}
    )
    st.page_link(link, label=text, query_params=view)


def _menu(work: Work, place: int) -> None:
    asked = {"up": _("Ask it earlier"), "down": _("Ask it later"), "copy": _("Copy"), "gone": _("Delete")}
    if place == 0:
        asked.pop("up")
    if place == len(work.rules) - 1:
        asked.pop("down")
    chosen = st.menu_button(
        "", list(asked), format_func=asked.__getitem__, key=f"rule_menu_{place}", icon=":material/more_vert:"
    )
    if not chosen:
        return
    found = list(work.rules)
    if chosen in ("up", "down"):
        other = place + (1 if chosen == "down" else -1)
        found[place], found[other] = found[other], found[place]
    elif chosen == "copy":
        twin = {
            **found[place],
            "id": _free(work),
            "name": _("{name} (copy)").format(name=words.rule_title(found[place])),
        }
        found.insert(place + 1, twin)
    else:
        found.pop(place)
    work.put({**work.body, "rules": found}, redraw=True)
    st.rerun()


def _append(work: Work) -> None:
    identity = _free(work)
    rule = {
        "id": identity,
        "name": _("New rule"),
        "when": {"field": "paid_fen", "op": "ge", "value": 100_000},
        "then": {"action": "review"} if work.kind == "risk" else {"courier": next(iter(firms()), "")},
    }
    work.put({**work.body, "rules": [*work.rules, rule]}, redraw=True)
    work.opened = identity
    st.rerun()


def _free(work: Work) -> str:
    taken = {rule["id"] for rule in work.rules}
    return next(name for n in range(1, 10_000) if (name := f"rule-{n}") not in taken)


def _choices(work: Work, locked: bool) -> None:
    """What holds for the whole set."""
    key, spoken = f"set_{work.kind}_{work.name}_{work.forms}", words.hits(work.kind)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        hit = st.selectbox(
            _("When several rules are met"), list(spoken), index=list(spoken).index(work.body.get("hit", "all")),
            format_func=lambda name: _(spoken[name]), key=f"{key}_hit", disabled=locked, width=360,
        )  # fmt: skip
    if not locked and hit != work.body.get("hit", "all"):
        work.put({**work.body, "hit": hit})
