"""The mapping board: source fields left, target fields right, a drag (mouse, touch, keys) draws the line between.

The browser owns the drag and sends the whole map of links once per finished action; Python validates it and answers with
chips and problems. Its own links replace the browser's only when `version` changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from core.i18n import _
from core.ui.components.state import component_state

ASSETS = Path(__file__).resolve().parent.parent / "assets"
Links = dict[str, list[str]]  # target id -> source ids, the first non-empty of which counts


@dataclass(frozen=True, slots=True)
class SourceField:
    """One source. `scope`: order, line (feeds line targets only) or any. `path`: of the list it comes from."""

    id: str
    label: str
    sample: str
    scope: str
    group: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class TargetField:
    """One target. `kind` and `group` in the reader's words; `chip` names its converters, `problem` what is wrong."""

    id: str
    name: str
    label: str
    kind: str
    scope: str
    group: str
    required: bool = False
    own: bool = False
    chip: str = ""
    problem: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What the browser sent: the links after a finished action, and the version they began from."""

    base: int
    sent: int
    links: Links


def mapping_board(
    key: str,
    *,
    version: int,
    source: Sequence[SourceField],
    target: Sequence[TargetField],
    links: Links,
    locked: bool = False,
    on_opened: Callable[[], None],
) -> None:
    """Draw the board; the run after a finished action finds it in `work`. `on_opened` runs after a click on a chip or a
    target (see `opened`). `locked` shows it read-only.
    """
    _board()(
        key=key,
        data={
            "version": version,
            "source": [asdict(field) for field in source],
            "target": [asdict(field) for field in target],
            "links": links,
            "locked": locked,
            "texts": _texts(),
        },
        on_work_change=lambda: None,
        on_opened_change=on_opened,
    )


def work(key: str) -> Work | None:
    """The last finished action of the board with this key; None before the first, or for what is no map of links."""
    said = component_state(key).get("work")
    if not isinstance(said, Mapping) or not isinstance(said.get("links"), Mapping):
        return None
    links = {
        str(target): [str(source) for source in sources]
        for target, sources in said["links"].items()
        if isinstance(sources, list | tuple)
    }
    try:
        return Work(int(said.get("base", -1)), int(said.get("sent", 0)), links)
    except (TypeError, ValueError):
        return None


def opened(key: str) -> str:
    """The target whose chip or row was clicked in this run, or ""."""
    return str(component_state(key).get("opened") or "")


@st.cache_resource
def _board() -> Callable[..., Any]:
    return component(
        "danliu_mapping_board",
        css=(ASSETS / "mapping_board.css").read_text(encoding="utf-8"),
        js=(ASSETS / "mapping_board.js").read_text(encoding="utf-8"),
    )


def _texts() -> dict[str, str]:
    return {
        "source": _("Source fields"),
        "target": _("Order model"),
        "search": _("Search fields"),
        "none": _("No field matches."),
        "open": _("{n} required missing"),
        "own": _("own"),
        "plain": _("as it is"),
        "convert": _("Converters of"),
        "remove": _("Remove the link of"),
        "removed": _("Removed the link of"),
        "choose": _("choose its target"),
        "refused": _("A field of the lines cannot fill a field of the order."),
        "from": _("from"),
        "missing": _("required, not mapped"),
        "empty": _("not mapped"),
    }
