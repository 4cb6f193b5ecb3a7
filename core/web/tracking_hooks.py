"""POST /hooks/tracking/{name}: a courier service's push. Signature first, the story durable next, answered last."""

from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import runtime
from core.channels import tracking
from core.channels.inbox import LARGEST_BODY
from core.errors import BadRequest, BadSetup
from core.flow import on_the_road
from core.store import tracking_accounts


async def push(request: Request) -> Response:
    """The service's own answer; 404 unknown account, 401 bad signature, 413 too long, 400 not readable."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > LARGEST_BODY:
            return _no(413, "too long")
        parts.append(part)
    return await to_thread.run_sync(receive, request.path_params["name"], b"".join(parts))


def receive(name: str, body: bytes) -> Response:
    """Check, keep and answer one push."""
    store, vault = runtime.store(), runtime.vault()
    account = next((each for each in tracking_accounts.listing(store) if each.name == name and each.active), None)
    if account is None:
        return _no(404, "unknown account")
    values, service = tracking.opened(vault, account), tracking.service(account.kind)
    try:
        form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
        tracks = service.read_push(values, form)
    except BadRequest:
        return _no(400, "not readable")
    except BadSetup:
        return _no(401, "bad signature")
    except (ValueError, KeyError, TypeError, AttributeError):
        return _no(400, "not readable")
    if tracks:
        on_the_road.take(store, account.name, tracks)
    return Response(service.push_answer(values), 200, media_type="application/json")


def _no(status: int, why: str) -> Response:
    return Response(f'{{"error":"{why}"}}', status, media_type="application/json")


ROUTES = [Route("/hooks/tracking/{name}", push, methods=["POST"])]
