"""What a job is, and the table of all jobs: every file of this package with `JOBS` is found by itself."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

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
    for module in _modules():
        for job in getattr(module, "JOBS", ()):
            if job.name in found:
                raise ValueError(f"two jobs are named {job.name}")
            found[job.name] = job
    return tuple(found[name] for name in sorted(found))


def finish_all(seconds: float) -> None:
    """Let every file of jobs that works in threads of its own bring them to an end (`finish(seconds)`)."""
    for module in _modules():
        finish = getattr(module, "finish", None)
        if finish is not None:
            finish(seconds)


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"core.jobs.{found.name}") for found in pkgutil.iter_modules(core.jobs.__path__)]
