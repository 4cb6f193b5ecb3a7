import json
from datetime import UTC, datetime, timedelta
from typing import Any

from core.decide import risk
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, decisions, documents

NOON = datetime(2026, 11, 3, 4, tzinfo=UTC)


def order(store: Store, key: int, **fields: Any) -> None:
    row = {
        "order_key": key, "channel": "jd", "shop": "s", "platform_no": f"N{key}", "status": "PAID", "pool_at": NOON,
        "ordered_at": NOON + timedelta(minutes=key), "paid_at": NOON + timedelta(minutes=key), "paid_fen": 1000, **fields,
    }  # fmt: skip
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO orders ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )


def publish(store: Store, *rules: dict[str, Any], name: str = "starter", mode: str = "live") -> int:
    body = {
        "kind": "risk",
        "name": name,
        "mode": mode,
        "hit": "all",
        "rules": list(rules),
        "otherwise": {"action": "allow"},
    }
    draft = documents.save_draft(store, "risk", name, body, author="test")
    return documents.publish(store, "risk", name, draft.version).version


def rule(name: str, when: dict[str, Any], action: str, **then: Any) -> dict[str, Any]:
    return {"id": name, "when": when, "then": {"action": action, **then}}


BURST = rule("burst", {"count": "orders", "same": "phone", "within": "day", "op": "gt", "value": 2}, "freeze")


def judge(store: Store, settings: Settings, *keys: int) -> risk.Judged:
    return risk.judge(store, open_vault(settings), keys, settings.zone)


def held(store: Store) -> dict[int, list[str]]:
    with store.read() as cursor:
        rows = cursor.execute("SELECT order_key, held_reasons FROM orders WHERE held ORDER BY order_key").fetchall()
    return {key: json.loads(reasons) for key, reasons in rows}


def test_a_burst_freezes_the_order_and_the_earlier_unshipped_ones_of_its_window(
    store: Store, settings: Settings
) -> None:
    publish(store, BURST)
    order(store, 1, phone_key="p")
    order(store, 2, phone_key="p", status="SHIPPED")
    judge(store, settings, 1, 2)
    order(store, 3, phone_key="p")
    order(store, 4, phone_key="other")
    judged = judge(store, settings, 3, 4)
    assert held(store) == {1: ["risk_freeze"], 3: ["risk_freeze"]}
    assert (judged.outcomes, judged.frozen_earlier) == ({"freeze": 1, "allow": 1}, 1)


def test_deciding_open_orders_anew_holds_and_lets_go_as_their_arrival_would(store: Store, settings: Settings) -> None:
    for key in range(1, 5):
        order(store, key, phone_key="p", status="SHIPPED" if key == 1 else "PAID")
    publish(store, BURST)
    shown = risk.difference(store, open_vault(settings), settings.zone)
    assert (shown.hold, shown.release) == ((2, 3, 4), ())  # 3 and 4 go over the count, 2 came before them
    judge(store, settings, 2, 3, 4)
    shown = risk.difference(store, open_vault(settings), settings.zone)
    assert (shown.hold, shown.release) == ((), ())


def test_a_decision_keeps_rule_version_evidence_and_why_a_rule_could_not_be_evaluated(
    store: Store, settings: Settings
) -> None:
    version = publish(store, BURST, rule("rich", {"field": "paid_fen", "op": "gt", "value": 500}, "review"))
    order(store, 1, phone_key=None)
    judge(store, settings, 1)
    (found,) = decisions.of_order(store, 1)
    assert (found["version"], found["outcome"], found["rules"]) == (version, "review", ["rich"])
    assert found["evidence"] == {"rich": {"paid_fen": 1000}}
    assert found["missing"] == {"burst": "orders/phone/day"}


def test_allow_wins_over_freeze_and_its_orders_are_not_frozen_later(store: Store, settings: Settings) -> None:
    publish(store, BURST, rule("vip", {"field": "buyer_id", "op": "eq", "value": "vip"}, "allow"))
    for key in (1, 2, 3):
        order(store, key, phone_key="p", buyer_id="vip")
    judge(store, settings, 1, 2, 3)
    order(store, 4, phone_key="p")
    judge(store, settings, 4)
    assert held(store) == {4: ["risk_freeze"]}


def test_a_shadow_set_is_kept_beside_and_changes_nothing(store: Store, settings: Settings) -> None:
    publish(store, rule("all", {"all": []}, "freeze"), mode="shadow")
    order(store, 1)
    judge(store, settings, 1)
    (found,) = decisions.of_order(store, 1)
    assert (found["mode"], found["outcome"]) == ("shadow", "freeze")
    assert held(store) == {}


def test_tags_are_put_on_and_the_strongest_action_counts(store: Store, settings: Settings) -> None:
    publish(store, rule("t", {"all": []}, "tag", tag="watch"), rule("r", {"all": []}, "review"))
    publish(store, rule("t2", {"all": []}, "tag", tag="look"), name="second")
    order(store, 1)
    judge(store, settings, 1)
    assert held(store) == {1: ["risk_review"]}
    with store.read() as cursor:
        assert cursor.execute("SELECT tags FROM orders").fetchone() == ('["look"]',)


def test_a_published_change_decides_the_next_batch_and_a_broken_one_keeps_the_last_good(
    store: Store, settings: Settings
) -> None:
    publish(store, rule("rich", {"field": "paid_fen", "op": "gt", "value": 5000}, "freeze"))
    order(store, 1)
    judge(store, settings, 1)
    publish(store, rule("rich", {"field": "paid_fen", "op": "gt", "value": 500}, "freeze"))
    order(store, 2)
    judge(store, settings, 2)
    publish(store, rule("rich", {"field": "no_such", "op": "gt", "value": 1}, "freeze"))
    order(store, 3)
    judge(store, settings, 3)
    assert list(held(store)) == [2, 3]
    assert list(risk.rulebook(store).problems) == ["starter"]


def test_live_in_batches_gives_what_a_replay_of_all_at_once_gives(store: Store, settings: Settings) -> None:
    publish(store, {**BURST, "then": {"action": "review"}})
    for key in range(1, 13):
        order(store, key, phone_key="pq"[key % 2])
        judge(store, settings, key)
    step = {key: decisions.of_order(store, key)[0]["outcome"] for key in range(1, 13)}
    with store.write() as cursor:
        cursor.execute("DELETE FROM decisions")
    judge(store, settings, *range(1, 13))
    assert {key: decisions.of_order(store, key)[0]["outcome"] for key in range(1, 13)} == step
    assert sum(outcome == "review" for outcome in step.values()) == 8
