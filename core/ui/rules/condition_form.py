"""The condition of a rule as a form: groups within groups, rows in plain words. It gives back the edited tree."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.i18n import _
from core.model.fields import Field, Kind, Privacy
from core.rules.condition import COMPARE, EQUAL, OPERATORS
from core.services.rule_forms import Vocabulary
from core.ui.rules import tree, value_form, words
from core.ui.rules.tree import Node, Place

MOST_DEPTH = 2
_PERSON = ("in_list", "is_null")  # a person's value never stands in a rule: a list holds it, hashed
_NULL = {False: "not_null", True: "is_null"}
Edit = Callable[[Node], Node]


@dataclass(slots=True)
class ConditionForm:
    """Draws a tree; `top` is the tree as edited, `edit` what a button asked for, to be done after the drawing.

    `key` begins every widget's key: another key draws all widgets afresh from the tree.
    """

    top: Node
    known: Vocabulary
    key: str
    locked: bool = False
    edit: Edit | None = None
    counts: bool = True
    """Whether rows that count other orders may be added: not every decider has the history at hand."""

    def draw(self) -> tuple[Node, bool]:
        """Draw all of it; returns the edited tree and whether rows came, went or turned (draw it afresh then)."""
        self.group((), level="order", depth=1)
        if self.edit is None:
            return self.top, False
        return self.edit(self.top), True

    def group(self, place: Place, *, level: str, depth: int) -> None:
        """A group: how its members go together, the members, and what may be added."""
        node = tree.at(self.top, place)
        how = tree.shape(node)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_("It is met when") if not place else _("when"), width="content")
            chosen = st.selectbox(
                _("How they go together"), tree.GROUPS, index=tree.GROUPS.index(how), width=240,
                format_func=lambda name: _(words.GROUPS[name]), key=self.of(place, "how"), label_visibility="collapsed",
                disabled=self.locked,
            )  # fmt: skip
            if place and isinstance(place[-1], int):
                self.remove(place)
        for n, _member in enumerate(tree.members(node)):
            self.member((*place, *tree.step(node), n), level=level, depth=depth)
        if not tree.members(node) and not place:
            st.caption(_("No condition yet: every order meets it."))
        if not self.locked:
            self.adder(place, level=level, depth=depth)
        if chosen != how:
            self.edit = lambda top: tree.regrouped(top, place, chosen)

    def member(self, place: Place, *, level: str, depth: int) -> None:
        """One row, or a group within."""
        kind = tree.shape(tree.at(self.top, place))
        if kind in tree.GROUPS:
            with st.container(border=True, gap="small"):
                self.group(place, level=level, depth=depth + 1)
        elif kind == "field":
            self.field(place, level)
        elif kind == "lines":
            self.lines(place)
        elif kind == "total":
            self.total(place)
        else:
            self.count(place)

    def field(self, place: Place, level: str) -> None:
        """A row of field, comparison and value."""
        node = tree.at(self.top, place)
        fields = self.known.order if level == "order" else self.known.line
        names = list(dict.fromkeys([*fields, node["field"]]))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            name = st.selectbox(
                _("Field"), names, index=names.index(node["field"]), width=210, disabled=self.locked,
                format_func=lambda one: words.title(fields[one]) if one in fields else one,
                key=self.of(place, "field"), label_visibility="collapsed",
            )  # fmt: skip
            found = fields.get(name)
            if found is None:
                st.markdown(f":red[{_('This field is retired: choose another one.')}]", width="content")
            elif name != node["field"]:
                self.put(place, {"field": name, **_first(found)})
                self.edit = lambda top: top
            else:
                self.put(place, self.compared(node, found, place))
            self.remove(place)

    def compared(self, node: Node, field: Field, place: Place) -> Node:
        """The comparison and the value of a field's row."""
        spoken = _spoken(field, node)
        present = _NULL[bool(node.get("value"))] if node["op"] == "is_null" else node["op"]
        chosen = st.selectbox(
            _("Comparison"), spoken, index=spoken.index(present), format_func=words.operator, width=130,
            key=self.of(place, f"op_{field.name}"), label_visibility="collapsed", disabled=self.locked,
        )  # fmt: skip
        if chosen in ("is_null", "not_null"):
            return {"field": field.name, "op": "is_null", "value": chosen == "is_null"}
        held = value_form.fitting(field, chosen, node.get("value") if node["op"] != "is_null" else None)
        key = self.of(place, f"value_{field.name}_{_family(chosen)}")
        value = value_form.value(field, chosen, held, key, lists=self.known.lists, locked=self.locked)
        return {"field": field.name, "op": chosen, "value": value}

    def number(self, node: Node, place: Place, kind: Kind) -> Node:
        """The comparison and the number of a count or a total."""
        op = st.selectbox(
            _("Comparison"), COMPARE, index=COMPARE.index(node["op"]), format_func=words.operator, width=120,
            key=self.of(place, "op"), label_visibility="collapsed", disabled=self.locked,
        )  # fmt: skip
        field = Field("", kind, next(iter(self.known.order.values())).level, "")
        held = value_form.fitting(field, op, node.get("value"))
        value = value_form.value(
            field, op, held, self.of(place, f"value_{kind}_{_family(op)}"), lists=(), locked=self.locked
        )
        return {**node, "op": op, "value": value}

    def lines(self, place: Place) -> None:
        """Any or every line of the order."""
        node = tree.at(self.top, place)
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                spoken = {"any": _("at least one line of the order"), "all": _("every line of the order")}
                how = self.choice(spoken, node["lines"], place, "which", 240)
                self.remove(place)
            self.put(place, {**node, "lines": how})
            self.group((*place, "where"), level="line", depth=MOST_DEPTH)

    def total(self, place: Place) -> None:
        """The number of lines, or the total of one of their fields."""
        node = tree.at(self.top, place)
        adding = {n: f for n, f in self.known.line.items() if f.kind in (Kind.INTEGER, Kind.MONEY, Kind.NUMBER)}
        spoken = {"": _("number of lines")} | {
            name: _("total of {field}").format(field=words.title(field)) for name, field in adding.items()
        }
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                of = self.choice(spoken, node.get("of", ""), place, "of", 210)
                kind = adding[of].kind if of in adding else Kind.INTEGER
                rest = {key: value for key, value in self.number(node, place, kind).items() if key != "of"}
                self.put(place, {**rest, "lines": "sum", "of": of} if of else {**rest, "lines": "count"})
                self.remove(place)
            self.only(place, _("Only lines with …"), "line")

    def count(self, place: Place) -> None:
        """Orders, or units, with the same phone, address, … within a window."""
        node = tree.at(self.top, place)
        same = {name: words.title(field) for name, field in self.known.same.items()}
        spans = {code: words.within(code) for code in dict.fromkeys([*words.WITHIN, node["within"]])}
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(_("with the same"), width="content")
                key = self.choice(same, node["same"], place, "same", 130)
                st.markdown(_("within"), width="content")
                span = self.choice(spans, node["within"], place, "within", 110)
                what = {"orders": _("the number of orders is"), "units": _("the number of units is")}
                counted = self.choice(what, node["count"], place, "what", 200)
                made = self.number({**node, "same": key, "within": span, "count": counted}, place, Kind.INTEGER)
                self.put(place, made)
                self.remove(place)
            self.only(place, _("Only orders with …"), "order")

    def only(self, place: Place, label: str, level: str) -> None:
        """The filter of a total or a count."""
        inside = len(tree.members(tree.at(self.top, (*place, "where"))))
        with st.expander(label + (f" ({inside})" if inside else ""), expanded=bool(inside)):
            self.group((*place, "where"), level=level, depth=MOST_DEPTH + 1)

    def adder(self, place: Place, *, level: str, depth: int) -> None:
        """What may be added to a group. Lines, totals and counts stand in the order's own groups only."""
        own = level == "order" and "where" not in place
        kinds = [name for name in words.ROWS if (own or name == "field") and (self.counts or name != "count")]
        if depth >= MOST_DEPTH:
            kinds.remove("any") if "any" in kinds else None
        with st.container(horizontal=True, gap="small"):
            if len(kinds) == 1:
                if st.button(_("Add a condition"), icon=":material/add:", key=self.of(place, "add"), type="tertiary"):
                    self.add(place, "field", level)
                return
            chosen = st.menu_button(
                _("Add a condition"), kinds, format_func=lambda name: _(words.ROWS[name]), key=self.of(place, "add"),
                icon=":material/add:", type="tertiary",
            )  # fmt: skip
            if chosen:
                self.add(place, str(chosen), level)

    def add(self, place: Place, kind: str, level: str) -> None:
        """A fresh row, put in once all is drawn."""
        made = self.fresh(kind, level)
        self.edit = lambda top: tree.with_member(top, place, made)

    def fresh(self, kind: str, level: str) -> Node:
        """A fresh row that is whole, so that the sentence below can be said at once."""
        if kind == "any":
            return tree.group("any", [self.fresh("field", level)])
        if kind == "field":
            name = "paid_fen" if level == "order" else "qty"
            return {"field": name, **_first((self.known.order if level == "order" else self.known.line)[name])}
        return tree.fresh(kind, "phone", "sku" if kind == "lines" else "qty")

    def remove(self, place: Place) -> None:
        """The button that takes a row away."""
        if not self.locked and st.button(
            "", icon=":material/close:", key=self.of(place, "gone"), type="tertiary", help=_("Remove")
        ):
            self.edit = lambda top: tree.without(top, place)

    def choice(self, spoken: dict[str, str], present: str, place: Place, name: str, width: int) -> str:
        """A select of codes by their words."""
        options = list(dict.fromkeys([*spoken, present]))
        return st.selectbox(
            name, options, index=options.index(present), format_func=lambda code: str(spoken.get(code) or code), width=width,
            key=self.of(place, name), label_visibility="collapsed", disabled=self.locked,
        )  # fmt: skip

    def put(self, place: Place, node: Any) -> None:
        """Take the row as its widgets say."""
        self.top = tree.put(self.top, place, node)

    def of(self, place: Place, name: str) -> str:
        """The key of a widget."""
        return f"{self.key}_{'.'.join(map(str, place))}_{name}"


def _first(field: Field) -> Node:
    op = "in_list" if field.privacy is Privacy.PERSON else "ge" if "ge" in OPERATORS[field.kind] else "eq"
    return {"op": op, "value": value_form.first_value(field, op)}


def _spoken(field: Field, node: Node) -> list[str]:
    """The comparisons to choose from: `is_null` stands as two words, "is empty" and "is filled"."""
    allowed = _PERSON if field.privacy is Privacy.PERSON else OPERATORS[field.kind]
    own = (node["op"],) if node["op"] in (EQUAL if field.privacy is Privacy.PERSON else allowed) else ()
    spoken = list(dict.fromkeys([*(op for op in allowed if op != "is_null"), *(op for op in own if op != "is_null")]))
    return [*spoken, "is_null", "not_null"]


def _family(op: str) -> str:
    """Comparisons whose value has the same form share a widget."""
    return op if op in ("between", "in_list") else "several" if op in ("in", "not_in") else "one"
