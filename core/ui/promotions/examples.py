"""The examples of an activity in its form: what was ordered, what is expected; added, renewed, taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core import clock
from core.decide.promotion.activity import WALL_CLOCK
from core.errors import DanliuError
from core.i18n import _
from core.model.fields import CHANNELS
from core.services import promotion_examples, promotions
from core.ui import session, words
from core.ui.forms import attempt
from core.ui.promotions.order_test import line_inputs
from core.ui.promotions.rows_editor import rows_editor

Example = Mapping[str, Any]


def edit(key: str, body: Mapping[str, Any], examples: Sequence[Example]) -> list[Example] | None:
    """Draw them; the new list when the person changed it, else None."""
    changed: list[Example] | None = None
    with st.expander(_("Examples ({n})").format(n=len(examples)), icon=":material/rule:"):
        st.caption(
            _("Publishing waits while an example does not come out as expected. An example knows this activity alone.")
        )
        for n, example in enumerate(examples):
            made = _one(f"{key}_example{n}", body, example)
            if made is not example:
                changed = [*examples[:n], *([made] if made else []), *examples[n + 1 :]]
        added = _fresh(f"{key}_example_new{len(examples)}", body)
        if added is not None:
            changed = [*examples, added]
    return changed


def _one(key: str, body: Mapping[str, Any], example: Example) -> Example | None:
    """The example as it is, with what comes out now as its expectation, or None when it was taken away."""
    try:
        found = promotion_examples.outcome(session.actor(), session.store(), body, example.get("given", {}))
        failing = promotion_examples.differs(example.get("expect", {}), found)
        now = said(found)
    except DanliuError as error:
        found, failing, now = None, True, str(error)
    icon = ":red[:material/close:]" if failing else ":green[:material/check:]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True):
        text = f"{icon} {words.plain(ordered(example))} → {words.plain(said(example.get('expect', {})))}"
        if failing:
            text += "  \n" + _("now: {outcome}").format(outcome=words.plain(now))
        st.markdown(text, width="stretch")
        if failing and found is not None and st.button(_("Take the new answer over"), key=f"{key}_take"):
            return {**example, "expect": found}
        if st.button("", icon=":material/delete:", key=f"{key}_gone", type="tertiary", help=_("Remove")):
            return None
    return example


def ordered(example: Example) -> str:
    """What was ordered and when."""
    order = example.get("given", {}).get("order", {})
    lines = words.listed(f"{line.get('sku')} ×{line.get('qty')}" for line in order.get("lines", ()))
    return f"{lines} · {str(order.get('paid_at', '')).replace('T', ' ')[:16]}"


def said(outcome: Mapping[str, Any]) -> str:
    """An outcome in short; only what it speaks of."""
    parts = [f"{gift['sku']} ×{gift['qty']}" for gift in outcome.get("gifts") or ()]
    if "gifts" in outcome and not parts:
        parts = [_("no gift")]
    if "payable" in outcome and session.actor().may("orders.money"):
        parts.append(_("pays {amount}").format(amount=words.money(outcome["payable"])))
    if outcome.get("holds"):
        parts.append(_("the order is held"))
    return words.listed(parts) or words.NONE


def _fresh(key: str, body: Mapping[str, Any]) -> Example | None:
    known = promotions.known_skus(session.actor(), session.store())
    with st.popover(_("Add an example"), icon=":material/add:"):
        left, right = st.columns(2)
        with left:
            platform = st.selectbox(_("Channel"), list(CHANNELS), format_func=lambda c: _(CHANNELS[c]), key=f"{key}_on")
        with right:
            now = clock.now().astimezone(session.place()).replace(tzinfo=None)
            paid = st.datetime_input(_("Paid at"), now, key=f"{key}_paid", format="YYYY-MM-DD", step=60)
        lines = rows_editor(f"{key}_lines", [None], lambda at, _value: line_inputs(at, known), add=_("Add a line"))
        st.caption(_("What comes out now becomes what is expected."))
        if not st.button(_("Keep as an example"), type="primary", key=f"{key}_do") or paid is None:
            return None
        made = attempt(
            lambda: promotion_examples.fresh(
                session.actor(), session.store(), body, [line for line in lines if line[0]],
                platform=platform or "other", paid_at=paid.strftime(WALL_CLOCK),
            )
        )  # fmt: skip
        return made if isinstance(made, dict) else None
