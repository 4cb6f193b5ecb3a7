"""Alerts by rule and role: what happened is told once, a storm is one message, receivers check signatures for real."""

import json
import socket
from datetime import timedelta

import httpx2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Receiving

from core import clock
from core.channels import deliver
from core.channels.sandbox.server import Sandbox
from core.channels.sandbox.surroundings import ROBOT_SECRETS
from core.errors import BadRequest, NotAllowed
from core.jobs.robots import find_alerts, tell_robots
from core.people.actor import person
from core.services import alerts, robots
from core.settings import Settings
from core.store import Store, holds
from core.store.alert_rules import Rule
from tests.flow_orders import STRAIGHT, Shop, publish_flow
from tests.payloads import rows

ADMIN, LEAD, CS = person("ada", "admin"), person("lena", "lead"), person("carl", "cs")
HOOK = {"url": "http://127.0.0.1:9/robot", "secret": "s"}


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    publish_flow(store, STRAIGHT)
    return Shop(store, settings)


def robot(shop: Shop, name: str = "leads", role: str = "lead", kind: str = "dingtalk", **values: str) -> None:
    robots.save(ADMIN, shop.store, shop.vault, name, kind, values or HOOK, role=role)


def rule(shop: Shop, name: str = "all", events: tuple[str, ...] = ("held:refund_open",), **rest: object) -> Rule:
    made = Rule(name, events, **{"roles": ("lead",), **rest})  # type: ignore[arg-type]
    alerts.save_rule(ADMIN, shop.store, made)
    look(shop)
    return made


def look(shop: Shop, minutes: float = 0) -> list[tuple[str, str]]:
    """One round of the jobs, some minutes on; what was put into the outbox: (robot, text)."""
    before = {row[0] for row in rows(shop.store, "SELECT outbox_id FROM outbox")}
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        find_alerts(shop.store, shop.vault, shop.settings)
        tell_robots(shop.store, shop.vault, shop.settings)
    new = rows(shop.store, "SELECT outbox_id, shop, body FROM outbox WHERE kind = 'notify' ORDER BY shop")
    return [
        (robot, "\n".join(json.loads(body)[part] for part in ("title", "text")))
        for ident, robot, body in new
        if ident not in before
    ]


def test_a_refund_stop_is_told_once_to_the_robot_that_the_role_reads(shop: Shop) -> None:
    robot(shop)
    robot(shop, "shed", "warehouse")
    rule(shop)
    shop.orders("1", "2")
    shop.refund("1")
    shop.drain()
    assert look(shop) == [("leads", "买家申请退款：1 单\n1")]
    assert look(shop, 5) == []


def test_what_happened_before_the_first_rule_is_not_told(shop: Shop) -> None:
    robot(shop)
    shop.orders("1")
    shop.refund("1")
    shop.drain()
    with clock.frozen(clock.now() + timedelta(minutes=30)):
        rule(shop)
        assert look(shop) == []


def test_a_storm_is_one_message_and_what_follows_gathers_until_the_rule_says(shop: Shop) -> None:
    robot(shop)
    rule(shop, events=("held:person", "held:risk_freeze"), wait_minutes=10)
    numbers = [f"{n:03d}" for n in range(300)]
    shop.orders(*numbers)
    keys = [row[0] for row in rows(shop.store, "SELECT order_key FROM orders ORDER BY platform_no")]

    def hold(chosen: list[int], reason: str = "person") -> None:
        with shop.store.write() as cursor:
            holds.add(cursor, chosen, reason, actor="x")

    hold(keys[:200])
    hold(keys[200:], "risk_freeze")
    ((name, text),) = look(shop)
    assert name == "leads" and text.startswith("2 条提醒\n人工挂起：200 单\n") and "风控冻结：100 单" in text
    hold(keys[200:210])
    assert look(shop, 2) == []
    hold(keys[210:230])
    ((_name, text),) = look(shop, 11)
    assert text.startswith("人工挂起：30 单")


def test_in_quiet_hours_nothing_is_told_and_afterwards_all_of_it_at_once(shop: Shop) -> None:
    robot(shop)
    shop.orders("1", "2")
    night = clock.now().replace(hour=15, minute=30) + timedelta(days=1)  # 23:30 in Shanghai
    with clock.frozen(night):
        rule(shop, events=("held:person",), quiet_from="22:00", quiet_to="08:00", wait_minutes=1)
        with shop.store.write() as cursor:
            holds.add(cursor, [shop.key("1")], "person", actor="x")
        assert look(shop) == []
        with shop.store.write() as cursor:
            holds.add(cursor, [shop.key("2")], "person", actor="x")
        assert look(shop, 60) == []
        ((_name, text),) = look(shop, 9 * 60)
    assert text.startswith("人工挂起：2 单")


