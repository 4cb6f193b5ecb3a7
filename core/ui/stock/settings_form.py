"""The tab Settings: interval, buffer, allocation and locks by form, with what a change does before it counts."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import runtime
from core.errors import DanliuError
from core.i18n import _
from core.services import stock, stock_settings
from core.stock import allocation
from core.stock.policy import BUFFERS, LiveSale, Lock, StockPolicy
from core.store.documents import Document
from core.ui import names, session, words
from core.ui.forms import confirm_before, dialog, show_error


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    present = stock_settings.present(actor, store)
    channels = stock.channels(store, runtime.settings())
    may_edit = actor.may("stock.edit")
    if not may_edit:
        st.info(_("You see these settings; your role does not change them."), icon=":material/lock:")
    key = f"stock_v{present.version}"
    wanted = _form(present, channels, key, disabled=not may_edit)
    if wanted is not None and may_edit:
        _offer(present, wanted)
    _history(may_edit=may_edit)


def _form(present: StockPolicy, channels: tuple[str, ...], key: str, *, disabled: bool) -> StockPolicy | None:
    try:
        pushed = _push(present, channels, key, disabled=disabled)
        kept = _buffer(present, key, disabled=disabled)
        shared = _allocation(present, channels, key, disabled=disabled)
        special = _special(present, channels, key, disabled=disabled)
    except ValueError as error:
        st.error(_("This cannot be read: {cause}").format(cause=error))
        return None
    return replace(present, **pushed, **kept, **shared, **special)


def _push(present: StockPolicy, channels: tuple[str, ...], key: str, *, disabled: bool) -> dict[str, Any]:
    with st.container(border=True):
        st.markdown(f"**{_('Pushing')}**")
        pushing = st.toggle(
            _("Push figures to the shops"), present.pushing, key=f"{key}_pushing", disabled=disabled,
            help=_("While off, nothing is sent: the shops keep their own figures."),
        )  # fmt: skip
        minutes = st.slider(
            _("Every … minutes"), 1, 60, min(present.interval_minutes, 60), key=f"{key}_minutes", disabled=disabled
        )
        choices = sorted({*channels, *present.unpaid, *present.incremental})
        unpaid = st.multiselect(
            _("Platforms that lock stock when an order is placed"), choices, [*present.unpaid], key=f"{key}_unpaid",
            format_func=names.channel, disabled=disabled, placeholder=_("none"),
            help=_("Their unpaid orders count as demand too."),
        )  # fmt: skip
        incremental = st.multiselect(
            _("Send differences instead of figures to"), choices, [*present.incremental], key=f"{key}_incremental",
            format_func=names.channel, disabled=disabled, placeholder=_("none"),
            help=_("A difference does not wipe what the platform sold meanwhile. Safe where a repeated message is recognised: "
                   "JD and Doudian."),
        )  # fmt: skip
    return {
        "pushing": pushing, "interval_minutes": int(minutes), "unpaid": tuple(unpaid), "incremental": tuple(incremental),
    }  # fmt: skip


def _buffer(present: StockPolicy, key: str, *, disabled: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with st.container(border=True):
        st.markdown(f"**{_('Safety buffer')}**")
        st.caption(_("Pieces kept back because the platforms go on selling between two pushes."))
        found["buffer"] = st.segmented_control(
            _("Buffer"), list(BUFFERS), default=present.buffer, key=f"{key}_buffer", disabled=disabled, required=True,
            format_func=lambda name: _(BUFFERS[name]), label_visibility="collapsed",
        )  # fmt: skip
        if found["buffer"] == "fixed":
            found["buffer_pieces"] = int(
                st.number_input(
                    _("Pieces of every SKU"), 0, 100_000, present.buffer_pieces, key=f"{key}_pieces", disabled=disabled
                )
            )
        if found["buffer"] == "formula":
            found |= _formula(present, key, disabled=disabled)
        rows = [{"sku": sku, "pieces": pieces} for sku, pieces in present.by_hand.items()]
        with st.expander(_("By hand for single SKUs ({n})").format(n=len(rows))):
            config = {
                "sku": st.column_config.TextColumn(_("SKU")),
                "pieces": st.column_config.NumberColumn(_("Pieces"), min_value=0, step=1),
            }
            edited = _editor(rows, ["sku", "pieces"], config, f"{key}_by_hand", disabled=disabled)
            found["by_hand"] = {str(r["sku"]).strip(): int(r["pieces"] or 0) for r in edited if r["sku"]}
    return found


def _formula(present: StockPolicy, key: str, *, disabled: bool) -> dict[str, Any]:
    st.caption(
        _("So many pieces that the busiest hour's demand until the next figure arrives is covered with the probability "
          "that the two costs give.")
    )  # fmt: skip
    with st.container(horizontal=True):
        over = st.number_input(
            _("A piece sold twice costs (yuan)"),
            0.0,
            100_000.0,
            present.over_fen / 100,
            1.0,
            key=f"{key}_over",
            disabled=disabled,
            width=210,
        )
        under = st.number_input(
            _("A piece kept back costs (yuan)"),
            0.0,
            100_000.0,
            present.under_fen / 100,
            1.0,
            key=f"{key}_under",
            disabled=disabled,
            width=210,
        )
        least = st.number_input(
            _("At least"), 0, 10_000, present.least, key=f"{key}_least", disabled=disabled, width=130
        )
        most = st.number_input(_("At most"), 0, 10_000, present.most, key=f"{key}_most", disabled=disabled, width=130)
    share = over / (over + under) if over + under else 0.0
    st.caption(_("Covered with {share} %.").format(share=f"{100 * share:.1f}"))
    return {"over_fen": round(over * 100), "under_fen": round(under * 100), "least": int(least), "most": int(most)}


def _allocation(present: StockPolicy, channels: tuple[str, ...], key: str, *, disabled: bool) -> dict[str, Any]:
    with st.container(border=True):
        st.markdown(f"**{_('Allocation to channels')}**")
        found: dict[str, Any] = {
            "mode": st.radio(
                _("Allocation"), list(allocation.MODES), index=list(allocation.MODES).index(present.mode), key=f"{key}_mode",
                format_func=lambda name: _(allocation.MODES[name]), disabled=disabled, label_visibility="collapsed",
            )
        }  # fmt: skip
        if found["mode"] == allocation.SHARED:
            return found
        choices = sorted({*channels, *present.shares, present.priority} - {""})
        place = choices.index(present.priority) if present.priority in choices else None
        found["priority"] = (
            st.selectbox(
                _("The channel that comes first"), choices, index=place, key=f"{key}_priority", format_func=names.channel,
                disabled=disabled, placeholder=_("Choose a channel"),
            )
            or ""
        )  # fmt: skip
        return found | _last_or_shares(present, choices, found["mode"], key, disabled=disabled)


def _last_or_shares(present: StockPolicy, choices: list[str], mode: str, key: str, *, disabled: bool) -> dict[str, Any]:
    if mode == allocation.HYBRID:
        last = st.number_input(
            _("The last … pieces only there"), 0, 100_000, present.threshold, key=f"{key}_threshold", disabled=disabled
        )
        return {"threshold": int(last)}
    with st.container(horizontal=True):
        shares = {
            name: int(
                st.number_input(
                    f"{names.channel(name)} %", 0, 100, present.shares.get(name, 0), key=f"{key}_share_{name}",
                    disabled=disabled, width=120,
                )
            )
            for name in choices
        }  # fmt: skip
    st.caption(_("{n} % are left: they go to the channel that comes first.").format(n=100 - sum(shares.values())))
    return {"shares": shares}


def _special(present: StockPolicy, channels: tuple[str, ...], key: str, *, disabled: bool) -> dict[str, Any]:
    zone = session.place()
    config = st.column_config
    with st.expander(_("Live sales ({n})").format(n=len(present.live))):
        st.caption(_("While a live sale runs, the buffer counts several times."))
        rows = [
            {"name": sale.name, "begins": sale.begins.astimezone(zone).replace(tzinfo=None),
             "ends": sale.ends.astimezone(zone).replace(tzinfo=None), "times": sale.times}
            for sale in present.live
        ]  # fmt: skip
        columns = {
            "name": config.TextColumn(_("Name")),
            "begins": config.DatetimeColumn(_("Begins"), format="YYYY-MM-DD HH:mm"),
            "ends": config.DatetimeColumn(_("Ends"), format="YYYY-MM-DD HH:mm"),
            "times": config.NumberColumn(_("Times"), min_value=1.0, default=3.0),
        }
        edited = _editor(rows, ["name", "begins", "ends", "times"], columns, f"{key}_live", disabled=disabled)
        live = tuple(
            LiveSale(_aware(row["begins"]), _aware(row["ends"]), float(row["times"] or 1), str(row["name"] or ""))
            for row in edited
            if row["begins"] is not None and row["ends"] is not None
        )
    with st.expander(_("Locked for campaigns ({n})").format(n=len(present.locks))):
        st.caption(_("Pieces that a platform's campaign holds are offered nowhere else."))
        columns = {
            "channel": config.SelectboxColumn(_("Channel"), options=list(channels)),
            "sku": config.TextColumn(_("SKU")),
            "qty": config.NumberColumn(_("Pieces"), min_value=0, step=1),
        }
        rows = [{"channel": lock.channel, "sku": lock.sku, "qty": lock.qty} for lock in present.locks]
        edited = _editor(rows, ["channel", "sku", "qty"], columns, f"{key}_locks", disabled=disabled)
        locks = tuple(
            Lock(str(row["channel"] or ""), str(row["sku"]).strip(), int(row["qty"] or 0))
            for row in edited
            if row["sku"]
        )
    return {"live": live, "locks": locks}


def _editor(
    rows: list[dict[str, Any]], order: list[str], config: dict[str, Any], key: str, *, disabled: bool
) -> list[dict[str, Any]]:
    frame = pd.DataFrame(rows, columns=order)
    for name in order:
        if name in ("begins", "ends"):
            frame[name] = pd.to_datetime(frame[name])
        elif name in ("pieces", "qty", "times"):
            frame[name] = pd.to_numeric(frame[name])
        else:
            frame[name] = frame[name].astype(object)
    edited = st.data_editor(
        frame,
        column_config=config,
        key=key,
        placeholder="",
        num_rows="fixed" if disabled else "dynamic",
        hide_index=True,
        disabled=disabled,
    )
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()} for row in edited.to_dict("records")
    ]  # type: ignore[misc]


def _aware(value: Any) -> datetime:
    instant = datetime.fromisoformat(pd.Timestamp(value).isoformat())
    return instant.replace(tzinfo=session.place()).astimezone(UTC) if instant.tzinfo is None else instant


def _offer(present: StockPolicy, wanted: StockPolicy) -> None:
    if replace(wanted, version=present.version).body() == present.body():
        return
    actor, store = session.actor(), session.store()
    try:
        effect = stock_settings.effect(actor, store, runtime.settings(), wanted)
    except DanliuError as error:
        show_error(error)
        return
    st.info(
        _("This changes {figures} figures: {before} pieces shown in all become {after}; {kept} pieces are kept back.").format(
            figures=words.count(effect.figures), before=words.count(effect.before), after=words.count(effect.after),
            kept=words.count(effect.buffered),
        ),
        icon=":material/difference:",
    )  # fmt: skip
    if st.button(_("Publish"), type="primary", icon=":material/publish:", key="stock_publish"):
        dialog(_("Publish"), partial(_confirm, wanted))


def _confirm(wanted: StockPolicy) -> None:
    actor, store = session.actor(), session.store()
    told = (
        _("From now on every {n} minutes the figures that changed are pushed by these settings.").format(
            n=wanted.interval_minutes
        )
        if wanted.pushing
        else _("Nothing is pushed while pushing is off; what can be sold is reckoned by these settings.")
    )
    confirm_before(
        _("Publish"), told, lambda: stock_settings.publish(actor, store, wanted), key="stock_publish_confirm",
        done=_("The settings count."),
    )  # fmt: skip


def _history(*, may_edit: bool) -> None:
    actor, store = session.actor(), session.store()
    versions = stock_settings.history(actor, store)
    if not versions:
        st.caption(_("Nobody has published settings yet: these are the defaults."))
        return
    with st.expander(_("History ({n} versions)").format(n=len(versions))):
        for version in versions:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                at = words.instant(version.published_at or version.created_at, session.zone())
                st.markdown(f"**v{version.version}** · {at} · {words.plain(words.event_actor(version.author))}")
                if may_edit and version.state == "superseded" and st.button(
                    _("Roll back to this"), key=f"stock_back_{version.version}", type="tertiary", icon=":material/undo:"
                ):  # fmt: skip
                    dialog(_("Roll back to this"), partial(_roll_back, version))


def _roll_back(version: Document) -> None:
    actor, store = session.actor(), session.store()
    confirm_before(
        _("Roll back to this"), _("Version {n} counts again, as a new version.").format(n=version.version),
        lambda: stock_settings.roll_back(actor, store, version.version), key="stock_back_confirm", done=_("Rolled back."),
    )  # fmt: skip
