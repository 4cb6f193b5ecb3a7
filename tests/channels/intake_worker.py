"""A process for test_intake_crash: takes batch after batch in, says each one that is done, until it is killed."""

import sys
from pathlib import Path

from core.channels.intake import Batch, take_in
from core.people.vault import open_vault
from core.settings import Settings
from core.store import open_store
from tests.payloads import order


def bodies(batch: int) -> list[str]:
    """The payloads of a batch: 40 orders, half of them newer versions of the batch before."""
    return [order(str(batch * 20 + n), batch, note=f"b{batch}", phone=f"138{batch:04d}{n:04d}") for n in range(40)]


def main(store_url: str, key_file: str, first: int, last: int) -> None:
    settings = Settings(store_url=store_url, key_file=Path(key_file), demo=False)
    store, vault = open_store(settings), open_vault(settings)
    for batch in range(first, last):
        cursor = f"2026-11-22T00:{batch:02d}:00+00:00"
        take_in(store, vault, Batch("other", "s", "orders", "pull", bodies(batch), cursor=cursor))
        sys.stdout.write(f"{batch}\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
