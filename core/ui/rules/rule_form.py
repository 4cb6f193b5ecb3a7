"""One rule as a form: its name, when it is met, what it does, when it is in force; the sentence stands below, live."""

from datetime import date, datetime, time
from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import _, language
from core.services import orders, rule_forms
from core.ui import session
from core.ui import words as general
from core.ui.routing.titles import firms
from core.ui.rules import tree, words
from core.ui.rules.condition_form import ConditionForm
from core.ui.rules.work import Work


def draw(work: Work, place: int, *, locked: bool) -> None:
    """The form of the rule at a place of the set; what is typed goes into the work at once."""
    rule = work.rules[place]
    key = f"rule_{work.kind}_{work.name}_{work.forms}_{language()}_{rule['id']}"  # labels are a choice's identity
    name = st.text_input(_("Name"), value=words.rule_title(rule), key=f"{key}_name", max_chars=80, disabled=locked)
    known = rule_forms.vocabulary(session.actor(), session.store())
    form = ConditionForm(tree.normal(rule["when"]), known, key, locked, counts=work.kind != "courier")
    edited, again = form.draw()
    then = _then(work, rule, key, locked)
    bounds = _validity(rule, key, locked)
    if not locked:
        when = rule["when"] if edited == tree.normal(rule["when"]) else tree.tidy(edited)
        made = {"id": rule["id"], "name": _named(rule, (name or "").strip()), "when": when, "then": then, **bounds}
        if again or made != {"name": rule["id"], **rule}:  # opening a form alone changes nothing
            work.put_rule(place, made, redraw=again)
        if again:
            st.rerun()
    say(work.rules[place])


def _named(rule: dict[str, Any], typed: str) -> Any:
    """The typed name in its place: in the reader's language only where the document holds one for each."""
    name = rule.get("name")
    if typed == words.rule_title(rule) and name:
        return name
    return {**name, language(): typed or rule["id"]} if isinstance(name, dict) else typed or rule["id"]


def say(rule: dict[str, Any]) -> None:
    """The rule as a sentence in both languages, or what is still missing in it."""
    try:
        said, other = words.sentence(rule["when"]), words.other_sentence(rule["when"])
    except DanliuError as error:
        st.warning(_("This rule is not whole yet: {why}").format(why=general.plain(str(error))), icon=":material/edit:")
        return
    mark = "EN" if language() == "zh" else "ZH"
    st.markdown(f"> {general.plain(said)} → **{general.plain(words.action(rule['then']))}**")
    st.caption(f"{mark} · {general.plain(other)}")


def _then(work: Work, rule: dict[str, Any], key: str, locked: bool) -> dict[str, Any]:
    then = dict(rule["then"])
    if work.kind == "courier":
        return courier_choice(then, key, locked)
    if work.kind != "risk":
        st.markdown(f"{_('Then')}: {general.plain(words.action(then))}")
        return then
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        names = list(words.ACTIONS)
        action = st.selectbox(
            _("Then"), names, index=names.index(then["action"]), format_func=lambda n: _(words.ACTIONS[n][0]), width=200,
            key=f"{key}_action", disabled=locked,
        )  # fmt: skip
        if action != "tag":
            return {"action": action}
        known = {tag.name: tag.title(language()) for tag in orders.tags(session.actor(), session.store())}
        present = then.get("tag")
        options = list(dict.fromkeys([*known, *([present] if present else [])]))
        tag = st.selectbox(
            _("Tag"), options, index=options.index(present) if present in options else 0 if options else None, width=200,
            format_func=lambda n: str(known.get(n) or n), key=f"{key}_tag", disabled=locked, accept_new_options=True,
            placeholder=_("Choose one"),
        )  # fmt: skip
        return {"action": "tag", "tag": tag or ""}


def courier_choice(then: dict[str, Any], key: str, locked: bool) -> dict[str, Any]:
    """The courier to ask for first, and the price up to which."""
    known, present = firms(), str(then.get("courier") or "")
    options, cap = list(dict.fromkeys([*known, *([present] if present else [])])), then.get("price_cap_fen")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        courier = st.selectbox(
            _("Then by"), options, index=options.index(present) if present in options else None, width=200,
            format_func=lambda code: str(known.get(code) or code), key=f"{key}_courier", disabled=locked, placeholder=_("Choose one"),
        )  # fmt: skip
        most = st.number_input(
            _("up to (yuan)"), 0.0, 100_000.0, None if cap is None else cap / 100, 0.5, key=f"{key}_cap", width=160,
            placeholder=_("any price"), disabled=locked, help=_("Exactly this price keeps it. Above it the others are asked."),
        )  # fmt: skip
    made: dict[str, Any] = {"courier": courier or ""}
    return made if most is None else {**made, "price_cap_fen": round(most * 100)}


def _validity(rule: dict[str, Any], key: str, locked: bool) -> dict[str, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        bounds = {}
        for name, label in (
            ("valid_from", _("In force from (empty: always)")),
            ("valid_to", _("until (empty: for good)")),
        ):
            present = datetime.fromisoformat(rule[name]).astimezone(session.place()) if rule.get(name) else None
            day = st.date_input(
                label, value=present.date() if present else None, key=f"{key}_{name}", format="YYYY-MM-DD", width=200,
                disabled=locked,
            )  # fmt: skip
            if isinstance(day, date):
                hour = st.time_input(
                    _("at"), value=present.time() if present else time(), key=f"{key}_{name}_at", step=300, width=110,
                    disabled=locked,
                )  # fmt: skip
                whole = datetime.combine(day, hour or time(), session.place())
                bounds[name] = rule[name] if present == whole else whole.isoformat()
    return bounds
