"""GET /healthz: 200 while the store answers and the scheduler runs or stands by, else 503. Open to all: it says nothing else."""

import logging

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import core
from core import runtime
from core.store import facts

log = logging.getLogger(__name__)


async def healthz(_request: Request) -> Response:
    """`{"status": "ok"|"failing", "store": ..., "scheduler": ..., "version": ...}`."""
    store = "ok" if await to_thread.run_sync(_store_answers) else "failing"
    jobs = runtime.scheduler()
    scheduler = "running" if jobs.leads else "standby" if jobs.is_running else "stopped"
    is_well = store == "ok" and scheduler != "stopped"
    body = {
        "status": "ok" if is_well else "failing",
        "store": store,
        "scheduler": scheduler,
        "version": core.__version__,
    }
    return JSONResponse(body, 200 if is_well else 503, headers={"Cache-Control": "no-store"})


ROUTES = [Route("/healthz", healthz, methods=["GET"])]


def _store_answers() -> bool:
    try:
        facts.get(runtime.store(), "health")
    except Exception:  # whatever the store raises, the answer is that it does not work
        log.exception("the store does not answer")
        return False
    return True
