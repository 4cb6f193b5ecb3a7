"""What a person may do with the jobs: see them, run one now, pause and resume one."""

from core.jobs.scheduler import JobRow, Scheduler
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store


def listing(actor: Actor, store: Store, scheduler: Scheduler) -> list[JobRow]:
    """Every job with its last state and next run."""
    require(actor, store, "jobs.view")
    return scheduler.rows()


def run_now(actor: Actor, store: Store, scheduler: Scheduler, name: str) -> None:
    """Run the job as soon as a thread is free. NotFound for an unknown one."""
    require(actor, store, "jobs.run", name)
    scheduler.run_now(name)
    audit.note(store, actor, "jobs.run", name)


def pause(actor: Actor, store: Store, scheduler: Scheduler, name: str, *, paused: bool) -> None:
    """Pause or resume the job. NotFound for an unknown one."""
    require(actor, store, "jobs.run", name)
    scheduler.pause(name, paused=paused)
    audit.note(store, actor, "jobs.pause" if paused else "jobs.resume", name)
