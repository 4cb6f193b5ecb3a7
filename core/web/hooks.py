"""POST /hooks/{channel}/{shop}: a platform's push. Signature first, durable in the inbox next, answered last."""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import runtime
from core.channels.inbox import LARGEST_BODY, answer_check, receive_push


async def push(request: Request) -> Response:
    """The platform's own answer; 404 unknown shop, 503 one that lacks a setting, 401 bad signature, 413 too long, 400 not readable."""
    body = await _body(request)
    if body is None:
        return Response('{"error":"too long"}', 413, media_type="application/json")
    return await to_thread.run_sync(_receive, request, body)


async def check(request: Request) -> Response:
    """The answer to a platform that checks this address before it pushes (WeChat's echostr); 401 on a bad signature."""
    return await to_thread.run_sync(_check, request)


ROUTES = [
    Route("/hooks/{channel}/{shop}", push, methods=["POST"]),
    Route("/hooks/{channel}/{shop}", check, methods=["GET"]),
]


def _receive(request: Request, body: bytes) -> Response:
    channel, shop = request.path_params["channel"], request.path_params["shop"]
    headers, query = dict(request.headers), dict(request.query_params)
    reply = receive_push(runtime.store(), runtime.vault(), channel, shop, headers, body, runtime.settings(), query)
    return Response(reply.body, reply.status, media_type=reply.content_type)


def _check(request: Request) -> Response:
    channel, shop = request.path_params["channel"], request.path_params["shop"]
    query = dict(request.query_params)
    reply = answer_check(runtime.store(), runtime.vault(), channel, shop, query, runtime.settings())
    return Response(reply.body, reply.status, media_type=reply.content_type)


async def _body(request: Request) -> bytes | None:
    """The whole body; None as soon as it grows too long, whatever its announced length."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)
