"""The seed's three risk rules as they ship, told from the operator's side; thresholds tried, published, rolled back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.decide.starter import install_rules
from core.i18n import speaking
from core.jobs.decide import decide_risk
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import audit_trail, order_decisions, rules
from core.settings import Settings
from core.store import Store, decisions, documents
from core.store.audit_trail import Wanted

NOON = datetime(2026, 11, 3, 4, tzinfo=UTC)
ZONE = "Asia/Shanghai"
ADMIN = person("admin", "admin")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def shop(store: Store) -> Store:
    """A store as it comes: the three rules are in force, the recommended set watches."""
    install_rules(store)
    return store


def pay(store: Store, key: int, *lines: tuple[int, int], **fields: Any) -> None:
    """An order of (quantity, unit price in fen), paid `key` minutes after noon unless said otherwise."""
    paid = NOON + timedelta(minutes=key)
    row = {
        "order_key": key, "channel": "mini_program", "shop": "s", "platform_no": f"N{key}", "status": "PAID", "pool_at": paid,
        "ordered_at": paid, "paid_at": paid, "paid_fen": 5000, **fields,
    }  # fmt: skip
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO orders ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )
        for n, (qty, price) in enumerate(lines, 1):
            cursor.execute(
                "INSERT INTO order_lines (order_key, line_no, sku, qty, unit_price_fen) VALUES (?, ?, 'HOT', ?, ?)",
                [key, str(n), qty, price],
            )


def held(store: Store) -> list[int]:
    with store.read() as cursor:
        return [row[0] for row in cursor.execute("SELECT order_key FROM orders WHERE held ORDER BY 1").fetchall()]


def test_given_five_orders_of_one_phone_on_a_day_when_the_sixth_is_paid_then_it_and_the_unshipped_five_are_frozen(
    shop: Store, vault: Vault, settings: Settings
) -> None:
    for key in range(1, 6):
        pay(shop, key, phone_key="p", status="SHIPPED" if key == 1 else "PAID")
    decide_risk(shop, vault, settings)
    assert held(shop) == []
    pay(shop, 6, phone_key="p")
    pay(shop, 7, phone_key="somebody else")
    decide_risk(shop, vault, settings)
    assert held(shop) == [2, 3, 4, 5, 6]
    with speaking("en"):
        decided = order_decisions.of_order(ADMIN, shop, 6, ZONE)
        told = next(d for d in decided if d.rule_set == "starter").hits[0]
        name = told.name
    assert (name, told.seen) == ("Many orders by one phone in a day", {"orders/phone/day": 6})


def test_given_eight_orders_from_one_ip_on_a_day_when_the_ninth_is_paid_then_it_is_frozen_and_the_next_day_begins_anew(
    shop: Store, vault: Vault, settings: Settings
) -> None:
    for key in range(1, 9):
        pay(shop, key, ip="203.0.113.9", phone_key=f"p{key}")
    decide_risk(shop, vault, settings)
    assert held(shop) == []
    midnight = NOON + timedelta(hours=12)
    pay(shop, 9, ip="203.0.113.9", ordered_at=midnight, paid_at=midnight)
    decide_risk(shop, vault, settings)
    assert held(shop) == []
    pay(shop, 10, ip="203.0.113.9")
    decide_risk(shop, vault, settings)
    assert held(shop) == [1, 2, 3, 4, 5, 6, 7, 8, 10]


@pytest.mark.parametrize(
    ("hours", "qty", "price", "frozen"),
    [(2, 10, 1990, True), (2, 9, 1990, False), (2, 10, 2001, False), (26, 10, 1990, False)],
)
def test_given_an_account_of_a_few_hours_when_its_first_order_takes_many_cheap_pieces_then_it_is_frozen(
    shop: Store, vault: Vault, settings: Settings, hours: int, qty: int, price: int, frozen: bool
) -> None:
    paid = NOON + timedelta(minutes=1)
    pay(shop, 1, (qty, price), buyer_id="new", account_registered_at=paid - timedelta(hours=hours))
    decide_risk(shop, vault, settings)
    assert held(shop) == ([1] if frozen else [])


def test_given_an_order_without_ip_and_account_age_then_those_rules_are_not_evaluable_and_it_says_so(
    shop: Store, vault: Vault, settings: Settings
) -> None:
    pay(shop, 1, (50, 990), phone_key="p")
    decide_risk(shop, vault, settings)
    (found,) = [d for d in decisions.of_order(shop, 1) if d["rule_set"] == "starter"]
    assert found["outcome"] == "allow"
    assert found["missing"] == {"ip-day": "orders/ip/day", "new-account-bulk": "account_age_hours"}


def test_given_a_threshold_raised_after_seeing_last_months_orders_then_the_next_order_is_decided_by_it_until_rolled_back(
    shop: Store, vault: Vault, settings: Settings
) -> None:
    # given a month with a burst of seven and one of eight
    for burst, size in ((0, 7), (1, 8)):
        for n in range(size):
            key = 100 * (burst + 1) + n
            pay(shop, key, phone_key=f"p{burst}", status="COMPLETED", paid_at=NOON - timedelta(days=9, minutes=-key),
                ordered_at=NOON - timedelta(days=9, minutes=-key))  # fmt: skip
    live = documents.published(shop, "risk", "starter")
    assert live is not None
    body = {**live.body, "rules": [dict(rule) for rule in live.body["rules"]]}
    body["rules"][0]["when"] = {**body["rules"][0]["when"], "value": 7}
    # when the operator tries seven instead of five
    period = {"zone": ZONE, "first": date(2026, 10, 4), "last": date(2026, 11, 3)}
    (seen,) = rules.try_out(ADMIN, shop, vault, [("seven", body)], **period)
    # then it is seen which orders would have been held, before anything is saved
    assert (seen.orders, seen.held, sorted(seen.no_longer), seen.newly) == (15, 1, [105, 106, 205, 206], ())
    assert documents.history(shop, "risk", "starter")[0].version == live.version
    # when it is published, the next orders are decided by it
    draft = rules.save(ADMIN, shop, body)
    rules.publish(ADMIN, shop, vault, "risk", "starter", draft.version)
    for key in range(1, 8):
        pay(shop, key, phone_key="q")
    decide_risk(shop, vault, settings)
    assert held(shop) == []
    # and rolled back, the ones after that by the old one
    rules.roll_back(ADMIN, shop, "risk", "starter", live.version)
    pay(shop, 8, phone_key="q")
    decide_risk(shop, vault, settings)
    assert 8 in held(shop)
    entries, _total = audit_trail.page(ADMIN, shop, Wanted())
    assert [e.action for e in entries if e.action.startswith("rules.")] == [
        "rules.roll_back",
        "rules.publish",
        "rules.save",
    ]
