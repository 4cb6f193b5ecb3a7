"""`serve`: the pages, the jobs and the routes on one port, until stopped."""

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from core.cli.command import Command
from core.i18n import N_
from core.people.vault import open_vault
from core.settings import ROOT, Settings

# For the C library, which must know them at the start: its default is an arena a thread, and what a dozen pulling threads
# took once is never given back. 60 to 90 MB with a million orders; no measurable cost in speed.
_MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
    "MALLOC_MMAP_THRESHOLD_": "262144",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--address", default=None, help="the interface to listen on; all by default")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any] | None:
    """Becomes the serving process, so that signals reach it directly."""
    environment = dict(_MEMORY | os.environ, DANLIU_CONFIG=arguments.config, PYTHONUNBUFFERED="1")
    if arguments.store:
        environment["DANLIU_STORE"] = arguments.store
    environment["STREAMLIT_SERVER_PORT"] = str(arguments.port or settings.port)
    if arguments.address:
        environment["STREAMLIT_SERVER_ADDRESS"] = arguments.address
    # Streamlit signs its upload token with it: a random one at each start would break the pages open before.
    environment.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", open_vault(settings).keyed("streamlit cookie"))
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml and its theme from here
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    os.execve(sys.executable, command, environment)


COMMAND = Command("serve", N_("Serve the pages, the jobs and the routes until stopped"), _add_arguments, _run)
