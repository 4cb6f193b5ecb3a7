"""What a bench is, and the throw-away store it runs in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, open_store


@dataclass(slots=True)
class Stages:
    """Seconds by stage of the run. `total` is what orders per second are counted by; None: all stages."""

    seconds: dict[str, float] = field(default_factory=dict)
    total: float | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the block's seconds to the stage."""
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


@dataclass(frozen=True, slots=True)
class Bench:
    """One bench. `run(store, vault, orders, stages)` works in a new store and fills the stages."""

    name: str
    orders: int  # how many when --orders is not given
    run: Callable[[Store, Vault, int, Stages], None]


@contextmanager
def throw_away(settings: Settings) -> Iterator[tuple[Store, Vault]]:
    """A new store with the operator's memory and threads, deleted afterwards."""
    with TemporaryDirectory(prefix="danliu-bench-") as folder:
        own = Settings(
            store_url=f"duckdb:{Path(folder) / 'bench.duckdb'}",
            key_file=Path(folder) / "key",
            store_memory=settings.store_memory,
            store_threads=settings.store_threads,
        )
        store = open_store(own)
        try:
            yield store, open_vault(own)
        finally:
            store.close()
