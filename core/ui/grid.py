"""The order grid: AgGrid with infinite rows, fed block by block from `POST /api/orders`; no row passes through Python.

All JavaScript here is fixed text: words, colours and the view travel as data in the grid's context.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from st_aggrid import AgGrid, JsCode
from st_aggrid.AgGrid import _component_func
from streamlit.components.v1.component_registry import ComponentRegistry

from core.i18n import _, language
from core.model.fields import CHANNELS, Field, Kind
from core.model.lifecycle import STATUSES
from core.model.refunds import GENERAL, STATES, WORDS
from core.store.holds import REASONS
from core.ui.names import channels, shops
from core.ui.theme import hex_colour

_SOURCE = JsCode("""({getRows(p) {
  fetch('/api/orders', {method: 'POST', credentials: 'same-origin', headers: {'content-type': 'application/json'},
    body: JSON.stringify({startRow: p.startRow, endRow: p.endRow, sortModel: p.sortModel, view: p.context.view})})
  .then(r => r.ok ? r.json() : Promise.reject(r.status))
  .then(d => p.successCallback(d.rows, d.total)).catch(() => p.failCallback());
}})""")
_LABEL = JsCode(
    "p => p.value == null || p.value === '' ? '' : (p.context.labels[p.colDef.field] || {})[p.value] || p.value"
)
_MONEY = JsCode(
    "p => p.value == null ? '' : '¥' + (p.value / 100).toLocaleString('en-US', "
    "{minimumFractionDigits: 2, maximumFractionDigits: 2})"
)
_YES = JsCode("p => p.value == null ? '' : p.value ? p.context.yes : ''")
_LIST = JsCode("""p => { try { return JSON.parse(p.value || '[]')
  .map(v => (p.context.labels[p.colDef.field] || {})[v] || v).join(' · ') } catch (e) { return p.value } }""")
_REFUND = JsCode("p => p.value ? (p.context.refunds[p.data.channel] || p.context.refunds[''])[p.value] || p.value : ''")
_COLOUR = JsCode(
    "p => ({color: (p.context.colours[p.colDef.field] || {})[String(p.value)] || null, "
    "fontWeight: (p.context.colours[p.colDef.field] || {})[String(p.value)] ? 600 : null})"
)
_OPENS = JsCode("""function({streamlitRerunEventTriggerName, eventData}) {
  return streamlitRerunEventTriggerName !== 'cellClicked' || eventData.colDef.field === 'platform_no' }""")
_RETURNS = JsCode("""function({streamlitRerunEventTriggerName, eventData}) {
  return {picked: eventData.api.getSelectedNodes().map(n => n.id),
    opened: streamlitRerunEventTriggerName === 'cellClicked' ? {key: eventData.data.order_key, at: Date.now()} : null,
    sort: eventData.api.getColumnState().filter(c => c.sort).sort((a, b) => a.sortIndex - b.sortIndex)
      .map(c => ({field: c.colId, descending: c.sort === 'desc'}))} }""")
_SHOP = JsCode("p => p.value && p.data ? p.context.shops[p.data.channel + '/' + p.value] || p.value : ''")
_ROW_ID = JsCode("p => p.data.order_key")
FONT = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Sans', sans-serif"
_CSS = {
    ".ag-root-wrapper": {"--ag-font-family": f"{FONT} !important", "font-family": f"{FONT} !important"},
    ".ag-header-cell-text": {"font-weight": "600", "font-family": f"{FONT} !important"},
    ".ag-cell": {"font-variant-numeric": "tabular-nums", "font-family": f"{FONT} !important"},
    ".dl-link": {"color": "#2F6FFF", "cursor": "pointer"},
}
_WIDE = {"platform_no": 180, "tracking_no": 160, "address": 200, "tags": 150, "seller_note": 180, "buyer_note": 180}


class _NoRows(str):
    """A `rowData` of null in the browser.

    Without one the component hands the grid an empty list, which the infinite row model refuses with an error in the
    console; one that Python takes for true it would read as a table.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class GridAnswer:
    """What a person did in the grid: order keys picked, an order opened (with the moment, to tell two clicks apart).

    `sort` is None until the grid has said anything.
    """

    picked: tuple[str, ...] = ()
    opened: tuple[str, int] | None = None
    sort: tuple[dict[str, Any], ...] | None = None


