"""A real CUPS: its queue takes a job by IPP, knows it by name, and hands it to a printer. Skipped where cupsd is absent."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.channels.printers import ipp
from core.errors import BadSetup, TryAgain
from core.model.printing import IPP, PRINTED, SENDING
from core.settings import Settings
from core.store import Store, print_jobs
from core.store.printers import Printer
from tests.flow_orders import STRAIGHT, Shop, publish_flow
from tests.paper import codes, pages
from tests.payloads import rows
from tests.printing import Pretend, job, pretend, printer_of, put, send

CUPSD = shutil.which("cupsd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    CUPSD is None or os.name != "posix" or os.getuid() != 0, reason="cupsd is not installed, or this is not root"
)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


def _files(folder: Path, port: int, device: int) -> None:
    """A CUPS of its own below `folder`, with one raw queue that hands on to a socket."""
    for name in ("spool", "spool/tmp", "cache", "run", "log"):
        (folder / name).mkdir()
    (folder / "cupsd.conf").write_text(
        f"Listen 127.0.0.1:{port}\nBrowsing Off\nWebInterface No\nDefaultAuthType None\nPreserveJobHistory Yes\n"
        "<Location />\n  Order allow,deny\n  Allow all\n</Location>\n"
        "<Policy default>\n  <Limit All>\n    Order allow,deny\n    Allow all\n  </Limit>\n</Policy>\n",
        encoding="utf-8",
    )
    (folder / "cups-files.conf").write_text(
        f"ServerRoot {folder}\nRequestRoot {folder}/spool\nTempDir {folder}/spool/tmp\nCacheDir {folder}/cache\n"
        f"StateDir {folder}/run\nErrorLog {folder}/log/error\nAccessLog {folder}/log/access\nPageLog {folder}/log/page\n"
        "SystemGroup root\n",
        encoding="utf-8",
    )
    (folder / "printers.conf").write_text(
        f"<Printer raw>\nDeviceURI socket://127.0.0.1:{device}\nState Idle\nAccepting Yes\n</Printer>\n",
        encoding="utf-8",
    )


@pytest.fixture
def paper() -> Iterator[Pretend]:
    with pretend() as opened:
        yield opened


@pytest.fixture
def queue(paper: Pretend) -> Iterator[int]:
    """The port of a CUPS whose queue `raw` prints on `paper`."""
    port = _free()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)  # the back ends run as another account
        _files(folder, port, paper.port)
        running = subprocess.Popen(
            [str(CUPSD), "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            until = time.monotonic() + 10
            while time.monotonic() < until:
                with socket.socket() as line:
                    if line.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port
        finally:
            running.terminate()
            running.wait(10)


def _printer(port: int, name: str = "raw") -> Printer:
    return Printer("P1", "127.0.0.1", port, kind=IPP, queue=name)


def test_a_queue_of_cups_takes_a_pick_list_once_and_hands_it_on(
    store: Store, settings: Settings, queue: int, paper: Pretend
) -> None:
    publish_flow(store, STRAIGHT)
    shop = Shop(store, settings)
    shop.orders("1", "2")
    shop.drain()
    numbers = [row[0] for row in rows(store, "SELECT slip_no FROM slips ORDER BY 1")]
    printer_of(store, queue, kind=IPP, queue="raw")
    key = put(store, *numbers)
    send(store, settings, key)
    assert job(store, key).state == PRINTED
    assert paper.taken.wait(10)
    assert {code for page in pages(paper.jobs[0]) for code in codes(page)} >= set(numbers)

    with store.write() as cursor:  # as a process killed behind the last byte would leave it
        cursor.execute("UPDATE print_jobs SET state = ?", [SENDING])
    send(store, settings, key)
    assert job(store, key).state == PRINTED and len(paper.jobs) == 1

    other = put(store, numbers[0], reprint=True, again="r")  # killed before the first byte arrived
    opened = ipp._call(_printer(queue), ipp._CREATE_JOB, [ipp._WHO], b"")
    number = next(str(value) for name, value in ipp.attributes(opened) if name == "job-id")
    with store.write() as cursor:
        print_jobs.begin(cursor, other, "", number)
    paper.taken.clear()
    send(store, settings, other)
    assert paper.taken.wait(10) and len(paper.jobs) == 2 and job(store, other).state == PRINTED


def test_cups_tells_which_jobs_it_has_and_which_queues(queue: int) -> None:
    assert ipp.has(_printer(queue), "12345") is None and ipp.has(_printer(queue), "") is None
    begun: list[str] = []
    with pytest.raises(BadSetup):
        ipp.send(_printer(queue, "elsewhere"), b"%PDF-1.4", "k", begun.append)
    assert begun == []
    with pytest.raises(TryAgain):
        ipp.send(_printer(_free()), b"%PDF-1.4", "k", begun.append)
    assert begun == [] and ipp.has(_printer(_free()), "1") is None
