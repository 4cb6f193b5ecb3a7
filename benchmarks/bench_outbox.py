"""The outbox against the sandbox: dispatches a second of one process, every platform's limit obeyed.

`python benchmarks/bench_outbox.py [--seconds N] [--sandboxes N] [--faults LIST]`, or pytest with a few orders of each shop,
starts sandboxes in processes of their own, takes as many shippable orders of each shop as its platform's limit lets out in N
seconds, and delivers their dispatches; prints calls a second, by platform, refusals, and the CPU seconds of this process. The platforms' limits add up to 190 calls a second
over the six shops of one sandbox (10 for Taobao and JD, 20, 40 and 100 for the others), so that one alone cannot take 200: `limit` is their
sum. `rate` is of all calls until the last one, `share` the part of 200 that it is.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.channels import deliver, registry, shops  # noqa: E402
from core.channels.demo import Sample, ask  # noqa: E402
from core.channels.http import Answer, Http, Request  # noqa: E402
from core.errors import TryAgain  # noqa: E402
from core.people.vault import open_vault  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.store import open_store, outbox  # noqa: E402
from core.store.outbox import Message  # noqa: E402

WANTED = 200  # calls a second
CALLS = {"wechat": 2}  # to one message where it takes more than one: WeChat is asked for the order's goods first
FEW = 1.0  # seconds' worth of orders of each shop when pytest runs it


def test_the_outbox_delivers_a_few_dispatches_of_every_shop(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Prints calls a second and what they are of those wanted; asserts that every message came to an end."""
    with ExitStack() as stack:
        addresses = [stack.enter_context(_sandbox(days=1)) for _each in range(2)]
        told = benchmark.pedantic(_run, args=(tmp_path, FEW, addresses), rounds=1, iterations=1)
    ended = sum(one["done"] + one["dead"] for one in told["by_platform"])
    assert ended == told["messages"] > 0
    benchmark.extra_info.update({name: told[name] for name in ("messages", "limit", "rate", "rate_by_cpu", "share")})


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--faults", default="")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--sandboxes", type=int, default=2)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        addresses = [
            stack.enter_context(_sandbox(options.days, options.faults, seed)) for seed in range(options.sandboxes)
        ]
        print(json.dumps(_run(folder, options.seconds, addresses) | {"load": os.getloadavg()[0]}, indent=1))


@contextmanager
def _sandbox(days: int, faults: str = "", seed: int = 1) -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "core", "sandbox", "--port", str(port), "--rate", "6", "--days", str(days),
               "--seed", str(seed)]  # fmt: skip
    box = subprocess.Popen([*command, *(["--faults", faults] if faults else [])], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        box.terminate()
        box.wait()


def _run(folder: Path, seconds: float, addresses: list[str]) -> dict[str, Any]:
    listed, messages = [], []
    for number, address in enumerate(addresses):
        listed += [{**shop, "shop": f"{shop['shop']}-{number}"} for shop in _started(address).shops]
        messages += _messages(address, number, seconds)
    settings = Settings(store_url=f"duckdb:{folder / 's.duckdb'}", key_file=folder / "key", shops=tuple(listed))
    store, vault = open_store(settings), open_vault(settings)
    found = shops.all_shops(store, settings)
    deliver.kinds()  # imported at the first delivery of a process
    with store.write() as cursor:
        outbox.put(cursor, messages)
    calls = _counted()
    begun, cpu = time.perf_counter(), time.process_time()
    told = deliver.deliver(store, vault, settings, limit=1_000_000)
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    with store.read() as cursor:
        by_platform = cursor.execute(
            "SELECT channel, count(*) FILTER (state = 'done'), count(*) FILTER (state = 'dead'), "
            "round(epoch(max(changed_at) - min(created_at)), 2) FROM outbox GROUP BY 1 ORDER BY 1"
        ).fetchall()
    store.close()
    limit = sum(registry.connectors()[shop.connector].calls_per_second for shop in found)
    return {
        "messages": len(messages), "told": told, "calls": len(calls), "seconds": round(took, 2), "cpu_seconds": round(cpu, 2), "limit": limit,
        "rate": round(len(calls) / took, 1), "rate_by_cpu": round(len(calls) / cpu, 1),
        "share": round(len(calls) / took / WANTED, 2),
        "by_platform": [{"channel": c, "done": d, "dead": x, "seconds": t} for c, d, x, t in by_platform],
    }  # fmt: skip


def _messages(address: str, number: int, seconds: float) -> list[Message]:
    """Dispatches of shippable orders of a sandbox, of each shop as many as may go out in that time."""
    allowed = {
        kind.channel: kind.calls_per_second / CALLS.get(kind.channel, 1) for kind in registry.connectors().values()
    }
    chosen: dict[str, list[Message]] = {}
    for order in _truth(address)["orders"]:
        mine = chosen.setdefault(order["shop"], [])
        if (
            order["status"] == "PAID"
            and not order["refunds"]
            and "hold" not in order["platform_status"]
            and len(mine) < seconds * allowed[order["channel"]]
        ):
            key = f"SF{number}{len(mine):06d}{len(chosen)}"
            body = {"order_key": (len(mine) * 10 + len(chosen)) * 100 + number, "courier": "SF", "tracking_no": key}
            shop = f"{order['shop']}-{number}"
            mine.append(Message("dispatch", order["channel"], shop, order["platform_no"], key, body))
    return [message for mine in chosen.values() for message in mine]


def _counted() -> list[int]:
    """A list that grows by each call that goes out from now on."""
    calls: list[int] = []
    send = Http._send

    def counting(self: Http, request: Request) -> Answer:
        calls.append(1)
        return send(self, request)

    Http._send = counting  # type: ignore[method-assign]
    return calls


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
