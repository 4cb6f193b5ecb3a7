from datetime import UTC, datetime

import pytest

from core.i18n import speaking
from core.jobs.decide import decide_risk
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import order_decisions, rules
from core.settings import Settings
from core.store import Store
from tests.factories import granted

ADMIN, CS = person("admin", "admin"), person("cs", "cs")
WAREHOUSE = granted("warehouse", "warehouse", "orders.view")
ZONE = "Asia/Shanghai"


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def publish(store: Store, vault: Vault, fen: int) -> None:
    rule_list = [
        {
            "id": "big",
            "name": "大额",
            "when": {
                "all": [{"field": "paid_fen", "op": "gt", "value": fen}, {"field": "phone", "op": "ne", "value": "1"}]
            },
            "then": {"action": "freeze"},
        },
        {
            "id": "ip",
            "name": "同 IP",
            "when": {"count": "orders", "same": "ip", "within": "day", "op": "gt", "value": 8},
            "then": {"action": "review"},
        },
    ]
    body = {"kind": "risk", "name": "t", "mode": "live", "hit": "all", "rules": rule_list}
    rules.publish(ADMIN, store, vault, "risk", "t", rules.save(ADMIN, store, body).version)


def test_a_decision_is_told_in_the_words_of_its_own_version(store: Store, vault: Vault, settings: Settings) -> None:
    publish(store, vault, 10_000)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status, paid_at, pool_at, paid_fen, phone_key) "
            "VALUES (1, 'jd', 's', 'N1', 'PAID', ?, ?, 20000, 'hash')",
            [datetime(2026, 11, 3, 4, tzinfo=UTC)] * 2,
        )
    decide_risk(store, vault, settings)
    publish(store, vault, 99_900)
    with speaking("en"):
        (told,) = order_decisions.of_order(CS, store, 1, ZONE)
    assert (told.rule_set, told.version, told.mode, told.outcome) == ("t", 1, "live", "freeze")
    (hit,) = told.hits
    assert hit.name == "大额"
    assert "100.00" in hit.sentence
    assert hit.seen == {"paid_fen": 20_000}  # the phone's hash is never told
    (unknown,) = told.unknown
    assert (unknown.name, unknown.lacks) == ("同 IP", "orders/ip/day")
    (told,) = order_decisions.of_order(WAREHOUSE, store, 1, ZONE)
    assert told.hits[0].seen == {}


def test_an_order_that_no_rule_saw_has_no_decision(store: Store) -> None:
    assert order_decisions.of_order(CS, store, 5, ZONE) == []
