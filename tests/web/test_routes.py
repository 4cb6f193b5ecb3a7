"""Health, metrics, pushes and the grid's rows."""

import json
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from core import runtime
from core.settings import Settings
from core.store import Store
from tests.web.conftest import browser, entered


def test_health_is_503_until_the_scheduler_runs(served: Store, client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["scheduler"], answer.json()["store"]) == (503, "stopped", "ok")
    runtime.scheduler().start()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "store": "ok", "scheduler": "running", "version": "0.1.0"}


def test_health_is_503_when_the_store_does_not_answer(served: Store, client: TestClient) -> None:
    runtime.scheduler().start()
    runtime.scheduler().stop()
    served.close()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["store"]) == (503, "failing")


def test_metrics_count_orders_by_channel_and_status(served: Store, client: TestClient) -> None:
    with served.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (channel, status, held) VALUES ('jd', 'PAID', true), ('jd', 'PAID', false), "
            "('a\"b', 'SHIPPED', false)"
        )
    text = client.get("/metrics").text
    assert 'danliu_orders{channel="jd",status="PAID"} 2\n' in text
    assert 'danliu_orders{channel="a\\"b",status="SHIPPED"} 1\n' in text
    assert 'danliu_orders_held{channel="jd"} 1\n' in text
    assert 'danliu_job_runs{job="upkeep"} 0\n' in text
    assert text.count("# TYPE danliu_orders gauge") == 1


def test_metrics_are_for_this_machine_the_token_and_who_may_see_jobs(
    served: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = "203.0.113.9"
    assert browser(away).get("/metrics").status_code == 401
    assert entered(served, "mei", "cs", away).get("/metrics").status_code == 401
    assert entered(served, "lee", "lead", away).get("/metrics").status_code == 200
    monkeypatch.setattr(runtime, "_settings", replace(settings, metrics_token="a-long-token"))
    for header, status in (("Bearer a-long-token", 200), ("Bearer wrong", 401), ("", 401)):
        assert browser(away).get("/metrics", headers={"authorization": header}).status_code == status
    proxied = browser()
    proxied.headers["x-forwarded-for"] = away
    assert proxied.get("/metrics").status_code == 401


def test_the_grid_gives_rows_and_their_total(served: Store) -> None:
    answer = entered(served, "boss").post("/api/orders", json={"startRow": 0, "endRow": 50})
    assert (answer.status_code, answer.json()) == (200, {"rows": [], "total": 0})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "text/plain"),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b"x" * 70_000, "application/json"),
    ],
)
def test_the_grid_refuses_what_is_no_json_object(served: Store, body: bytes, kind: str) -> None:
    answer = entered(served, "boss").post("/api/orders", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_the_grid_refuses_a_role_that_may_not_see_orders_and_audits_it(served: Store) -> None:
    answer = entered(served, "odd", "unknown").post("/api/orders", json={"startRow": 0, "endRow": 50})
    assert (answer.status_code, answer.json()["error"]) == (403, "not_allowed")
    with served.read() as cursor:
        assert cursor.execute("SELECT actor, action, outcome FROM audit").fetchall() == [
            ("odd", "orders.view", "denied")
        ]


def test_a_push_for_an_unknown_shop_is_404_and_an_endless_one_413(client: TestClient) -> None:
    assert client.post("/hooks/doudian/nobody", content=b"{}").status_code == 404
    assert client.post("/hooks/doudian/nobody", content=b"x" * (2 << 20)).status_code == 413
    assert client.get("/hooks/doudian/nobody").status_code == 404  # the platform checks the address


def test_messages_are_json_whatever_the_language(served: Store) -> None:
    boss = entered(served, "boss")
    answer = boss.post("/api/orders", content=b"{", headers={"content-type": "application/json"})
    assert json.loads(answer.content)["message"] == "请求不是 JSON。"
