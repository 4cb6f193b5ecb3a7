"""The life of the process: store, jobs and demonstration begin before the first browser comes and end cleanly.

What takes long (heavy imports, the demonstration's sandbox) goes on in threads: the process is healthy at once.
"""

import gc
import importlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread

from core import logs, runtime
from core.decide.promotion.book import install_activities
from core.decide.starter import install_rules
from core.errors import DanliuError
from core.flow.document import install_flow
from core.insight import live
from core.mapping.starter import install_starters
from core.services import accounts
from core.settings import load
from core.web.demonstration import Demonstration
from core.web.login import setup_code

log = logging.getLogger(__name__)
CONFIG, STORE = "DANLIU_CONFIG", "DANLIU_STORE"
"""Environment: the settings file and the store of this process, where they differ from the usual ones."""
# How long a thread may keep the interpreter while others wait. A page hands it over after each of its sixty messages: at
# the usual 5 ms, beside a busy pull, its refresh would take 300 ms longer.
_TURN_SECONDS = 0.0005
# Imported before the first page needs them: the first visitor would wait for a second or two.
_HEAVY = ("pandas", "pyarrow", "plotly.graph_objects", "plotly.io", "st_aggrid")


def prepare() -> dict[str, Any]:
    """Read the settings for this process; Streamlit's options that follow from them."""
    logs.configure()
    sys.setswitchinterval(_TURN_SECONDS)
    settings = load(os.environ.get(CONFIG, "config.toml"), store_url=os.environ.get(STORE))
    runtime.configure(settings)
    return {"server.port": settings.port}


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """For `st.App`: all of the above around the serving."""
    demonstration = Demonstration()
    try:
        await to_thread.run_sync(_start, demonstration)
        yield {}
    finally:
        await to_thread.run_sync(_stop, demonstration)


def _start(demonstration: Demonstration) -> None:
    logs.adopt()  # uvicorn's handlers exist only now
    try:
        store = runtime.store()
        runtime.vault()
        with store.engine.turn():  # of two processes that start at once, one installs
            install_starters(store)
            install_rules(store)
            install_activities(store)
            install_flow(store)
    except DanliuError as error:
        log.error("cannot start: %s", error, extra={"code": error.code})
        raise
    if accounts.awaits_first(store):
        log.info("no account yet; a first set-up from another machine asks for the code %s", setup_code())
    if not store.engine.shared:  # its sandbox serves this process alone
        demonstration.start()  # before the pulls, which are to wait for its shops
    runtime.scheduler().start()
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    log.info("started", extra={"store": store.url})


def _stop(demonstration: Demonstration) -> None:
    runtime.stop_scheduler()  # before the sandbox it may be pulling from
    demonstration.stop()
    runtime.close()
    log.info("stopped")


def _warm() -> None:
    """Import what pages need, then tell the garbage collector that all of it stays."""
    for name in _HEAVY:
        try:
            importlib.import_module(name)
        except ImportError as error:
            log.warning("not imported in advance: %s", error)
    from core.ui.registry import entries

    entries()
    _count_once()
    logs.adopt()
    gc.collect()
    gc.freeze()  # one third of the time of 50 live pages went into looking at these objects again and again


def _count_once() -> None:
    """The first look at a large pool reads it from the disk: nobody shall wait for that."""
    try:
        live.snapshot(runtime.store(), runtime.settings().zone)
    except Exception:  # who asks for the overview is told
        log.warning("not counted in advance", exc_info=True)
