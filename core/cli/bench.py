"""`bench NAME`: measures one part of the product in a throw-away store and prints seconds by stage (contracts §1)."""

import importlib
import pkgutil
import platform
import resource
import sys
from argparse import ArgumentParser, Namespace
from importlib.metadata import version
from typing import Any

import core.cli.benches
from core.cli.benches.bench import Bench, Stages, throw_away
from core.cli.command import Command
from core.errors import BadRequest
from core.i18n import N_
from core.settings import Settings


def benches() -> dict[str, Bench]:
    """Every bench of the package by its name."""
    found: dict[str, Bench] = {}
    for module in pkgutil.iter_modules(core.cli.benches.__path__):
        bench = getattr(importlib.import_module(f"core.cli.benches.{module.name}"), "BENCH", None)
        if bench is not None:
            found[bench.name] = bench
    return found


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--orders", type=int, default=None, metavar="N")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    known = benches()
    bench = known.get(arguments.name)
    if bench is None:
        raise BadRequest(
            N_("There is no bench {name}."), N_("Choose one of: {known}."), name=arguments.name, known=", ".join(known)
        )
    orders = bench.orders if arguments.orders is None else arguments.orders
    if orders < 1:
        raise BadRequest(N_("A bench needs at least one order."), N_("Give a larger --orders."))
    stages = Stages()
    with throw_away(settings) as (store, vault):
        bench.run(store, vault, orders, stages)
    seconds = stages.total if stages.total is not None else sum(stages.seconds.values())
    return {
        "name": bench.name,
        "orders": orders,
        "seconds": round(seconds, 4),
        "orders_per_second": round(orders / seconds),
        "stages": {name: round(value, 4) for name, value in stages.seconds.items()},
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "store": "duckdb",
        "versions": {"python": platform.python_version(), "duckdb": version("duckdb"), "platform": sys.platform},
    }


COMMAND = Command("bench", N_("Measure speed in a throw-away store"), _arguments, _run)
