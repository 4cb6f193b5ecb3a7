"""A process that sends the outbox of a store until it is killed. Arguments: the folder of the store, the sandbox's shops as JSON."""

import json
import sys
import time
from pathlib import Path

from core import clock
from core.channels import deliver
from core.people.vault import open_vault
from core.settings import Settings
from core.store import open_store


def settings(folder: Path, shops: list[dict]) -> Settings:
    """The settings of the story's store."""
    return Settings(store_url=f"duckdb:{folder / 's.duckdb'}", key_file=folder / "key", shops=tuple(shops))


def main() -> None:
    """Send, and let what has to wait be due at once."""
    folder = Path(sys.argv[1])
    app = settings(folder, json.loads(sys.argv[2]))
    store, vault = open_store(app), open_vault(app)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        if not deliver.deliver(store, vault, app):
            with store.write() as cursor:
                cursor.execute("UPDATE outbox SET next_at = ? WHERE state = 'waiting'", [clock.now()])
            time.sleep(0.05)


if __name__ == "__main__":
    main()
