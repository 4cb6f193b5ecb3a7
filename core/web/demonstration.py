"""The demonstration: the sandbox of pretend platforms as a child process, watched until it is switched off.

Everything happens in a thread of its own; the pages are there at once and the orders follow.
"""

import logging
import socket
import subprocess
import sys
import threading

import streamlit as st

from core import runtime
from core.channels.demo import SILENT, ask
from core.people.actor import SYSTEM
from core.services import demo
from core.settings import ROOT

log = logging.getLogger(__name__)
PORT_ABOVE = 99  # the sandbox listens this far above the pages (its printer one further)
_LOOK_EVERY = 2.0  # seconds
_AGAIN_AFTER = 10.0  # seconds
_ORDERS_PER_MINUTE, _DAYS = 8, 1


class Demonstration:
    """Runs while the setting asks for it and nobody has switched it off on the page."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in the background, where it is wanted."""
        if _is_wanted():
            SILENT.set()
            self._thread = threading.Thread(target=self._watch, name="demonstration", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the child; safe to call twice, and when it was never started."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(10)
        self._end_child()

    def _watch(self) -> None:
        port = st.get_option("server.port") + PORT_ABOVE
        try:
            while _is_wanted() and not self._over.is_set():
                if self._child is None:
                    self._child = _sandbox(port)
                elif self._child.poll() is not None:
                    SILENT.set()
                    log.warning("the sandbox ended with %s; again in %g s", self._child.returncode, _AGAIN_AFTER)
                    self._child = None
                    self._over.wait(_AGAIN_AFTER)
                elif SILENT.is_set() and _answers(port):
                    # At each start: the shops' addresses hold the port, and the sandbox's stock begins anew.
                    demo.begin(SYSTEM, runtime.store(), runtime.vault(), ask(f"http://127.0.0.1:{port}"))
                    SILENT.clear()
                self._over.wait(0.2 if SILENT.is_set() else _LOOK_EVERY)
        except Exception:  # the demonstration is no reason to end the process
            log.exception("the demonstration ended")
        finally:
            self._end_child()
            SILENT.clear()  # shops that are still there fail in their own words

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdin is not None:
            child.stdin.close()


def _is_wanted() -> bool:
    return runtime.settings().demo and not demo.is_ended(runtime.store())


def _sandbox(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "core", "sandbox", "--port", str(port)]
    command += ["--rate", str(_ORDERS_PER_MINUTE), "--days", str(_DAYS), "--attended"]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True
