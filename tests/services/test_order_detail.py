"""One order: masked for all, opened by right and audited, money by role, its raw payload for administrators."""

from datetime import UTC, datetime

import pytest

from core.errors import NotAllowed, NotFound
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import order_detail
from core.settings import Settings
from core.store import Store
from core.store.orders_search import order_key
from tests.factories import fill, granted

ADMIN, CS, ANALYST = (person(role, role) for role in ("admin", "cs", "analyst"))
WAREHOUSE = granted("warehouse", "warehouse", "orders.view")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KEY = order_key("taobao", "tm-flagship", "2600000000000120")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def pool(store: Store, vault: Vault) -> Store:
    fill(store, vault, 120, until=NOW)
    return store


def _audit(pool: Store) -> list[tuple[str, str, str]]:
    with pool.read() as cursor:
        return cursor.execute("SELECT action, subject, outcome FROM audit ORDER BY happened_at").fetchall()


def test_an_order_has_its_lines_refunds_and_events(pool: Store) -> None:
    found = order_detail.detail(ADMIN, pool, KEY)
    assert found.order["platform_no"] == "2600000000000120" and found.order["phone"] == "138****0120"
    assert [line["line_no"] for line in found.lines] == ["2600000000000120-1"]
    assert [refund["refund_no"] for refund in found.refunds] == ["R2600000000000120"]
    assert [event.event for event in found.events] == ["order_received"]


def test_the_hashes_and_the_digest_are_no_part_of_it(pool: Store) -> None:
    assert not {"phone_key", "recipient_key", "address_key", "digest"} & set(
        order_detail.detail(ADMIN, pool, KEY).order
    )


def test_the_warehouse_sees_no_amount_in_order_lines_and_refunds(pool: Store) -> None:
    found = order_detail.detail(WAREHOUSE, pool, KEY)
    for row in (found.order, *found.lines, *found.refunds):
        assert not [name for name in row if name.endswith("_fen")]


def test_opening_a_person_gives_the_original_and_leaves_a_trail(pool: Store, vault: Vault) -> None:
    opened = order_detail.open_person(CS, pool, vault, KEY)
    assert opened["phone"] == "13800000120" and "*" not in opened["recipient"]
    assert _audit(pool) == [("person.open", str(KEY), "done")]


@pytest.mark.parametrize("who", [WAREHOUSE, ANALYST], ids=lambda who: who.role)
def test_opening_without_the_right_shows_nothing_and_is_noted_as_denied(pool: Store, vault: Vault, who) -> None:
    with pytest.raises(NotAllowed):
        order_detail.open_person(who, pool, vault, KEY)
    assert _audit(pool) == [("person.open", str(KEY), "denied")]


def test_an_order_whose_platform_hides_the_person_opens_empty(pool: Store, vault: Vault) -> None:
    with pool.write() as cursor:
        cursor.execute("DELETE FROM order_persons")
    assert order_detail.open_person(CS, pool, vault, KEY) == {}


def test_raw_payloads_are_for_administrators_and_audited(pool: Store, vault: Vault) -> None:
    with pool.write() as cursor:
        cursor.execute(
            "INSERT INTO raw_batches VALUES ('b1', 'taobao', 'tm-flagship', 'orders', 'pull', ?, 2, 10, ?)",
            [NOW, vault.seal(b'["{}", "{\\"tid\\": 1}"]')],
        )
        cursor.execute(
            "INSERT INTO raw_payloads BY NAME SELECT ?::BIGINT AS order_key, 'orders' AS entity, 'b1' AS batch_id, "
            "1 AS place, ?::TIMESTAMPTZ AS received_at, '1' AS external_no",
            [KEY, NOW],
        )
    assert [payload.body for payload in order_detail.raw(ADMIN, pool, vault, KEY)] == ['{"tid": 1}']
    with pytest.raises(NotAllowed):
        order_detail.raw(CS, pool, vault, KEY)
    assert [row[2] for row in _audit(pool)] == ["done", "denied"]


def test_an_order_that_is_not_there_is_said_so(pool: Store) -> None:
    with pytest.raises(NotFound):
        order_detail.detail(ADMIN, pool, 1)
