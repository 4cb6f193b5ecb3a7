"""The generic REST connector against a real local server: every way of signing in, every way of paging."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.rest import Rest
from core.channels.base import Http, Window
from core.errors import BadRequest, BadSetup

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
WINDOW = Window(NOON - timedelta(hours=1), NOON)
ORDERS = [{"id": f"M{n:03}", "paid": "12.30", "changed": f"2026-11-20 11:{n:02}:00"} for n in range(25)]
SECRET = "s3cret-value"


class _Shop(BaseHTTPRequestHandler):
    """A small shop system; the path chooses the way of paging and of signing in."""

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        self._answer({name: str(value) for name, value in sent.items()}, json.dumps(sent, separators=(",", ":")))

    def do_GET(self) -> None:
        self._answer({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}, "")

    def _answer(self, query: dict[str, str], body: str) -> None:
        path = urlsplit(self.path).path
        self.server.seen.append((path, query))  # type: ignore[attr-defined]
        if not self._known(path, query, body):
            self._send({"code": 40001, "msg": "签名错误"}, status=401)
        elif path.startswith("/orders/"):
            found = next((order for order in ORDERS if order["id"] == path.rsplit("/")[-1]), None)
            self._send({"order": found and found | {"detail": True}}, status=200 if found else 404)
        else:
            self._send(*self._page(path, query))

    def _known(self, path: str, query: dict[str, str], body: str) -> bool:
        kind = path.split("/")[1]
        if kind == "header":
            return self.headers.get("X-Key") == SECRET
        if kind == "query":
            return query.get("key") == SECRET
        if kind == "bearer":
            return self.headers.get("Authorization") == f"Bearer {SECRET}"
        if kind == "basic":
            return self.headers.get("Authorization") == "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
        if kind == "hmac":
            rest = urlsplit(self.path).query
            text = (
                f"{self.command}\n{path}\n{rest}\n{body}\n{self.headers.get('X-Time')}\n{self.headers.get('X-Nonce')}"
            )
            want = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
            return self.headers.get("X-App") == "me" and self.headers.get("X-Sign") == want
        if kind == "signed":
            plain = "&".join(f"{n}={v}" for n, v in sorted(query.items()) if n != "sign")
            want = base64.b64encode(hmac.new(SECRET.encode(), plain.encode(), hashlib.sha1).digest()).decode()
            return query.get("sign") == want
        return True

    def _page(self, path: str, query: dict[str, str]) -> tuple[object, int, dict[str, str]]:
        size, kind = int(query.get("size", "10")), path.rsplit("/", 1)[-1]
        if kind == "page":
            start = (int(query["p"]) - 1) * size
            return {"code": 0, "data": {"list": ORDERS[start : start + size]}}, 200, {}
        if kind == "offset":
            start = int(query["from"])
            return ORDERS[start : start + size], 200, {}
        start = int(query.get("after", "0").replace("same", "0"))
        following = start + size if start + size < len(ORDERS) else None
        if kind == "cursor":
            return {"rows": ORDERS[start : start + size], "next": following}, 200, {}
        if kind == "link":
            link = (
                {"Link": f'</none/link?after={following}>; rel="next", </none/link>; rel="first"'} if following else {}
            )
            return ORDERS[start : start + size], 200, link
        if kind == "next_url":
            url = f"/none/next_url?after={following}" if following else None
            return {"rows": ORDERS[start : start + size], "paging": {"next": url}}, 200, {}
        if kind == "elsewhere":
            return {"rows": ORDERS[:1], "paging": {"next": "http://other.example/x"}}, 200, {}
        if kind == "stuck":
            return {"rows": ORDERS[:10], "next": "same"}, 200, {}
        if kind == "busy":
            return {"code": 7, "msg": "店铺已停用"}, 200, {}
        return ORDERS, 200, {}

    def _send(self, value: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    running.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def rest(server: ThreadingHTTPServer, path: str, **values: str) -> Rest:
    address = f"http://127.0.0.1:{server.server_address[1]}{path}"
    http = Http(attempts=1)
    return Rest("mini", {"address": address, "calls_per_second": "1000"} | values, http)


def numbers(shop: Rest) -> list[str]:
    found = [json.loads(body)["id"] for page in shop.pull("orders", WINDOW) for body in page.bodies]
    shop.http.close()
    return found


ALL = [order["id"] for order in ORDERS]
PAGINGS = {
    "none": {},
    "page": {"paginator": "page", "page_param": "p", "size_param": "size", "page_size": "10", "list_path": "data.list"},
    "offset": {"paginator": "offset", "page_param": "from", "size_param": "size", "page_size": "7"},
    "cursor": {"paginator": "cursor", "page_param": "after", "next_path": "next", "list_path": "rows"},
    "link": {"paginator": "link"},
    "next_url": {"paginator": "next_url", "next_path": "paging.next", "list_path": "rows"},
}


@pytest.mark.parametrize("kind", PAGINGS)
def test_every_way_of_paging_reads_all_rows_once(server, kind):
    assert numbers(rest(server, f"/none/{kind}", **PAGINGS[kind])) == ALL


@pytest.mark.parametrize("kind", ["page", "offset", "cursor"])
def test_the_same_by_post(server, kind):
    assert numbers(rest(server, f"/none/{kind}", method="POST", **PAGINGS[kind])) == ALL


SIGNING = {
    "header": {"auth": "header", "auth_name": "X-Key"},
    "query": {"auth": "query", "auth_name": "key"},
    "bearer": {"auth": "bearer"},
    "basic": {"auth": "basic", "app_key": "me"},
    "hmac": {
        "auth": "hmac",
        "auth_name": "X-Sign",
        "app_key": "me",
        "key_name": "X-App",
        "timestamp_name": "X-Time",
        "nonce_name": "X-Nonce",
        "hmac_template": "{method}\n{path}\n{query}\n{body}\n{timestamp}\n{nonce}",
    },
    "signed": {
        "auth": "hmac",
        "auth_name": "sign",
        "app_key": "me",
        "key_name": "app",
        "timestamp_name": "ts",
        "hmac_template": "{query}",
        "hmac_hash": "sha1",
        "hmac_encoding": "base64",
        "hmac_place": "query",
    },
}


@pytest.mark.parametrize("kind", SIGNING)
def test_every_way_of_signing_in_is_accepted_and_a_wrong_secret_is_not(server, kind):
    assert numbers(rest(server, f"/{kind}/page", app_secret=SECRET, **SIGNING[kind], **PAGINGS["page"])) == ALL
    wrong = rest(server, f"/{kind}/page", app_secret="wrong-one", **SIGNING[kind], **PAGINGS["page"])
    with pytest.raises(BadSetup, match="签名错误"):
        numbers(wrong)
    check = wrong.test()
    assert not check.ok and "签名错误" in check.said and "wrong-one" not in check.said


@pytest.mark.parametrize("kind", ["hmac"])
def test_a_signature_covers_a_posted_body(server, kind):
    assert (
        numbers(rest(server, "/hmac/page", method="POST", app_secret=SECRET, **SIGNING[kind], **PAGINGS["page"])) == ALL
    )


@pytest.mark.parametrize(
    ("kind", "since"),
    [("epoch_s", "1795143600"), ("epoch_ms", "1795143600000"), ("text", "2026-11-20 11:00:00"),
     ("iso", "2026-11-20T11:00:00+08:00")],
)  # fmt: skip
def test_the_window_is_asked_for_in_the_times_of_the_other_side(server, kind, since):
    numbers(rest(server, "/none/all", since_param="from", until_param="to", time_format=kind))
    assert server.seen[-1][1]["from"] == since


def test_without_a_window_parameter_older_rows_are_left_out_here(server):
    shop = rest(server, "/none/all", updated_path="changed", time_format="text")
    late = Window(datetime(2026, 11, 20, 3, 20, tzinfo=UTC), NOON)
    assert [json.loads(b)["id"] for page in shop.pull("orders", late) for b in page.bodies] == ALL[20:]


def test_the_details_are_fetched_one_by_one_and_what_is_gone_is_left_out(server):
    port = server.server_address[1]
    shop = rest(server, "/none/all", detail_address=f"http://127.0.0.1:{port}/orders/{{id}}", detail_path="order")
    page = shop.fetch("orders", ["M003", "gone", "M004"])
    assert [(json.loads(body)["id"], json.loads(body)["detail"]) for body in page.bodies] == [
        ("M003", True),
        ("M004", True),
    ]
    assert numbers(shop) == ALL


def test_fixed_parameters_go_with_every_call(server):
    numbers(rest(server, "/none/all", params='{"shop": "7", "flags": [1]}'))
    assert server.seen[-1][1] == {"shop": "7", "flags": "[1]"}


def test_a_refusal_inside_a_good_answer_is_told_in_its_own_words(server):
    shop = rest(server, "/none/busy", ok_path="code", message_path="msg")
    with pytest.raises(BadSetup, match="店铺已停用"):
        numbers(shop)


def test_keys_never_go_to_another_host(server):
    shop = rest(server, "/none/elsewhere", **PAGINGS["next_url"])
    with pytest.raises(BadSetup, match=r"other\.example"):
        numbers(shop)


def test_a_page_that_repeats_stops_the_reading(server):
    with pytest.raises(BadSetup):
        numbers(rest(server, "/none/stuck", **PAGINGS["cursor"]))
    with pytest.raises(BadSetup):
        numbers(rest(server, "/none/all", paginator="page", page_param="wrong"))


@pytest.mark.parametrize(
    "values",
    [
        {"paginator": "page"},
        {"paginator": "offset", "size_param": "n"},
        {"paginator": "page", "page_param": "p", "page_size": "0"},
        {"paginator": "cursor", "page_param": "p"},
        {"paginator": "cursor", "next_path": "n"},
        {"paginator": "next_url"},
        {"paginator": "spiral"},
        {"auth": "header", "app_secret": "x"},
        {"auth": "bearer"},
        {"auth": "hmac", "auth_name": "S", "app_secret": "x"},
        {"auth": "hmac", "auth_name": "S", "app_secret": "x", "hmac_template": "{key.__class__}"},
        {"auth": "hmac", "auth_name": "S", "app_secret": "x", "hmac_template": "{key:>99999}"},
        {"auth": "hmac", "auth_name": "S", "app_secret": "x", "hmac_template": "{"},
        {"address": "file:///etc/passwd"},
        {"address": "ftp://host/x"},
        {"address": "https://user:pass@host/x"},
        {"detail_address": "gopher://x/{id}"},
        {"params": "[1]"},
        {"zone": "Nowhere/City"},
    ],
)
def test_settings_that_could_never_work_are_refused_at_once(values):
    with pytest.raises(BadSetup):
        Rest("mini", {"address": "https://shop.example/orders"} | values, Http())


def test_without_a_detail_address_single_orders_cannot_be_asked_for(server):
    with pytest.raises(BadRequest):
        rest(server, "/none/all").fetch("orders", ["M001"])


def test_an_entity_without_an_address_gives_nothing(server):
    assert list(rest(server, "/none/all").pull("refunds", WINDOW)) == []
