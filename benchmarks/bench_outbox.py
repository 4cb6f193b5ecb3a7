"""The outbox against the sandbox: dispatches a second of one process, every platform's limit obeyed.

`python benchmarks/bench_outbox.py [--each N] [--faults LIST]`, or pytest with a few orders of each shop, starts a sandbox in a process of its own, takes up to N
shippable orders of each shop, and delivers their dispatches; prints calls a second, by shop, refusals, and the CPU seconds of
this process. Slower shops (a platform lets an app call 10 times a second) end later: `rate_full` is the rate while all
shops still had work, `share` the part of 200 calls a second that it is.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.channels import deliver, shops  # noqa: E402
from core.channels.demo import Sample, ask  # noqa: E402
from core.errors import TryAgain  # noqa: E402
from core.people.vault import open_vault  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.store import open_store, outbox  # noqa: E402
from core.store.outbox import Message  # noqa: E402

WANTED = 200  # calls a second
FEW = 60  # orders of each shop when pytest runs it


def test_the_outbox_delivers_a_few_dispatches_of_every_shop(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Prints calls a second and what they are of those wanted; asserts that every message came to an end."""
    with _sandbox(days=3) as address:
        told = benchmark.pedantic(_run, args=(tmp_path, FEW, address), rounds=1, iterations=1)
    ended = sum(shop["done"] + shop["dead"] for shop in told["by_shop"])
    assert ended == told["messages"] > 0
    benchmark.extra_info.update(
        {name: told[name] for name in ("messages", "rate", "rate_full", "rate_by_cpu", "share")}
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=400)
    parser.add_argument("--faults", default="")
    parser.add_argument("--days", type=int, default=3)
    options = parser.parse_args()
    with _sandbox(options.days, options.faults) as address, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(_run(Path(folder), options.each, address), indent=1))


@contextmanager
def _sandbox(days: int, faults: str = "") -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "core", "sandbox", "--port", str(port), "--rate", "0", "--days", str(days)]
    box = subprocess.Popen([*command, *(["--faults", faults] if faults else [])], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        box.terminate()
        box.wait()


def _run(folder: Path, each: int, address: str) -> dict[str, Any]:
    sample = _started(address)
    truth = _truth(address)
    settings = Settings(store_url=f"duckdb:{folder / 's.duckdb'}", key_file=folder / "key", shops=tuple(sample.shops))
    store, vault = open_store(settings), open_vault(settings)
    assert shops.all_shops(store, settings)
    chosen: dict[str, list[Message]] = {}
    for order in truth["orders"]:
        mine = chosen.setdefault(order["shop"], [])
        if (
            order["status"] == "PAID"
            and not order["refunds"]
            and "hold" not in order["platform_status"]
            and len(mine) < each
        ):
            number = f"SF{len(mine):06d}{len(chosen)}"
            body = {"order_key": len(mine) * 10 + len(chosen), "courier": "SF", "tracking_no": number}
            mine.append(Message("dispatch", order["channel"], order["shop"], order["platform_no"], number, body))
    with store.write() as cursor:
        outbox.put(cursor, [message for mine in chosen.values() for message in mine])
    begun, cpu = time.perf_counter(), time.process_time()
    told = deliver.deliver(store, vault, settings, limit=1_000_000)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    with store.read() as cursor:
        by_shop = cursor.execute(
            "SELECT shop, count(*) FILTER (state = 'done'), count(*) FILTER (state = 'dead'), "
            "round(epoch(max(changed_at) - min(created_at)), 2) FROM outbox GROUP BY 1 ORDER BY 1"
        ).fetchall()
        full = cursor.execute(
            "SELECT count(*) / epoch(max(changed_at) - min(created_at)) FROM outbox WHERE changed_at <= "
            "(SELECT min(last) FROM (SELECT max(changed_at) AS last FROM outbox GROUP BY shop))"
        ).fetchone()
    store.close()
    return {
        "messages": sum(map(len, chosen.values())), "told": told, "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2),
        "rate": round(sum(told.values()) / seconds, 1), "rate_full": round(full[0], 1) if full else None,
        "rate_by_cpu": round(sum(told.values()) / cpu, 1), "share": round((full[0] if full else 0) / WANTED, 2),
        "by_shop": [{"shop": s, "done": d, "dead": x, "seconds": t} for s, d, x, t in by_shop],
    }  # fmt: skip


def _started(address: str) -> Sample:
    """What the sandbox has, once it answers."""
    for _attempt in range(150):
        try:
            return ask(address)
        except TryAgain:
            time.sleep(0.2)
    raise SystemExit("the sandbox does not answer")


def _truth(address: str) -> dict[str, list[dict]]:
    import requests

    return requests.get(f"{address}/sandbox/truth", timeout=60).json()


if __name__ == "__main__":
    main()
