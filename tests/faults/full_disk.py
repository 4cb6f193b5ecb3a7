"""A process whose files may not grow beyond a size, as on a full disk: `STORE KEY BYTES`. Says what it met."""

import os
import resource
import signal
import sys
from pathlib import Path

from core.settings import Settings
from core.store import open_store


def main() -> None:
    """Fill until something fails; one line a batch that was committed, then the error's name."""
    path, key, more = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    settings = Settings(store_url=f"duckdb:{path}", key_file=key, demo=False)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as on a full disk the write fails, nobody is killed
    store = open_store(settings)
    resource.setrlimit(resource.RLIMIT_FSIZE, (more, resource.RLIM_INFINITY))
    try:
        with store.write() as cursor:
            cursor.execute("CREATE TABLE ballast (batch INTEGER, text VARCHAR)")
        for batch in range(1_000):
            with store.write() as cursor:
                cursor.execute(
                    "INSERT INTO ballast SELECT ?, md5((i * 7919 + ?)::VARCHAR) FROM range(20000) r(i)", [batch, batch]
                )
            print("kept", batch, flush=True)  # noqa: T201 - the protocol
    except Exception as error:  # noqa: BLE001 - what it is, is the answer
        print("met", type(error).__name__, str(error)[:300].replace("\n", " "), flush=True)  # noqa: T201

    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with store.write() as cursor:  # somebody made room
        cursor.execute("INSERT INTO ballast VALUES (-1, 'room')")
    print("went on", flush=True)  # noqa: T201
    os._exit(0)  # and the power went


if __name__ == "__main__":
    main()
