"""The view of the pool in the address: stable codes, never labels, so that a link means the same in both languages.

Streamlit's own binding writes the shown labels into the address; this module keeps codes.
"""

import json
from typing import Any

import streamlit as st

_LISTS = ("status", "channel", "shop", "warehouse", "courier", "columns")
_TEXTS = ("q", "tag", "by", "from", "to")
_TRUTHS = ("held", "refund")
_SORT = "sort"  # field names, a minus before one that descends
ORDER = "order"
"""The parameter that opens one order over the list."""


def read() -> dict[str, Any]:
    """The view that the address asks for; what cannot be read in it is left out."""
    params = st.query_params
    document: dict[str, Any] = {name: params.get_all(name) for name in _LISTS if params.get_all(name)}
    document |= {name: params[name] for name in _TEXTS if params.get(name)}
    document |= {name: params[name] == "1" for name in _TRUTHS if params.get(name) in ("0", "1")}
    try:
        more = json.loads(params.get("more", "[]"))
    except ValueError:
        more = []
    if isinstance(more, list) and more:
        document["more"] = more
    if params.get(_SORT):
        keys = [key for key in params[_SORT].split(",") if key.strip("-")]
        document["sort"] = [{"field": key.lstrip("-"), "descending": key.startswith("-")} for key in keys]
    return document


def write(document: dict[str, Any]) -> None:
    """Let the address say the view; the opened order stays in it."""
    wanted = params_of(document)
    opened = st.query_params.get(ORDER)
    if opened:
        wanted[ORDER] = opened
    present = {name: st.query_params.get_all(name) for name in st.query_params}
    if present != {name: value if isinstance(value, list) else [value] for name, value in wanted.items()}:
        st.query_params.from_dict(wanted)


def params_of(document: dict[str, Any]) -> dict[str, str | list[str]]:
    """A view as parameters of an address, for links to the page Orders."""
    params: dict[str, str | list[str]] = {}
    for name in _LISTS:
        if document.get(name):
            params[name] = [str(item) for item in document[name]]
    for name in _TEXTS:
        if document.get(name):
            params[name] = str(document[name])
    for name in _TRUTHS:
        if isinstance(document.get(name), bool):
            params[name] = "1" if document[name] else "0"
    if document.get("more"):
        params["more"] = json.dumps(document["more"], ensure_ascii=False, separators=(",", ":"))
    if document.get("sort"):
        params[_SORT] = ",".join(("-" if key.get("descending") else "") + str(key["field"]) for key in document["sort"])
    return params


def opened_order() -> int | None:
    """The key of the order that the address opens."""
    text = st.query_params.get(ORDER, "")
    return int(text) if text.isdigit() else None


def open_order(key: int | str) -> None:
    """Open an order: the address says it, the next run shows it."""
    st.query_params[ORDER] = str(key)


def close_order() -> None:
    """Back to the list."""
    st.query_params.pop(ORDER, None)
