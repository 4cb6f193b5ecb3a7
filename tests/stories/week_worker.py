"""One piece of a week's work as a process of its own, to be killed at any moment: `CONFIG SECONDS_AHEAD WORK`.

Work: `sync` and `run-flow` as on the command line; `pack` is a packer with a scanner; `deliver` sends the outbox until it is
empty, what would have to wait for another attempt at once.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from core import clock
from core.channels import deliver
from core.cli.main import main as command
from core.people.actor import person
from core.people.vault import open_vault
from core.services import packing
from core.services.packing import Desk, Parcel
from core.settings import load
from core.stock.settle import settle
from core.store import Store, open_store
from core.store.outbox import is_waiting
from core.warehouse.packing import HEAVIEST_G

PACKER = person("li", "warehouse")
ROUNDS = 40
_READY = (
    "SELECT s.slip_no, s.order_key FROM slips s JOIN orders o ON o.order_key = s.order_key WHERE s.state = 'made' "
    "AND s.printed_at IS NOT NULL AND o.status IN ('PICKING', 'LOGISTICS_ASSIGNED') AND NOT coalesce(o.held, false) "
    "ORDER BY 1"
)


def waybill(order_key: int) -> str:
    """The number of the waybill that the packer sticks on an order's parcel."""
    return f"SF{order_key % 10**15:015d}"


def pack(store: Store) -> None:
    """Scan every printed slip, its pieces, a weight and a waybill; what the desk refuses is put aside."""
    with store.read() as cursor:
        slips = cursor.execute(_READY).fetchall()
    for slip, order_key in slips:
        desk = packing.scan(PACKER, store, slip)
        if desk.answer.kind == "other_packer":
            desk = packing.take_over(PACKER, store, slip)
        for _step in range(60):
            if desk.packing is None or desk.parcel is None or desk.answer.kind == "packed":
                break
            if desk.answer.kind == "no_courier":
                desk = packing.choose_courier(PACKER, store, desk.packing.packing_id, "SF")
                continue
            if desk.answer.kind == "weight_off":
                desk = packing.accept_weight(PACKER, store, desk.packing.packing_id, "a sturdier box")
                continue
            said = _next(desk.parcel, order_key)
            before, desk = desk, packing.scan(PACKER, store, said, packing_id=desk.packing.packing_id)
            if desk.answer.kind in (
                "frozen",
                "refunded",
                "cancelled",
                "already_shipped",
                "already_packed",
                "not_ready",
            ):
                assert before.packing is not None
                packing.put_aside(PACKER, store, before.packing.packing_id)
                break


def _next(parcel: Parcel, order_key: int) -> str:
    if parcel.step == packing.ITEMS:
        item = next(item for item in parcel.items if parcel.scanned.get(item.line, 0) < item.qty)
        left = item.qty - parcel.scanned.get(item.line, 0)
        code = sorted(item.codes)[0]
        return f"{left}*{code}" if left > 1 else code
    if parcel.step == packing.WAYBILL:
        return waybill(order_key)
    return f"{min(parcel.expected_g or 500, HEAVIEST_G)}g"  # a heavier one goes on several scales: the packer says so


def send(config: str) -> None:
    """Send the outbox, what waits for another attempt too."""
    app = load(config)
    store, vault = open_store(app), open_vault(app)
    try:
        for _round in range(ROUNDS):
            deliver.deliver(store, vault, app)
            if not is_waiting(store):
                break
            with store.write() as cursor:
                cursor.execute("UPDATE outbox SET next_at = ? WHERE state = 'waiting'", [clock.now()])
    finally:
        store.close()


def _packed(config: str) -> Desk | None:
    store = open_store(load(config))
    try:
        pack(store)
    finally:
        store.close()
    return None


def _settled(config: str) -> None:
    """What the stock's job does every few seconds."""
    store = open_store(load(config))
    try:
        for _round in range(ROUNDS):
            if not settle(store).touched:
                break
    finally:
        store.close()


WORK: dict[str, Callable[[str], object]] = {
    "sync": lambda config: command(["sync", "--json", "--config", config]),
    "run-flow": lambda config: command(["run-flow", "--json", "--config", config]),
    "pack": _packed,
    "deliver": send,
    "settle": _settled,
    "backup": lambda config: command(["backup", str(Path(config).parent / "backups"), "--json", "--config", config]),
}


def work(config: str, seconds_ahead: float, name: str) -> int:
    """Do one piece with the clock that much ahead; the exit status."""
    with clock.ahead(timedelta(seconds=seconds_ahead)):
        return int(WORK[name](config) or 0)  # type: ignore[call-overload]


def main() -> int:
    """As a program."""
    config, seconds, name = sys.argv[1:4]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    return work(config, float(seconds), name)


if __name__ == "__main__":
    sys.exit(main())
