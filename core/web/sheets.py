"""GET /print/process: the live flow as a sheet to print and train people by. For whoever is logged in."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from core import clock, i18n, runtime
from core.errors import DanliuError
from core.i18n import _
from core.people import logins
from core.people.actor import Actor
from core.people.guard import seen_by
from core.services import guide
from core.services.guide import Sheet, Stop
from core.web.entrance import HTML_LANGUAGE
from core.web.gate import refused

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_WIDE, _HIGH = 190, 56  # of a box on the drawing
_STYLE = """
body{font:13px/1.5 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#1d2129;max-width:1080px;margin:24px auto;
padding:0 16px}h1{font-size:20px;margin:0}p.sub{color:#6b7280;margin:2px 0 12px}svg{width:100%;height:auto;border:1px solid
#e5e6eb;border-radius:8px;background:#fff}table{border-collapse:collapse;width:100%;margin:14px 0 32px}th,td{text-align:left;
vertical-align:top;padding:6px 8px;border-bottom:1px solid #e5e6eb}th{color:#6b7280;font-weight:600}td.n{text-align:right;
width:2em;color:#1664ff;font-weight:650}td.b{font-weight:600;white-space:nowrap}tr{break-inside:avoid}
@media print{body{margin:0}section{break-after:page}}@page{size:A4 landscape;margin:12mm}
@media(max-width:600px){td.b{white-space:normal}}
"""


async def process(request: Request) -> Response:
    """Every live flow: its drawing, and each station with what happens there and where it leads."""
    actor = logins.actor_of(request.state.login)
    try:
        found = await to_thread.run_sync(_sheets, actor)
    except DanliuError as error:
        return refused(403, error)
    chosen = request.query_params.get("lang", "")
    with i18n.speaking(chosen if chosen in i18n.LANGUAGES else request.state.language):
        page = _page(found)
    return HTMLResponse(page, 200, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


ROUTES = [Route("/print/process", process, methods=["GET"])]


def _sheets(actor: Actor) -> list[Sheet]:
    return guide.sheets(actor, seen_by(actor, runtime.store()))


def _page(found: list[Sheet]) -> str:
    body = "".join(_section(sheet) for sheet in found) or f"<p>{escape(_('No flow is published yet.'))}</p>"
    return (
        f'<!doctype html><html lang="{HTML_LANGUAGE[i18n.language()]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(_("Process sheet"))}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _section(sheet: Sheet) -> str:
    said = _("{house} · version {version} of {published} · printed {printed}").format(
        house=runtime.settings().name,
        version=sheet.version,
        published=_day(sheet.published_at),
        printed=_day(clock.now()),
    )
    heads = "".join(
        f"<th>{escape(text)}</th>" for text in ("", _("Station"), _("What happens there"), _("Where it leads"))
    )
    rows = "".join(_row(stop) for stop in sheet.stops)
    return (
        f'<section><h1>{escape(_("Process sheet"))}: {escape(sheet.title)}</h1><p class="sub">{escape(said)}</p>'
        f"{_drawing(sheet)}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _row(stop: Stop) -> str:
    exits = "<br>".join(f"{escape(_(label))} → {number}" for label, number in stop.exits)
    name = escape(stop.label or _(stop.title))
    return f'<tr><td class="n">{stop.number}</td><td class="b">{name}</td><td>{escape(_(stop.help))}</td><td>{exits}</td></tr>'


def _drawing(sheet: Sheet) -> str:
    """The stations where the editor has them, with an arrow for every way."""
    left, top = min(stop.x for stop in sheet.stops) - 12, min(stop.y for stop in sheet.stops) - 12
    right, low = max(stop.x for stop in sheet.stops) + _WIDE + 12, max(stop.y for stop in sheet.stops) + _HIGH + 12
    places = {stop.number: (stop.x - left, stop.y - top) for stop in sheet.stops}
    ways = {(stop.number, number) for stop in sheet.stops for _label, number in stop.exits}
    arrows = "".join(_arrow(places[source], places[target]) for source, target in sorted(ways))
    boxes = "".join(_box(stop, *places[stop.number]) for stop in sheet.stops)
    return (
        f'<svg viewBox="0 0 {right - left:.0f} {low - top:.0f}" role="img"><defs><marker id="tip" viewBox="0 0 8 8" refX="8" '
        'refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#86909c"/></marker></defs>'
        f"{arrows}{boxes}</svg>"
    )


def _box(stop: Stop, x: float, y: float) -> str:
    name = stop.label or _(stop.title)
    shown = name if len(name) <= 14 or not name.isascii() else name[:22]
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDE}" height="{_HIGH}" rx="8" fill="#f4f6fa" stroke="#c9cdd4"/>'
        f'<text x="{x + 12:.0f}" y="{y + 24:.0f}" font-size="13" font-weight="650" fill="#1664ff">{stop.number}</text>'
        f'<text x="{x + 36:.0f}" y="{y + 24:.0f}" font-size="14" font-weight="600">{escape(shown)}</text>'
        f'<text x="{x + 36:.0f}" y="{y + 43:.0f}" font-size="11" fill="#6b7280">{escape(_(stop.title))}</text>'
    )


def _arrow(source: tuple[float, float], target: tuple[float, float]) -> str:
    """Out of the side that faces the target, into the side that faces the source."""
    (x1, y1), (x2, y2) = source, target
    if x2 >= x1 + _WIDE:
        begin, end = (x1 + _WIDE, y1 + _HIGH / 2), (x2, y2 + _HIGH / 2)
        bend = max((end[0] - begin[0]) / 2, 20)
        inner = (begin[0] + bend, begin[1], end[0] - bend, end[1])
    else:
        down = y2 > y1
        begin = (x1 + _WIDE / 2, y1 + (_HIGH if down else 0))
        end = (x2 + _WIDE / 2, y2 + (0 if down else _HIGH))
        bend = max(abs(end[1] - begin[1]) / 2, 30) * (1 if down else -1)
        inner = (begin[0], begin[1] + bend, end[0], end[1] - bend)
    return (
        f'<path d="M{begin[0]:.0f} {begin[1]:.0f}C{inner[0]:.0f} {inner[1]:.0f} {inner[2]:.0f} {inner[3]:.0f} '
        f'{end[0]:.0f} {end[1]:.0f}" fill="none" stroke="#86909c" stroke-width="1.4" marker-end="url(#tip)"/>'
    )


def _day(moment: datetime | None) -> str:
    return moment.astimezone(ZoneInfo(runtime.settings().zone)).strftime("%Y-%m-%d") if moment else ""
