"""A third party's blacklist, asked of a real server on this machine: limit, cache, fail open, and what follows."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core import clock
from core.channels import blacklist as asking
from core.decide import risk
from core.jobs.decide import decide_risk
from core.people.actor import SYSTEM
from core.people.vault import Vault, open_vault
from core.services import blacklist as service
from core.settings import Settings
from core.store import Store, decisions, documents
from tests.decide.test_risk import held, order, publish, rule

FORM = service.presets()["generic"][1] | {"auth": "bearer", "app_secret": "s3cret-token"}


class Register:
    """The service: buyers in `listed` are rejected; it thinks `seconds` over each answer."""

    def __init__(self) -> None:
        self.listed: dict[str, str] = {}
        self.seconds = 0.0
        self.asked: list[dict[str, Any]] = []
        self.address = ""
        self.raw = ""


@pytest.fixture
def register() -> Iterator[Register]:
    register = Register()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            register.asked.append({**asked, "auth": self.headers["Authorization"]})
            level = register.listed.get(asked.get("buyer_id", ""))
            time.sleep(0 if level else register.seconds)
            answer = {"code": 0, "hit": bool(level), "level": level, "score": 91, "reasons": ["blacklist_buyer"]}
            text = (register.raw or json.dumps(answer)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    register.address = f"http://127.0.0.1:{server.server_address[1]}/risk/check"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield register
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def connect(store: Store, vault: Vault, register: Register, mode: str = "live", **more: Any) -> None:
    service.save(SYSTEM, store, vault, {**FORM, "address": register.address}, mode=mode, **more)


def tags(store: Store) -> dict[int, str]:
    with store.read() as cursor:
        return dict(cursor.execute("SELECT order_key, tags FROM orders WHERE tags IS NOT NULL").fetchall())


def test_a_listed_buyer_is_held_before_the_batch_is_decided_and_the_decision_says_why(
    store: Store, vault: Vault, settings: Settings, register: Register
) -> None:
    register.listed = {"bad": "reject", "odd": "review"}
    connect(store, vault, register)
    for key, buyer in enumerate(("bad", "odd", "good"), 1):
        order(store, key, buyer_id=buyer)
    assert decide_risk(store, vault, settings) == 3
    assert held(store) == {1: ["risk_freeze"], 2: ["risk_review"]}
    (found,) = decisions.of_order(store, 1)
    assert (found["rule_set"], found["outcome"], found["rules"]) == ("blacklist", "freeze", ["listed"])
    assert found["evidence"] == {"listed": {"reason": "blacklist_buyer", "score": 91.0}}
    assert register.asked[0]["auth"] == "Bearer s3cret-token"
    assert sorted(asked["order_no"] for asked in register.asked) == ["N1", "N2", "N3"]


def test_a_whitelist_lets_a_listed_buyer_through(
    store: Store, vault: Vault, settings: Settings, register: Register
) -> None:
    register.listed = {"vip": "reject"}
    connect(store, vault, register)
    publish(store, rule("known", {"field": "buyer_id", "op": "eq", "value": "vip"}, "allow"))
    order(store, 1, buyer_id="vip")
    decide_risk(store, vault, settings)
    assert held(store) == {}


def test_a_service_that_hangs_delays_a_batch_no_longer_than_its_limit_and_the_orders_go_on_tagged(
    store: Store, vault: Vault, settings: Settings, register: Register
) -> None:
    register.seconds = 20.0
    connect(store, vault, register, deadline_ms=300)
    for key in range(1, 41):
        order(store, key, buyer_id=f"b{key}")
    begun = time.monotonic()
    assert asking.ask(store, vault, range(1, 41)).silent == 40
    # forty calls of twenty seconds each, eight at a time, would be a minute and a half
    assert time.monotonic() - begun < 5
    assert decide_risk(store, vault, settings) == 40
    assert held(store) == {}
    assert tags(store) == dict.fromkeys(range(1, 41), '["review_unknown"]')
    assert service.lately(SYSTEM, store).silent == 40


def test_the_answers_that_came_in_time_count_and_only_the_others_are_tagged(
    store: Store, vault: Vault, settings: Settings, register: Register
) -> None:
    register.listed, register.seconds = {"b1": "reject"}, 20.0
    connect(store, vault, register, deadline_ms=1500, at_once=2)
    for key in range(1, 9):
        order(store, key, buyer_id=f"b{key}")
    decide_risk(store, vault, settings)
    assert held(store) == {1: ["risk_freeze"]}
    assert sorted(tags(store)) == list(range(2, 9))


def test_an_answer_is_kept_listed_or_not_until_it_expires(
    store: Store, vault: Vault, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.listed = {"bad": "reject"}
    connect(store, vault, register, keep_hours=24)
    for key, buyer in enumerate(("bad", "good", "bad", "good", "bad"), 1):
        order(store, key, buyer_id=buyer)
    assert asking.ask(store, vault, [1, 2, 3]).answered == 3  # two questions
    assert len(register.asked) == 2
    assert asking.ask(store, vault, [4]).cached == 1
    assert len(register.asked) == 2
    late = datetime.now(UTC) + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert asking.ask(store, vault, [5]).answered == 1
    assert len(register.asked) == 3
    # nobody asks about an order a second time
    assert asking.ask(store, vault, [1, 2, 3, 4, 5]) == asking.Asked()


def test_an_order_with_nothing_to_ask_by_is_not_evaluable_and_neither_asked_nor_tagged(
    store: Store, vault: Vault, settings: Settings, register: Register
) -> None:
    connect(store, vault, register)
    order(store, 1)
    decide_risk(store, vault, settings)
    (found,) = decisions.of_order(store, 1)
    assert (found["outcome"], found["missing"]) == ("allow", {"listed": "phone"})
    assert (register.asked, tags(store)) == ([], {})


@pytest.mark.parametrize(
    "answer", ["<html>sorry</html>", '{"code": 7, "message": "no quota"}', '{"code": 0, "hit": true}', "[]"]
)
def test_an_answer_that_cannot_be_read_is_no_answer(
    store: Store, vault: Vault, settings: Settings, register: Register, answer: str
) -> None:
    register.raw = answer
    connect(store, vault, register)
    order(store, 1, buyer_id="b")
    decide_risk(store, vault, settings)
    assert (held(store), tags(store)) == ({}, {1: '["review_unknown"]'})


def test_a_service_that_is_gone_lets_orders_go_on(
    store: Store, vault: Vault, settings: Settings, register: Register
) -> None:
    connect(store, vault, register)
    service.save(SYSTEM, store, vault, {**FORM, "address": "http://127.0.0.1:9/x"}, mode="live")
    order(store, 1, buyer_id="b")
    decide_risk(store, vault, settings)
    assert tags(store) == {1: '["review_unknown"]'}


def test_watching_notes_and_changes_nothing(store: Store, vault: Vault, settings: Settings, register: Register) -> None:
    register.listed = {"bad": "reject"}
    connect(store, vault, register, mode="shadow")
    publish(store, rule("rich", {"field": "paid_fen", "op": "gt", "value": 5000}, "freeze"))
    order(store, 1, buyer_id="bad")
    decide_risk(store, vault, settings)
    assert held(store) == {}
    noted = [d for d in decisions.of_order(store, 1) if d["rule_set"] == "blacklist"]
    assert [(d["mode"], d["outcome"]) for d in noted] == [("shadow", "freeze")]


def test_applying_to_open_orders_does_not_release_a_listed_one(
    store: Store, vault: Vault, settings: Settings, register: Register
) -> None:
    register.listed = {"bad": "reject"}
    connect(store, vault, register)
    order(store, 1, buyer_id="bad")
    decide_risk(store, vault, settings)
    assert risk.difference(store, vault, settings.zone).release == ()
    service.save(SYSTEM, store, vault, {**FORM, "address": register.address}, mode="off")
    assert risk.difference(store, vault, settings.zone).release == (1,)


def test_the_phone_goes_out_as_a_digest_of_what_the_buyer_wrote(store: Store, vault: Vault, register: Register) -> None:
    connect(store, vault, register)
    order(store, 1, phone_key="p", buyer_id="b")
    with store.write() as cursor:
        cipher = vault.seal_text(json.dumps({"phone": "13800138000"}))
        cursor.execute("INSERT INTO order_persons VALUES (1, ?)", [cipher])
    asking.ask(store, vault, [1])
    digest = "b91cd1a54781790beaa2baf741fa6789a2d5a9aac0e1a1b9b7f4b1e2a5b1d3a7"
    assert register.asked[0]["phone_hash"].startswith("sha256:")
    assert "13800138000" not in json.dumps(register.asked)
    assert len(register.asked[0]["phone_hash"]) == len("sha256:") + len(digest)


def test_nothing_is_asked_while_the_service_is_off(store: Store, vault: Vault, register: Register) -> None:
    connect(store, vault, register, mode="off")
    order(store, 1, buyer_id="b")
    assert asking.ask(store, vault, [1]) == asking.Asked()
    assert (register.asked, documents.listing(store, "risk")) == ([], [])
