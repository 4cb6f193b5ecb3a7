"""What a job is, and the table of all jobs: every file of this package with `JOBS` is found by itself."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

import core.jobs
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store


@dataclass(frozen=True, slots=True)
class Job:
    """Work done every `seconds`. `run` may raise: the error is kept, shown, and the job runs again next time.

    `name` is stable (a pause is remembered by it); `label` is a gettext source text.
    """

    name: str
    label: str
    seconds: float
    run: Callable[[Store, Vault, Settings], object]


def jobs() -> tuple[Job, ...]:
    """All jobs by name. ValueError for two of one name."""
    found: dict[str, Job] = {}
    for module in pkgutil.iter_modules(core.jobs.__path__):
        for job in getattr(importlib.import_module(f"core.jobs.{module.name}"), "JOBS", ()):
            if job.name in found:
                raise ValueError(f"two jobs are named {job.name}")
            found[job.name] = job
    return tuple(found[name] for name in sorted(found))
