"""GET /metrics in Prometheus' text format: for this machine, for who has the token, for a person who may see jobs."""

import secrets
from itertools import groupby
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

import core
from core import runtime
from core.errors import NotAllowed
from core.i18n import N_
from core.insight.gauges import Gauge, gauges
from core.people import logins
from core.web import origin
from core.web.gate import refused

_HELP = {
    "danliu_info": "Version of the product",
    "danliu_orders": "Orders in the pool",
    "danliu_orders_held": "Orders on hold",
    "danliu_inbox": "Pushes by state",
    "danliu_rejects": "Payloads that could not be mapped, by state",
    "danliu_logins": "Present logins",
    "danliu_pull_age_seconds": "Seconds since the last good pull of a shop",
    "danliu_scheduler_running": "1 while the scheduler runs in this process",
    "danliu_job_runs": "Runs of a job since the store was made",
    "danliu_job_failures": "Failed runs of a job since the store was made",
    "danliu_job_failing": "1 when the last run of a job failed",
    "danliu_commits": "Commits since the process started",
    "process_resident_memory_bytes": "Resident memory",
}


async def metrics(request: Request) -> Response:
    """The text, or 401 for a stranger."""
    if not _may_see(request):
        return refused(401, NotAllowed(N_("You are not logged in."), N_("Log in, then try again.")))
    text = await to_thread.run_sync(_text)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})


ROUTES = [Route("/metrics", metrics, methods=["GET"])]


def written(found: list[Gauge]) -> str:
    """Gauges as Prometheus' exposition text, one family after the other."""
    lines: list[str] = []
    for name, family in groupby(sorted(found, key=lambda gauge: gauge.name), key=lambda gauge: gauge.name):
        lines += [f"# HELP {name} {_HELP.get(name, name)}", f"# TYPE {name} gauge"]
        for gauge in family:
            labels = ",".join(f'{label}="{_escaped(value)}"' for label, value in gauge.labels.items())
            lines.append(f"{name}{{{labels}}} {gauge.value:g}" if labels else f"{name} {gauge.value:g}")
    return "\n".join(lines) + "\n"


def _text() -> str:
    store, scheduler = runtime.store(), runtime.scheduler()
    found = [
        *gauges(store),
        Gauge("danliu_info", {"version": core.__version__}, 1),
        Gauge("danliu_scheduler_running", {}, float(scheduler.leads)),
        Gauge("danliu_commits", {}, store.version),
    ]
    for row in scheduler.rows():
        labels = {"job": row.job.name}
        found.append(Gauge("danliu_job_runs", labels, row.state.runs))
        found.append(Gauge("danliu_job_failures", labels, row.state.failures))
        found.append(Gauge("danliu_job_failing", labels, float(row.state.outcome == "error")))
    memory = _resident_bytes()
    if memory:
        found.append(Gauge("process_resident_memory_bytes", {}, memory))
    return written(found)


def _may_see(request: Request) -> bool:
    token = runtime.settings().metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    login = request.state.login
    if login is not None and login.is_whole and logins.actor_of(login).may("jobs.view"):
        return True
    return origin.is_this_machine(request)


def _resident_bytes() -> int:
    """This process's resident memory; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * 4096


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
