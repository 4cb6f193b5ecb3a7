"""A pull never takes away, and never counts, the lines that a promotion of ours gave."""

import json

import pytest

from core.channels.intake import Batch, Intake, take_in
from core.decide import offers
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store
from tests.payloads import order
from tests.payloads import publish as publish_mappings
from tests.promotion_orders import BUY_3_GET_1, ZONE, free, gift, gift_lines, publish, rows


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def take(store: Store, vault: Vault, qty: int, modified: str, **fields: object) -> Intake:
    lines = [{"id": "1", "sku": "CAT", "qty": str(qty), "price": "10.00", "paid": f"{qty * 10}.00"}]
    body = json.loads(order("N1", paid_at="2026-11-03 12:00:00", modified=modified, state="paid", lines=lines))
    return take_in(store, vault, Batch("other", "s", "orders", "pull", [json.dumps({**body, **fields})]))


def test_gift_lines_outlive_a_pull_and_follow_a_changed_quantity(store: Store, vault: Vault) -> None:
    publish_mappings(store)
    gift(store, 9)
    publish(store, BUY_3_GET_1)
    take(store, vault, 3, "2026-11-03 12:00:00")
    offers.decide(store, ZONE)
    assert free(store) == 8
    # a newer payload with the same lines changes the note only
    changed = take(store, vault, 3, "2026-11-03 12:05:00", note="please wrap")
    assert (changed.updated, len(gift_lines(store)), offers.recheck(store, ZONE).orders) == (1, 1, 0)
    detail = rows(store, "SELECT detail FROM order_events WHERE event = 'order_changed'")[0][0]
    assert "lines" not in json.loads(detail)
    # a payload that changes the lines replaces the platform's own only; the gifts follow by themselves
    take(store, vault, 6, "2026-11-03 12:10:00")
    assert rows(store, "SELECT sku, qty FROM order_lines ORDER BY sku") == [("CAT", 6), ("GIFT", 1)]
    offers.recheck(store, ZONE)
    assert rows(store, "SELECT sku, qty FROM order_lines ORDER BY sku") == [("CAT", 6), ("GIFT", 2)]
    assert (free(store), rows(store, "SELECT line_count, unit_count FROM orders")) == (7, [(1, 6)])