def order_grid(
    view: Mapping[str, Any],
    fields: Iterable[Field],
    *,
    tags: Mapping[str, tuple[str, str]],
    nonce: int,
    pickable: bool,
    height: int = 560,
) -> GridAnswer:
    """Draw the grid of a view, sorted as its key `sort` says. `tags` gives label and palette colour of each name.

    A new view, column set or language makes a new grid; a rerun without a change keeps rows, place and selection.
    """
    make_known()
    shown = list(fields)
    options = {
        "columnDefs": [_column(field) | _sorted(field.name, view) for field in shown],
        "defaultColDef": {"sortable": True, "resizable": True, "suppressHeaderMenuButton": True, "minWidth": 70},
        "rowModelType": "infinite",
        "rowData": _NoRows("null"),
        "cacheBlockSize": 100,
        "maxBlocksInCache": 20,
        "blockLoadDebounceMillis": 80,
        "infiniteInitialRowCount": 20,
        "rowHeight": 34,
        "headerHeight": 36,
        "datasource": _SOURCE,
        "getRowId": _ROW_ID,
        "context": _context(view, tags),
        "localeText": _words(),
        "suppressCellFocus": False,
        "enableCellTextSelection": True,
    }
    if pickable:
        options["selectionColumnDef"] = {"pinned": "left", "width": 44, "minWidth": 44, "resizable": False}
        options["rowSelection"] = {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False}
    seed = json.dumps([view, [f.name for f in shown], language(), nonce], sort_keys=True, default=str)
    answer = AgGrid(
        None,  # type: ignore[arg-type] - no rows from here
        gridOptions=options,
        allow_unsafe_jscode=True,
        height=height,
        key="grid_" + hashlib.sha256(seed.encode()).hexdigest()[:16],
        update_on=["selectionChanged", "sortChanged", "cellClicked"],
        data_return_mode="CUSTOM",
        custom_jscode_for_grid_return=_RETURNS,
        should_grid_return=_OPENS,
        theme="streamlit",
        custom_css=_CSS,
    )
    return _answer(answer)


def make_known() -> None:
    """Imported in advance, outside a page's run, AgGrid stays unknown to the server, which then answers 404 for it."""
    registry = ComponentRegistry.instance()
    if registry.get_component_path(_component_func.name) is None:
        registry.register_component(_component_func)


def _answer(answer: Any) -> GridAnswer:
    said = answer if isinstance(answer, Mapping) else getattr(answer, "raw_data", None)
    if not isinstance(said, Mapping):
        try:
            said = {name: answer.get(name) for name in ("picked", "opened", "sort")}
        except (AttributeError, TypeError):
            return GridAnswer()
    opened, sort = said.get("opened"), said.get("sort")
    return GridAnswer(
        tuple(said.get("picked") or ()),
        (str(opened["key"]), int(opened["at"])) if opened else None,
        tuple(sort) if sort is not None else None,
    )


def _sorted(name: str, view: Mapping[str, Any]) -> dict[str, Any]:
    for place, key in enumerate(view.get("sort") or ()):
        if key.get("field") == name:
            return {"initialSort": "desc" if key.get("descending") else "asc", "initialSortIndex": place}
    return {}


def _column(field: Field) -> dict[str, Any]:
    column: dict[str, Any] = {
        "field": field.name,
        "headerName": field.title(language(), _),
        "width": _WIDE.get(field.name, 120),
    }
    if field.name == "platform_no":
        column |= {"pinned": "left", "cellClass": "dl-link"}
    if field.name in ("tags", "held_reasons"):
        column |= {"valueFormatter": _LIST, "sortable": False}
    elif field.kind is Kind.MONEY:
        column |= {"type": "rightAligned", "valueFormatter": _MONEY, "width": 110}
    elif field.kind in (Kind.INTEGER, Kind.NUMBER):
        column |= {"type": "rightAligned", "width": 90}
    elif field.kind is Kind.BOOLEAN:
        column |= {"valueFormatter": _YES, "cellStyle": _COLOUR, "width": 80}
    elif field.kind is Kind.DATETIME:
        column["width"] = 160
    elif field.name == "refund_status":
        column |= {"valueFormatter": _REFUND, "width": 120}
    elif field.name == "shop":
        column |= {"valueFormatter": _SHOP, "width": 150}
    elif field.kind is Kind.CHOICE:
        column |= {"valueFormatter": _LABEL, "cellStyle": _COLOUR, "width": 100}
    return column


def _context(view: Mapping[str, Any], tags: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "view": dict(view),
        "yes": _("yes"),
        "shops": shops(),
        "labels": {
            "status": {status.name: _(status.label) for status in STATUSES},
            "channel": {name: _(label) for name, label in CHANNELS.items()} | channels(),
            "tags": {name: label for name, (label, _colour) in tags.items()},
            "held_reasons": {name: _(label) for name, label in REASONS.items()},
        },
        "refunds": {
            channel: {word: _(STATES[state]) for word, state in known.items()}
            for channel, known in {**WORDS, "": GENERAL}.items()
        },
        "colours": {
            "status": {status.name: hex_colour(status.colour) for status in STATUSES},
            "held": {"true": hex_colour("red")},
        },
    }


def _words() -> dict[str, str]:
    """AgGrid's own texts that this grid can show."""
    return {
        "noRowsToShow": _("No orders match."),
        "loadingOoo": _("Loading…"),
        "loadingError": _("Not loaded"),
        "copy": _("Copy"),
    }
