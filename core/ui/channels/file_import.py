"""The file import tab: drop an export in, see how it is read and what it would do, then take it in."""

from functools import partial

import streamlit as st

from core import runtime
from core.i18n import _
from core.mapping.said import unpacked
from core.services import channels, imports, mappings, shops
from core.services.imports import ImportReport
from core.ui import session, words
from core.ui.forms import attempt
from core.ui.table import Column, table

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "json", "ndjson", "jsonl", "parquet"]
_REPORT = "import_report"


def show() -> None:
    """Draw the tab."""
    if not session.actor().may("channels.run"):
        st.info(_("Your role may not import files."), icon=":material/lock:")
        return
    left, right = st.columns(2)
    with left:
        channel, shop, mapping = _where()
    with right:
        file = st.file_uploader(
            _("Order file"), TYPES, key="import_file", help=_("csv, xlsx, xls, json, ndjson or parquet, as exported.")
        )
    if file is None:
        st.caption(
            _(
                "A file may be dropped in as the platform exports it: encoding, header row and columns are found by itself."
            )
        )
        return
    content = file.getvalue()
    _reading(content, file.name, channel)
    ready = bool(channel and shop)
    with st.container(horizontal=True):
        look = st.button(_("Try, write nothing"), icon=":material/visibility:", key="import_dry", disabled=not ready)
        take = st.button(_("Import"), icon=":material/download:", type="primary", key="import_go", disabled=not ready)
    if not ready:
        st.caption(_("Choose the channel and the shop first."))
    if look or take:
        with st.spinner(_("Reading {name} …").format(name=file.name)):
            report = attempt(partial(_import, content, file.name, channel, shop, mapping, dry_run=look))
        st.session_state[_REPORT] = (file.file_id, look, report) if isinstance(report, ImportReport) else None
    kept = st.session_state.get(_REPORT)
    if kept and kept[0] == file.file_id:
        _report(kept[2], dry=kept[1])


def _import(content: bytes, name: str, channel: str, shop: str, mapping: str, *, dry_run: bool) -> ImportReport:
    return imports.import_file(
        session.actor(),
        session.store(),
        session.vault(),
        content,
        shop=shop,
        channel=channel,
        mapping=mapping,
        name=name,
        dry_run=dry_run,
    )


def _where() -> tuple[str, str, str]:
    actor, store = session.actor(), session.store()
    known = {channel.channel: channel.title for channel in channels.listing(actor, store)}
    channel = st.selectbox(
        _("Channel"),
        list(known),
        index=None,
        format_func=known.__getitem__,
        key="import_channel",
        placeholder=_("Choose the platform"),
    )
    states = shops.listing(actor, store, session.vault(), runtime.settings())
    names = [state.shop.shop for state in states if state.shop.channel == channel]
    shop = st.selectbox(
        _("Shop"),
        names,
        index=0 if len(names) == 1 else None,
        accept_new_options=True,
        key=f"import_shop_{channel}",
        placeholder=_("Choose a shop or type a new name"),
    )
    rows = [
        row.name
        for row in mappings.listing(actor, store, runtime.settings())
        if row.live_version and row.channel == channel and row.entity in ("orders", "refunds")
    ]
    labels = {"auto": _("found by itself"), **{name: name for name in rows}}
    mapping = st.selectbox(_("Mapping"), list(labels), format_func=labels.__getitem__, key=f"import_mapping_{channel}")
    return channel or "", (shop or "").strip(), mapping or "auto"


def _reading(content: bytes, name: str, channel: str) -> None:
    """How the file is read: encoding, sheet, header row, what a row is."""
    seen = attempt(lambda: imports.suggest_file(session.actor(), session.store(), content, name=name, channel=channel))
    if not isinstance(seen, imports.Suggestion):
        return
    facts = [
        (_("Encoding"), seen.encoding),
        (_("Sheet"), seen.sheet),
        (_("Header row"), str(seen.header_row) if not seen.nested else ""),
        (_("A row is"), _("an order line") if seen.granularity == "line" else _("an order")),
        (_("Fields recognised"), str(len(seen.fields))),
    ]
    st.caption(" · ".join(f"{label}: **{value}**" for label, value in facts if value))
    for note in seen.notes:
        st.caption(f":material/info: {note}")


def _report(report: ImportReport, *, dry: bool) -> None:
    if dry:
        st.info(_("This is what an import would do. Nothing was written."), icon=":material/visibility:")
    else:
        st.success(
            _("Imported in {n} s with the mapping {mapping}.").format(n=report.seconds, mapping=report.mapping),
            icon=":material/check:",
        )
    counts = (
        (_("Rows"), report.rows),
        (_("Orders"), report.orders),
        (_("Lines"), report.lines),
        (_("New"), report.inserted),
        (_("Changed"), report.updated),
        (_("Unchanged"), report.unchanged),
        (_("Rejected rows"), report.rejected),
    )
    with st.container(horizontal=True):
        for label, number in counts:
            st.metric(label, words.count(number), width="content")
    mapping = session.link_to("mapping")
    if (
        not dry
        and mapping is not None
        and st.button(
            _("Look at the mapping {name}").format(name=report.mapping),
            icon=":material/conversion_path:",
            key="import_map",
        )
    ):
        st.switch_page(mapping, query_params={"mapping": report.mapping})
    for note in report.notes:
        st.caption(f":material/info: {note}")
    _rejects(report)


def _rejects(report: ImportReport) -> None:
    if not report.rejects:
        return
    st.subheader(_("Rejected rows"))
    columns = [
        Column("row", _("Row"), "count"),
        Column("external_no", _("Number")),
        Column("field", _("Field")),
        Column("value", _("Value")),
        Column("reason", _("Reason"), width="large"),
    ]
    names = [column.name for column in columns]
    rows = [{name: getattr(reject, name) for name in names} for reject in report.rejects[:500]]
    table([{**row, "reason": unpacked(str(row["reason"]))} for row in rows], columns, key="import_rejects")
