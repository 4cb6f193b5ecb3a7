"""See before you save: the draft on the orders of a period, beside what is in force and other versions."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import streamlit as st

from core import clock
from core.i18n import N_, _, language
from core.insight.whatif import MOST_VARIANTS, Variant
from core.services import orders, rules
from core.store.documents import fingerprint
from core.ui import address, session
from core.ui import words as general
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.rules import words
from core.ui.rules import work as works
from core.ui.rules.work import Trial, Work
from core.ui.table import Column, table

_PERIODS = {"7": N_("7 days"), "30": N_("30 days"), "90": N_("90 days"), "own": N_("Own period")}
_WORDS = {
    "held": (N_("Would be held"), N_("Meet a rule")),
    "newly": (N_("Newly held"), N_("Newly met")),
    "no_longer": (N_("No longer held"), N_("No longer met")),
}
"""The head of a column: of sets that hold orders, and of other sets."""
_DRAFT, _LIVE = "draft", "live"
_COLUMNS = ("platform_no", "channel", "shop", "paid_at", "paid_fen", "recipient", "phone", "province", "status")


def show(work: Work) -> None:
    """Draw the panel."""
    st.caption(_("It reads stored orders only: nothing is held, released or written."))
    if work.kind == "risk":
        st.caption(
            _(
                "Earlier orders of a burst that have not shipped yet are frozen with it when it arrives; they are not in these numbers."
            )
        )
    key = f"try_{work.kind}_{work.name}_{language()}"  # labels are a choice's identity
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.segmented_control(
            _("Period"), list(_PERIODS), default="30", format_func=lambda code: _(_PERIODS[str(code)]), key=f"{key}_period",
            required=True,
        )  # fmt: skip
        days = (
            st.date_input(_("Days"), value=_last(30), key=f"{key}_days", format="YYYY-MM-DD")
            if period == "own"
            else None
        )
        bodies = _bodies(work)
        chosen = st.multiselect(
            _("What to compare"), list(bodies), [_DRAFT] if _DRAFT in bodies else [_LIVE], max_selections=MOST_VARIANTS,
            format_func=_named, key=f"{key}_what", placeholder=_("Choose up to five"), width=320,
        )  # fmt: skip
        pressed = st.button(
            _("Try it"), icon=":material/play_arrow:", type="primary", key=f"{key}_go", disabled=not chosen
        )
    if pressed:
        first, last = _bounds(period or "30", days)
        with st.spinner(_("Trying it …")):
            done = attempt(lambda: works.try_out([(name, bodies[name]) for name in chosen], first, last))
        if isinstance(done, Trial):
            work.trial = done
    if work.trial is None:
        empty(
            _("Not tried yet."),
            _("Choose a period and try it: you see which orders it meets before anything is saved."),
        )
        return
    _results(work, work.trial, key)


def _bodies(work: Work) -> dict[str, dict[str, Any]]:
    """The draft on the screen, the version in force, and the former ones."""
    found: dict[str, dict[str, Any]] = {_DRAFT: work.body}
    if work.saved is not None:
        for version in rules.history(session.actor(), session.store(), work.kind, work.name)[:12]:
            found[_LIVE if version.state == "published" else f"v{version.version}"] = version.body
    return found


def _named(name: str) -> str:
    known = {_DRAFT: _("This draft"), _LIVE: _("The version in force")}
    return known.get(name) or name


def _results(work: Work, trial: Trial, key: str) -> None:
    if fingerprint(work.body) not in trial.bodies and _DRAFT in [v.name for v in trial.variants]:
        st.warning(_("The draft has changed since. Try it again."), icon=":material/update:")
    live = works.live_body(work)
    if live is None or live.get("mode") != _LIVE:
        st.caption(_("No version is in force now: every order it meets would be a new one."))
    rows = [_row(variant) for variant in trial.variants]
    shown = [
        Column("name", _("Compared"), words=_named),
        Column("orders", _("Orders"), "count"),
        Column("held", _said(work, "held"), "count"),
        Column("share", _("Share"), "share"),
        Column("held_fen", _("Their amount"), "money"),
        Column("newly", _said(work, "newly"), "count"),
        Column("no_longer", _said(work, "no_longer"), "count"),
    ]
    if work.kind == "risk":
        note = _("Of the held orders that people reviewed; 95 % interval.")
        shown.append(Column("wrong", _("Held wrongly"), help=note))
    table(rows, shown, key=f"{key}_rows", height="content")
    st.caption(_("{n} s for {orders} orders.").format(
        n=f"{trial.seconds:.2f}", orders=general.count(trial.variants[0].orders if trial.variants else 0)
    ))  # fmt: skip
    _named_variant(work, trial, key)


def _said(work: Work, name: str) -> str:
    return _(_WORDS[name][work.kind != "risk"])


def _named_variant(work: Work, trial: Trial, key: str) -> None:
    names = [variant.name for variant in trial.variants]
    name = names[0]
    if len(names) > 1:
        name = (
            st.segmented_control(_("Show"), names, default=names[0], format_func=_named, key=f"{key}_show") or names[0]
        )
    variant = next(v for v in trial.variants if v.name == name)
    _by_rule(work, variant)
    _orders(_said(work, "newly"), variant.newly, variant.newly_count, f"{key}_newly")
    _orders(_said(work, "no_longer"), variant.no_longer, variant.no_longer_count, f"{key}_gone")


def _by_rule(work: Work, variant: Variant) -> None:
    titles = {rule["id"]: words.rule_title(rule) for rule in work.rules}
    parts = [f"{titles.get(rule) or rule}: **{general.count(n)}**" for rule, n in variant.by_rule.items()]
    if parts:
        st.markdown(
            _("Hits of each rule") + "  \n" + "  \n".join(general.plain(p).replace("\\*\\*", "**") for p in parts)
        )


def _orders(title: str, keys: tuple[int, ...], total: int, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}: {general.count(total)}**", width="content")
        if not keys:
            return
        if total > len(keys):
            st.caption(_("the latest {n} are shown").format(n=len(keys)), width="content")
        rows = rows_of(keys)
        link = session.link_to("orders")
        if link is not None:
            numbers = [row["platform_no"] for row in rows]
            view = {"more": [{"field": "platform_no", "op": "in", "value": numbers}]}
            st.page_link(
                link,
                label=_("Open in the order pool"),
                icon=":material/list_alt:",
                query_params=address.params_of(view),
            )
    picked = table(rows, columns(), key=key, height=min(38 + 34 * len(rows), 420), select="single-row")
    if picked and st.session_state.get(f"{key}_seen") != picked[0]:
        st.session_state[f"{key}_seen"] = picked[0]
        show_order(rows[picked[0]]["order_key"])
    elif not picked:
        st.session_state.pop(f"{key}_seen", None)


def rows_of(keys: tuple[int, ...]) -> list[dict[str, Any]]:
    """The orders with these keys, as the role may see them."""
    query = replace(orders.by_keys([str(key) for key in keys]), columns=_COLUMNS, limit=len(keys))
    return orders.search(session.actor(), session.store(), session.vault(), query).rows


def columns() -> list[Column]:
    """The columns of a table of orders."""
    spoken = {"channel": general.channel, "status": general.status}
    kinds: dict[str, Any] = {"paid_at": "instant", "paid_fen": "money"}
    known = orders.visible_fields(session.actor(), session.store())
    return [
        Column(name, words.title(known[name]), kinds.get(name, "text"), words=spoken.get(name))
        for name in _COLUMNS
        if name in known
    ]


def _row(variant: Variant) -> dict[str, Any]:
    wrong = general.NONE
    if variant.wrong is not None and variant.wrong_low is not None and variant.wrong_high is not None:
        wrong = f"{variant.wrong:.0%} ({variant.wrong_low:.0%} … {variant.wrong_high:.0%})"
    return {
        "name": variant.name,
        "orders": variant.orders,
        "held": variant.held,
        "share": variant.held / variant.orders if variant.orders else None,
        "held_fen": variant.held_fen,
        "newly": variant.newly_count,
        "no_longer": variant.no_longer_count,
        "wrong": wrong,
    }


def _today() -> date:
    return clock.business_day(clock.now(), session.zone())


def _last(days: int) -> tuple[date, date]:
    return _today() - timedelta(days=days - 1), _today()


def _bounds(period: str, days: Any) -> tuple[date | None, date | None]:
    if period != "own":
        return _last(int(period))
    chosen = [day for day in days if isinstance(day, date)] if isinstance(days, list | tuple) else []
    return (chosen[0], chosen[-1]) if chosen else _last(30)