def test_parked_orders_dead_letters_doubts_and_approvals_about_to_lapse_are_told(shop: Shop) -> None:
    robot(shop)
    rule(shop, events=("parked", "dead_letter", "stock_doubt", "approval_due"), wait_minutes=1)
    shop.orders("1")
    key, now = shop.key("1"), clock.now()
    with shop.store.write() as cursor:
        cursor.execute(
            "INSERT INTO flow_tokens (order_key, parcel, flow, version, node, state, reason, error, attempts, changed_at, pool_at) "
            "VALUES (?, '', 'orders', 1, 'slip', 'parked', 'failed', 'no paper', 1, ?, ?)", [key, now, now]
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO outbox (outbox_id, kind, channel, shop, subject, key, body, state, error, created_at, changed_at) "
            "VALUES ('o1', 'dispatch', 'other', 's', '1', 'k', ?, 'dead', 'no such courier', ?, ?)",
            [json.dumps({"order_key": key}), now, now],
        )
        cursor.execute(
            "INSERT INTO level_quarantine VALUES ('q1', 'W1', 'A', -5, 10, 'negative', ?, ?, 'open', NULL, NULL)",
            [now, now],
        )
        cursor.execute(
            "INSERT INTO approvals VALUES (?, 'orders', 'ok', 'lead', 'open', ?, ?, '', NULL, '')",
            [key, now, now + timedelta(minutes=20)],
        )
    ((_name, text),) = look(shop)
    for part in ("no paper", "dispatch s: no such courier", "W1 A", "审批即将超时"):
        assert part in text
    assert look(shop, 5) == []


def test_a_message_carries_a_link_to_the_very_orders(shop: Shop) -> None:
    robot(shop)
    alerts.set_address(ADMIN, shop.store, "https://orders.example.com/")
    rule(shop)
    shop.orders("1", "2")
    for no in ("1", "2"):
        shop.refund(no)
    shop.drain()
    look(shop)
    link = json.loads(rows(shop.store, "SELECT body FROM outbox WHERE kind = 'notify'")[0][0])["link"]
    address, _sign, message_id = link.partition("?told=")
    assert address == "https://orders.example.com/alerts"
    told, orders = alerts.message(CS, shop.store, message_id)
    assert told.orders == 2 and [one.platform_no for one in orders] == ["1", "2"]
    with pytest.raises(BadRequest):
        alerts.set_address(ADMIN, shop.store, "orders.example.com")


def test_the_sandbox_robot_takes_signed_messages_of_dingtalk_wecom_and_feishu(shop: Shop) -> None:
    with Sandbox(3, rate=0, days=0) as box:
        url = f"{box.url}/sandbox/robot"
        robot(shop, "ding", url=url, secret=ROBOT_SECRETS["dingtalk"])
        robot(shop, "we", kind="wecom", url=url)
        robot(shop, "fei", kind="feishu", url=url, secret=ROBOT_SECRETS["feishu"])
        robot(shop, "wrong", kind="feishu", url=url, secret="not the secret")
        rule(shop)
        shop.orders("1")
        shop.refund("1")
        shop.drain()
        assert len(look(shop)) == 4
        deliver.deliver(shop.store, shop.vault, shop.settings)
        heard = httpx2.get(url).json()["messages"]
    states = dict(rows(shop.store, "SELECT shop, state FROM outbox WHERE kind = 'notify'"))
    assert states == {"ding": "done", "we": "done", "fei": "done", "wrong": "dead"}
    assert len(heard) == 3 and all("买家申请退款：1 单" in json.dumps(each, ensure_ascii=False) for each in heard)


def test_a_mail_box_gets_it_over_smtp_and_its_password_is_sealed(shop: Shop) -> None:
    letters: list[tuple[str, str, str]] = []

    class Box(Receiving):
        def handle_message(self, message) -> None:
            body = bytes(message.get_payload(decode=True)).decode()
            letters.append((str(message["To"]), str(message["From"]), body))

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Box(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        values = {
            "host": "127.0.0.1",
            "port": str(port),
            "sender": "danliu@example.com",
            "to": "lead@example.com",
            "password": "hush",
        }
        robot(shop, "post", kind="email", **values)
        assert robots.try_out(ADMIN, shop.store, shop.vault, "post") == "sent"
    finally:
        server.stop()
    assert [(to, sender) for to, sender, _body in letters] == [("lead@example.com", "danliu@example.com")]
    assert "hush" not in str(rows(shop.store, "SELECT settings, secrets FROM robots"))


def test_a_rule_that_tells_nobody_or_nothing_is_refused_and_only_administrators_set_it(shop: Shop) -> None:
    robot(shop)
    for odd in (
        Rule("", ("parked",), ("lead",)), Rule("a", (), ("lead",)), Rule("a", ("no such",), ("lead",)), Rule("a", ("parked",)),
        Rule("a", ("parked",), robots=("nobody",)), Rule("a", ("parked",), ("lead",), wait_minutes=0),
        Rule("a", ("parked",), ("lead",), quiet_from="22:00"), Rule("a", ("parked",), ("lead",), quiet_from="9", quiet_to="10:00"),
    ):  # fmt: skip
        with pytest.raises(BadRequest):
            alerts.save_rule(ADMIN, shop.store, odd)
    with pytest.raises(NotAllowed):
        alerts.save_rule(LEAD, shop.store, Rule("a", ("parked",), ("lead",)))
    assert alerts.rules(LEAD, shop.store) == []
