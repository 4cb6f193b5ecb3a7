"""A courier's lines as a timeline, the newest first."""

from collections.abc import Sequence

from core.i18n import _
from core.model.parcels import STATES, Scan
from core.ui import words

_STYLE = (
    "<style>.dl-road{list-style:none;margin:.25rem 0 0;padding:0}"
    ".dl-road li{position:relative;padding:0 0 .8rem 1.4rem;border-left:2px solid rgba(128,128,128,.3);margin-left:.4rem}"
    ".dl-road li:last-child{border-color:transparent}"
    ".dl-road li::before{content:'';position:absolute;left:-.36rem;top:.35rem;width:.6rem;height:.6rem;border-radius:50%;"
    "background:#86909C}.dl-road li:first-child::before{background:#1664FF}</style>"
)


def story_html(scans: Sequence[Scan], zone: str) -> str:
    """The timeline as HTML."""
    rows = "".join(_row(scan, zone) for scan in scans)
    return f'{_STYLE}<ol class="dl-road">{rows}</ol>'


def _row(scan: Scan, zone: str) -> str:
    state = words.html(_state(scan.state))
    place = words.html(scan.place)
    quiet = " · ".join(part for part in (words.instant(scan.at, zone), state, place) if part)
    return f'<li>{words.html(scan.words)}<br><span class="dl-quiet">{quiet}</span></li>'


def _state(state: str) -> str:
    return _(STATES[state]) if state in STATES else ""
