"""The thresholds of a risk set as numbers to move: each beside its rule; tried on history before it is published."""

from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.model.fields import Kind, Level
from core.services import orders, rule_forms, rules
from core.ui import session
from core.ui import words as general
from core.ui.empty import empty
from core.ui.rules import apart, difference, findings, opened_set, tree, try_panel, value_form, words
from core.ui.rules import work as works
from core.ui.rules.tree import Node
from core.ui.rules.work import Work


def choose(key: str) -> Work | None:
    """The risk set to work on; the one in force is the first choice. None when there is none."""
    rows = rules.sets(session.actor(), session.store(), "risk")
    if not rows:
        empty(_("There is no rule set of this kind yet."), page="rules", label=_("Make one"))
        return None
    rows.sort(key=lambda row: (row.mode != "live" or not row.live_version, row.name))
    modes = {row.name: _(words.MODES[row.mode][0]) for row in rows}
    names = list(modes)
    # A choice of this browser, not of a widget that is gone while another part is open.
    present = st.session_state.get(key)
    name = st.selectbox(
        _("Rule set"), names, index=names.index(present) if present in names else 0, key=f"{key}_box", width=320,
        format_func=lambda n: f"{words.set_title(n)} · {modes[n]}",
    )  # fmt: skip
    st.session_state[key] = name
    return works.of("risk", name)


def show() -> None:
    """Draw the part."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        work = choose("risk_set")
        if work is None:
            return
        st.space("stretch")
        if session.actor().may("rules.edit"):
            opened_set.buttons(work)
    _numbers(work)
    findings.show(work)
    if work.changed and work.saved is not None:
        st.markdown(f"**{_('What you have changed')}**")
        difference.changes(works.live_body(work) or work.saved, work.body)
    st.markdown(f"##### {_('See before you save')}")
    try_panel.show(work)


def _numbers(work: Work) -> None:
    locked = not session.actor().may("rules.edit")
    found = [(n, list(tree.thresholds(tree.normal(rule["when"])))) for n, rule in enumerate(work.rules)]
    if not any(places for _n, places in found):
        st.caption(_("No rule of this set compares a number."))
    columns = st.columns(1 if session.on_phone() else 2)
    for place, (n, places) in enumerate((n, places) for n, places in found if places):
        with columns[place % len(columns)], st.container(border=True, gap="small"):
            rule = work.rules[n]
            st.markdown(f"**{general.plain(words.rule_title(rule))}**  \n:gray[{_said(rule['when'])}]")
            _rule(work, n, places, locked)
            if not locked:
                _apart(work, n)


def _apart(work: Work, n: int) -> None:
    """Another threshold for one platform or shop, or back to what counts everywhere."""
    rule, key = work.rules[n], f"apart_{work.name}_{work.forms}_{work.rules[n]['id']}"
    if apart.place_of(rule) is not None:
        if st.button(_("Same as elsewhere again"), icon=":material/undo:", key=f"{key}_back", type="tertiary"):
            work.put({**work.body, "rules": apart.put_back(work.rules, n)}, redraw=True)
            st.rerun()
        return
    with st.popover(_("Another number for a platform or shop"), icon=":material/call_split:", type="tertiary"):
        spoken = {"channel": _("Channel"), "shop": _("Shop")}
        field = st.segmented_control(
            _("Set apart by"), list(spoken), default="channel", format_func=spoken.__getitem__, key=f"{key}_field", required=True
        ) or "channel"  # fmt: skip
        known = orders.choices(session.actor(), session.store(), field)
        options = [value for value in known if value not in apart.left_out(rule, field)]
        say = general.channel if field == "channel" else str
        value = st.selectbox(spoken[field], options, format_func=say, key=f"{key}_{field}", placeholder=_("Choose one"))
        st.caption(_("It gets a rule of its own below, with its own numbers; this one no longer counts there."))
        if st.button(_("Set apart"), type="primary", key=f"{key}_do", disabled=value is None):
            found = apart.set_apart(work.rules, n, field, str(value), say(str(value)))
            work.put({**work.body, "rules": found}, redraw=True)
            st.rerun()


def _said(when: Any) -> str:
    try:
        return general.plain(words.sentence(when))
    except DanliuError as error:
        return general.plain(str(error))


def _rule(work: Work, n: int, places: list[tuple[tree.Place, Node]], locked: bool) -> None:
    rule = work.rules[n]
    top = tree.normal(rule["when"])
    for place, node in places:
        key = f"threshold_{work.name}_{work.forms}_{rule['id']}_{'.'.join(map(str, place))}"
        value = value_form.number(kind_of(node), node["value"], key, label=label(node), locked=locked, collapsed=False)
        if value != node["value"] and not locked:
            top = tree.put(top, (*place, "value"), value)
    if top != tree.normal(rule["when"]):
        work.put_rule(n, {**rule, "when": tree.tidy(top)})
        st.rerun()  # the sentence above says the new number


def kind_of(node: Node) -> Kind:
    """The kind of a threshold's number."""
    known = rule_forms.vocabulary(session.actor(), session.store())
    if "count" in node:
        return Kind.INTEGER
    if "lines" in node:
        return known.line[node["of"]].kind if node.get("of") in known.line else Kind.INTEGER
    return known.order[node["field"]].kind if node["field"] in known.order else Kind.NUMBER


def label(node: Node) -> str:
    """A threshold in short: "Phone · one day · more than"."""
    known = rule_forms.vocabulary(session.actor(), session.store())
    op = words.operator(node["op"])
    if "count" in node:
        same = known.same.get(node["same"])
        what = _("Orders") if node["count"] == "orders" else _("Units")
        return f"{words.title(same) if same else node['same']} · {words.within(node['within'])} · {what} {op}"
    name = node.get("of") if "lines" in node else node["field"]
    field = (known.line if "lines" in node else known.order).get(str(name))
    title = words.title(field) if field else _("number of lines")
    if field is not None and field.level is Level.LINE:
        title = _("total of {field}").format(field=title)
    return f"{title} {op}"
