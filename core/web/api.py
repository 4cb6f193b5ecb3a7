"""POST /api/orders: the order pool's grid rows for the logged-in person, rights and masking as on the page."""

import json
import logging
from typing import Any

import orjson
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import runtime
from core.errors import BadRequest, DanliuError, NotAllowed, NotFound, Stale, TryAgain
from core.i18n import N_
from core.people import logins
from core.people.guard import seen_by
from core.services import orders
from core.web.gate import refused

log = logging.getLogger(__name__)
_LONGEST = 65_536  # bytes of a request
_STATUS = {NotAllowed: 403, NotFound: 404, Stale: 409, TryAgain: 503}


async def order_rows(request: Request) -> Response:
    """`{"rows": [...], "total": N}` for `{startRow, endRow, sortModel, filterModel, query, filters, columns}`."""
    try:
        wanted = await _json(request)
        answer = await to_thread.run_sync(_rows, request, wanted)
    except DanliuError as error:
        return refused(_STATUS.get(type(error), 400), error)
    return Response(orjson.dumps(answer, default=str), media_type="application/json", headers=_FRESH)


ROUTES = [Route("/api/orders", order_rows, methods=["POST"])]
_FRESH = {"Cache-Control": "no-store"}


def _rows(request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
    actor = logins.actor_of(request.state.login)
    store = seen_by(actor, runtime.store())
    return orders.grid(actor, store, runtime.vault(), wanted, zone=runtime.settings().zone)


async def _json(request: Request) -> dict[str, Any]:
    """The request's JSON object. A form of another site cannot send this content type unasked."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadRequest(N_("The request is no JSON."), N_("Send application/json."))
    try:
        wanted = json.loads(await _body(request))
    except (ValueError, RecursionError) as error:  # the second: brackets nested by the thousand
        raise BadRequest(N_("The request is no JSON."), N_("Send application/json.")) from error
    if not isinstance(wanted, dict):
        raise BadRequest(N_("The request is no JSON object."), N_("Send application/json."))
    return wanted


async def _body(request: Request) -> bytes:
    """The whole body; empty as soon as it grows too long, whatever length was announced."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > _LONGEST:
            return b""
        parts.append(part)
    return b"".join(parts)
