from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import BadRequest, NotAllowed, NotFound
from core.jobs.decide import decide_risk
from core.people.actor import Actor, person
from core.people.vault import Vault, open_vault
from core.services import labels, rules
from core.settings import Settings
from core.store import Store, decisions, documents

ADMIN, LEAD, CS = (person(role, role) for role in ("admin", "lead", "cs"))
NOON = datetime(2026, 11, 3, 4, tzinfo=UTC)
ZONE = "Asia/Shanghai"


def body(fen: int, **more: Any) -> dict[str, Any]:
    rule = {
        "id": "big",
        "name": "big",
        "when": {"field": "paid_fen", "op": "gt", "value": fen},
        "then": {"action": "freeze"},
    }
    return {"kind": "risk", "name": "t", "mode": "live", "hit": "all", "rules": [rule], **more}


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def pool(store: Store) -> Store:
    with store.write() as cursor:
        for n in range(1, 6):
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no, status, paid_at, ordered_at, pool_at, paid_fen) "
                "VALUES (?, 'jd', 's', ?, 'PAID', ?, ?, ?, ?)",
                [n, f"N{n}", *[NOON + timedelta(minutes=n)] * 3, 100 * n],
            )
    return store


def publish(store: Store, vault: Vault, fen: int, **more: Any) -> int:
    draft = rules.save(ADMIN, store, body(fen, **more))
    return rules.publish(ADMIN, store, vault, "risk", "t", draft.version).version


def held(store: Store) -> list[int]:
    with store.read() as cursor:
        return [row[0] for row in cursor.execute("SELECT order_key FROM orders WHERE held ORDER BY 1").fetchall()]


def test_a_published_threshold_decides_the_next_orders_and_a_roll_back_the_ones_after(
    pool: Store, vault: Vault, settings: Settings
) -> None:
    publish(pool, vault, 400)
    assert decide_risk(pool, vault, settings) == 5
    assert held(pool) == [5]
    publish(pool, vault, 200)
    assert decide_risk(pool, vault, settings) == 0
    with pool.write() as cursor:
        cursor.execute("DELETE FROM decisions")
        cursor.execute("UPDATE orders SET held = false, held_reasons = NULL")
    assert decide_risk(pool, vault, settings) == 5
    assert held(pool) == [3, 4, 5]
    assert rules.roll_back(ADMIN, pool, "risk", "t", 1).version == 3
    assert [found.state for found in rules.history(ADMIN, pool, "risk", "t")] == [
        "published",
        "superseded",
        "superseded",
    ]
    with pool.read() as cursor:
        audited = cursor.execute("SELECT action FROM audit ORDER BY happened_at").fetchall()
    assert [row[0] for row in audited].count("rules.publish") == 2
    assert audited[-1][0] == "rules.roll_back"


def test_history_says_what_would_have_been_held_before_anything_is_saved(pool: Store, vault: Vault) -> None:
    publish(pool, vault, 400)
    (found,) = rules.try_out(LEAD, pool, vault, [("lower", body(200))], zone=ZONE, first=None, last=None)
    assert (found.orders, found.held, found.newly) == (5, 3, (4, 3))
    assert held(pool) == []
    assert decisions.of_order(pool, 5) == []


def test_applying_to_open_orders_changes_exactly_what_was_shown(pool: Store, vault: Vault, settings: Settings) -> None:
    publish(pool, vault, 400)
    decide_risk(pool, vault, settings)
    publish(pool, vault, 250)
    shown = rules.difference(ADMIN, pool, vault, zone=ZONE)
    assert (shown.hold, shown.release, shown.looked_at) == ((3, 4), (), 5)
    with pool.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED' WHERE order_key = 3")
    assert rules.apply(ADMIN, pool, vault, shown, zone=ZONE) == (1, 0)
    assert held(pool) == [4, 5]
    publish(pool, vault, 9999)
    shown = rules.difference(ADMIN, pool, vault, zone=ZONE)
    assert rules.apply(ADMIN, pool, vault, shown, zone=ZONE) == (0, 2)
    assert held(pool) == []


def test_a_set_whose_examples_fail_is_not_published(pool: Store, vault: Vault) -> None:
    draft = rules.save(ADMIN, pool, body(400, examples=[{"given": {"paid_fen": 500}, "expect": {"action": "allow"}}]))
    with pytest.raises(BadRequest, match=r"examples\[0\]"):
        rules.publish(ADMIN, pool, vault, "risk", "t", draft.version)
    assert documents.published(pool, "risk", "t") is None


def test_an_invalid_draft_is_refused_with_its_place_and_changes_nothing(pool: Store) -> None:
    with pytest.raises(BadRequest, match=r"rules\[0\].when"):
        rules.save(
            ADMIN,
            pool,
            body(1, rules=[{"id": "x", "when": {"field": "nope", "op": "eq"}, "then": {"action": "freeze"}}]),
        )
    with pytest.raises(NotFound):
        rules.newest(ADMIN, pool, "risk", "t")


def test_what_differs_between_versions_is_said_in_sentences(pool: Store) -> None:
    found = rules.changes(body(100), body(200, mode="shadow"), pool)
    assert [key for key, _before, _after in found] == ["mode", "big"]
    assert "1.00" in found[1][1]
    assert "2.00" in found[1][2]


@pytest.mark.parametrize("actor", [CS, LEAD])
def test_only_an_administrator_changes_rules_and_a_denied_call_changes_nothing(
    pool: Store, vault: Vault, actor: Actor
) -> None:
    publish(pool, vault, 400)
    shown = rules.difference(ADMIN, pool, vault, zone=ZONE)
    for call in (
        lambda: rules.save(actor, pool, body(1)),
        lambda: rules.publish(actor, pool, vault, "risk", "t", 1),
        lambda: rules.roll_back(actor, pool, "risk", "t", 1),
        lambda: rules.apply(actor, pool, vault, shown, zone=ZONE),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert [found.version for found in documents.history(pool, "risk", "t")] == [1]
    assert held(pool) == []
    with pool.read() as cursor:
        denied = cursor.execute("SELECT count(*) FROM audit WHERE outcome = 'denied'").fetchone()
    assert denied == (4,)


def test_applying_keeps_review_apart_from_freezing_and_never_undoes_a_persons_word(
    pool: Store, vault: Vault, settings: Settings
) -> None:
    publish(pool, vault, 200)
    decide_risk(pool, vault, settings)
    labels.release(LEAD, pool, [3])
    labels.reject(LEAD, pool, [4])
    again = body(100)
    again["rules"][0]["then"] = {"action": "review"}
    rules.publish(ADMIN, pool, vault, "risk", "t", rules.save(ADMIN, pool, again).version)
    shown = rules.difference(ADMIN, pool, vault, zone=ZONE)
    assert (shown.hold, shown.release, shown.review) == ((2,), (), frozenset({2}))
    rules.apply(ADMIN, pool, vault, shown, zone=ZONE)
    with pool.read() as cursor:
        reasons = cursor.execute("SELECT order_key, held_reasons FROM orders WHERE held ORDER BY 1").fetchall()
    assert reasons == [(2, '["risk_review"]'), (4, '["risk_freeze"]'), (5, '["risk_freeze"]')]
    publish(pool, vault, 9999)
    assert rules.difference(ADMIN, pool, vault, zone=ZONE).release == (2, 5)
