"""A private mini-program connected by the preset's form alone: signed calls, pages, a window, orders in the pool."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from core import clock
from core.channels import pull, shops
from core.mapping.starter import install_starters
from core.people.actor import person
from core.people.vault import open_vault
from core.services import channels
from core.services import rejects as rejects_service
from core.services import shops as services
from core.settings import ROOT
from core.store import documents, rejects

ADMIN = person("root", "admin")
SECRET = "mini-secret"


def order(number: int, **changes: object) -> dict[str, object]:
    example = json.loads((ROOT / "data/mappings/mini_program.orders.json").read_text(encoding="utf-8"))["examples"][0]
    stamp = clock.now().strftime("%Y-%m-%d %H:%M:%S")
    return {**example["body"], "order_no": f"M{number:04}", "updated_at": stamp, **changes}


class _MiniProgram(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        text = f"GET\n{split.path}\n{split.query}\n{self.headers['X-Timestamp']}\n{self.headers['X-Nonce']}"
        want = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if self.headers["X-Sign"] != want or self.headers["X-App-Key"] != "app":
            answer: dict[str, object] = {"code": 1001, "message": "签名错误"}
        else:
            self.server.asked.append(query)  # type: ignore[attr-defined]
            first = (int(query["page"]) - 1) * int(query["page_size"])
            rows = self.server.orders[first : first + int(query["page_size"])]  # type: ignore[attr-defined]
            answer = {"code": 0, "data": {"list": rows}}
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), _MiniProgram)
    running.asked, running.orders = [], [order(n) for n in range(250)]  # type: ignore[attr-defined]
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def house(store, settings, server):
    vault = open_vault(settings)
    install_starters(store)
    (preset,) = channels.presets(ADMIN, store)
    address = f"http://127.0.0.1:{server.server_address[1]}/api/orders"
    own = {"address": address, "app_key": "app", "app_secret": SECRET, "first_days": "1", "calls_per_second": "100"}
    services.connect_shop(ADMIN, store, vault, settings, preset.channel, "mini", {**preset.settings, **own})
    (shop,) = shops.all_shops(store, settings)
    return store, vault, settings, shop


def test_its_orders_come_in_page_by_page_with_a_signed_window(house, server):
    store, vault, settings, shop = house
    done = pull.pull_shop(store, vault, settings, shop)
    assert (done.error, done.counts.inserted, done.counts.rejected) == (None, 250, 0)
    assert [query["page"] for query in server.asked] == ["1", "2", "3"]
    assert server.asked[0]["updated_from"] < server.asked[0]["updated_to"]
    with store.read() as cursor:
        assert cursor.execute(
            "SELECT DISTINCT channel, shop, status, paid_fen, ip, province FROM orders"
        ).fetchall() == [("mini_program", "mini", "PAID", 23725, "203.0.113.9", "浙江")]
        assert cursor.execute("SELECT count(*), sum(qty) FROM order_lines").fetchall() == [(500, 750)]
    again = pull.pull_shop(store, vault, settings, shop)
    assert (again.counts.inserted, again.counts.updated, again.counts.unchanged) == (0, 0, 250)


def test_what_cannot_be_mapped_waits_and_comes_in_once_the_mapping_is_mended(house, server):
    store, vault, settings, shop = house
    server.orders = [order(1), order(2, status="fresh_word"), order(3, status="fresh_word")]
    done = pull.pull_shop(store, vault, settings, shop)
    assert (done.counts.inserted, done.counts.rejected) == (1, 2)
    waiting = rejects_service.listing(ADMIN, store)
    assert sorted((row.external_no, row.field, row.value) for row in waiting) == [
        ("M0002", "status", "fresh_word"),
        ("M0003", "status", "fresh_word"),
    ]
    (row,) = services.listing(ADMIN, store, vault, settings)
    assert row.rejects == 2
    still = rejects_service.retry_all(ADMIN, store, vault)
    assert still.rejected == 2
    document = documents.published(store, "mapping", "mini_program.orders")
    assert document is not None
    mended = {**document.body, "statuses": {**document.body["statuses"], "fresh_word": {"status": "PAID"}}}
    draft = documents.save_draft(store, "mapping", document.name, mended, author="root")
    documents.publish(store, "mapping", document.name, draft.version)
    assert rejects_service.set_aside(ADMIN, store, [waiting[0].reject_id], "a test order") == 1
    assert rejects_service.retry_all(ADMIN, store, vault, channel="mini_program").inserted == 1
    assert rejects.count(store) == {}
    assert [row.state for row in rejects_service.listing(ADMIN, store, state="ignored")] == ["ignored"]


def test_a_wrong_secret_is_told_in_the_words_of_the_mini_program(house, server):
    store, vault, settings, shop = house
    services.change_shop(ADMIN, store, vault, settings, shop.channel, shop.shop, {"app_secret": "another"})
    check = services.test_connection(ADMIN, store, vault, settings, shop.channel, shop.shop)
    assert not check.ok and "签名错误" in check.said
