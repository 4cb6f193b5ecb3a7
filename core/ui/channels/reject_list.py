"""The rejects tab: what could not be mapped, why, and the ways out: mend the mapping and retry, or set aside."""

import json
from functools import partial

import streamlit as st

from core.i18n import _
from core.mapping.said import unpacked
from core.services import reject_raw, rejects
from core.store.rejects import RejectRow
from core.ui import session, words
from core.ui.channels.words import REJECT_STATES, entity
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    state = st.segmented_control(
        _("State"),
        list(REJECT_STATES),
        default="waiting",
        required=True,
        format_func={name: _(label) for name, label in REJECT_STATES.items()}.__getitem__,
        key="rejects_state",
        label_visibility="collapsed",
    )
    found = rejects.listing(actor, store, state=state or "waiting")
    if not found:
        if state == "waiting":
            empty(_("Nothing waits."), _("Everything that came in could be mapped."), icon="task_alt")
        else:
            empty(_("Nothing here."), icon="inbox")
        return
    _causes(found)
    places = table([_row(row) for row in found], _columns(), key=f"rejects_{state}", height=380, select="multi-row")
    chosen = [found[place] for place in places if place < len(found)]
    if state == "waiting":
        _ways_out(found, chosen)
    if len(chosen) == 1:
        _detail(chosen[0])


def _causes(found: list[RejectRow]) -> None:
    """The commonest causes in a line: one mended mapping settles them all."""
    causes: dict[tuple[str, str], int] = {}
    for row in found:
        causes[row.field, row.reason] = causes.get((row.field, row.reason), 0) + 1
    most = sorted(causes.items(), key=lambda item: -item[1])[:3]
    text = " · ".join(f"{words.count(n)} × {field or '–'}: {unpacked(reason)}" for (field, reason), n in most)
    st.caption(_("Most often: {causes}").format(causes=text))


def _columns() -> list[Column]:
    return [
        Column("external_no", _("Number"), width="medium"),
        Column("field", _("Field")),
        Column("value", _("Value"), width="medium"),
        Column("reason", _("Reason"), width="medium"),
        Column("shop", _("Shop")),
        Column("entity", _("Kind")),
        Column("mapping", _("Mapping")),
        Column("row_no", _("Row"), "count"),
        Column("rejected_at", _("Since"), "instant"),
    ]


def _row(row: RejectRow) -> dict[str, object]:
    return {
        "external_no": row.external_no or words.NONE,
        "field": row.field,
        "value": row.value,
        "reason": unpacked(row.reason),
        "shop": row.shop,
        "entity": entity(row.entity),
        "mapping": f"{row.mapping} v{row.mapping_version}" if row.mapping else words.NONE,
        "row_no": row.row_no,
        "rejected_at": row.rejected_at,
    }


def _ways_out(found: list[RejectRow], chosen: list[RejectRow]) -> None:
    actor, store, vault = session.actor(), session.store(), session.vault()
    ids = [row.reject_id for row in chosen]
    with st.container(horizontal=True):
        mapping = session.link_to("mapping")
        row = (chosen or found)[0]
        if mapping is not None and st.button(_("Mend the mapping"), icon=":material/conversion_path:", key="mend"):
            where = {"mapping": row.mapping} if row.mapping else {}
            st.switch_page(mapping, query_params=where or _whose(row))
        if not actor.may("rejects.settle"):
            return
        label = _("Retry the {n} chosen").format(n=len(ids)) if ids else _("Retry all")
        if st.button(label, icon=":material/replay:", type="primary", key="retry"):
            retry = partial(rejects.retry, actor, store, vault, ids) if ids else None
            done = attempt(retry or partial(rejects.retry_all, actor, store, vault))
            if done:
                say_after_rerun(
                    _("{orders} orders came in, {rejected} rows are still rejected.").format(
                        orders=words.count(done.orders), rejected=words.count(done.rejected)
                    )
                )
                st.rerun()
        if st.button(_("Set aside"), icon=":material/archive:", key="aside", disabled=not ids):
            dialog(_("Set aside"), _set_aside, ids)


def _whose(row: RejectRow) -> dict[str, str]:
    return {"channel": row.channel, "shop": row.shop, "entity": row.entity}


def _set_aside(ids: list[str]) -> None:
    st.write(_("{n} rejects leave the queue for good. Their payloads are kept.").format(n=words.count(len(ids))))
    reason = st.text_input(_("Reason"), key="aside_reason")
    if st.button(_("Set aside"), type="primary", key="confirm_aside") and attempt(
        lambda: rejects.set_aside(session.actor(), session.store(), ids, reason)
    ):
        say_after_rerun(_("Set aside."))
        st.rerun()


def _detail(row: RejectRow) -> None:
    with st.container(border=True):
        st.markdown(
            f"**{row.external_no or words.NONE}** · {words.channel(row.channel)} · {row.shop}  \n"
            + (f"`{row.field}` = `{row.value or words.NONE}` — " if row.field else "")
            + unpacked(row.reason)
        )
        if row.settled_by:
            st.caption(f"{row.settled_by} · {words.instant(row.settled_at, session.zone())}")
        actor = session.actor()
        if (
            actor.may("orders.raw")
            and row.state == "waiting"
            and st.button(_("Open the payload"), icon=":material/data_object:", key="open_raw")
        ):
            text = attempt(lambda: reject_raw.payload(actor, session.store(), session.vault(), row.reject_id))
            if isinstance(text, str):
                st.code(_pretty(text), language="json", height=320)


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text
