"""Processes that are ready at once: one that has read all code forks the others, so that hundreds can be killed in minutes.

`Warm(config)` keeps the ready process; `begin` forks one that does a piece of work of tests/stories/week_worker.py. Run as a
program it is the ready process itself: it reads {"ahead": seconds, "work": name}, forks, writes the pid, then the status.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from core.settings import ROOT


class Warm:
    """The ready process of one configuration. What its children say goes to the file `said`."""

    def __init__(self, config: str, said: Path) -> None:
        self.said = said
        command = [sys.executable, "-m", "tests.faults.warm", config, str(said)]
        quiet = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet
        )
        assert self._read() == "ready"

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def begin(self, work: str, ahead: float) -> int:
        """Fork a process that does the work; its id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"ahead": ahead, "work": work}) + "\n")
        self._process.stdin.flush()
        return int(self._read())

    def end(self, pid: int, *, kill: bool = False) -> int:
        """Wait for its end, or kill it -9; its exit status, -9 for a killed one."""
        if kill:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return int(self._read())

    def is_running(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def main() -> None:
    """Fork a process for every line that is read."""
    from core.runtime import scheduler  # noqa: F401 - reads nearly all code
    from tests.stories import week_worker

    config, said = sys.argv[1:3]
    print("ready", flush=True)  # noqa: T201 - the protocol
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1)
            os.dup2(out, 2)
            status = 1
            try:
                status = week_worker.work(config, wanted["ahead"], wanted["work"])
            except BaseException:  # noqa: BLE001 - the zygote must outlive whatever the work does
                sys.excepthook(*sys.exc_info())
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        print(pid, flush=True)  # noqa: T201
        _pid, ended = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
