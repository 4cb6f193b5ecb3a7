"""The polite way outside: throttle, repeats, timeouts, masks; against a real server on this machine."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from core.channels.http import ATTEMPTS, Answer, Http, Request, Throttle
from core.errors import BadSetup, TryAgain


class House:
    """A server whose replies are scripted; None hangs up, a number of seconds keeps silent that long."""

    def __init__(self) -> None:
        self.replies: list[Any] = []
        self.asked: list[str] = []
        self.signed_in: list[str | None] = []
        self.address = ""


@pytest.fixture
def house() -> Iterator[House]:
    house = House()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            house.asked.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            house.signed_in.append(self.headers.get("Authorization"))
            reply = house.replies.pop(0) if len(house.replies) > 1 else house.replies[0]
            if reply is None or isinstance(reply, float):
                time.sleep(reply or 0.0)
                self.close_connection = True
                return
            status, text, *headers = reply
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    house.address = f"http://127.0.0.1:{server.server_address[1]}/router?key=top-secret"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield house
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def http(pauses: list[float]) -> Iterator[Http]:
    http = Http(Throttle(1e6, sleep=pauses.append), sleep=pauses.append, timeout=(1.0, 0.3))
    http.hide(["top-secret"])
    yield http
    http.close()


def _ask(house: House, text: str = "hello") -> Callable[[], Request]:
    return lambda: Request(house.address, body=text)


def _read(answer: Answer) -> Any:
    return answer.object()


def test_a_passing_fault_is_repeated_until_it_passes(house: House, http: Http, pauses: list[float]) -> None:
    house.replies = [(502, "ill"), (200, "<html>"), None, (200, '{"ok": 1}')]
    assert http.exchange(_ask(house), _read) == {"ok": 1}
    assert len(house.asked) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1
    assert pauses == sorted(pauses)


def test_a_lasting_fault_is_given_up_after_three_repeats(house: House, http: Http) -> None:
    house.replies = [(500, "")]
    with pytest.raises(TryAgain, match="HTTP 500"):
        http.exchange(_ask(house), _read)
    assert len(house.asked) == ATTEMPTS


def test_each_repeat_is_built_anew(house: House, http: Http) -> None:
    house.replies = [(500, ""), (200, "{}")]
    stamps = iter(["first", "second"])
    http.exchange(lambda: Request(house.address, body=next(stamps)), _read)
    assert house.asked == ["first", "second"]


@pytest.mark.parametrize("reply", [None, 0.6, (500, ""), (200, "not json")])
def test_a_call_that_may_have_worked_is_not_sent_again(house: House, http: Http, reply: Any) -> None:
    house.replies = [reply]
    with pytest.raises(TryAgain):
        http.exchange(_ask(house), _read, repeatable=False)
    assert len(house.asked) == 1


def test_a_call_that_never_left_is_repeated_whatever_it_says(http: Http, pauses: list[float]) -> None:
    with pytest.raises(TryAgain):
        http.exchange(lambda: Request("http://127.0.0.1:9/"), _read, repeatable=False)
    assert len(pauses) == ATTEMPTS - 1


def test_a_refusal_that_is_final_is_not_repeated(house: House, http: Http) -> None:
    house.replies = [(200, "{}")]

    def refuse(_answer: Answer) -> None:
        raise BadSetup("wrong key")

    with pytest.raises(BadSetup):
        http.exchange(_ask(house), refuse)
    assert len(house.asked) == 1


def test_the_pause_a_server_asks_for_is_kept_and_grows(house: House, http: Http, pauses: list[float]) -> None:
    house.replies = [(429, "", ("Retry-After", "2")), (429, "", ("Retry-After", "2")), (200, "{}")]
    http.exchange(_ask(house), _read)
    assert [round(pause) for pause in pauses] == [2, 4]


def test_a_pause_too_long_for_a_thread_is_left_to_the_scheduler(house: House, http: Http) -> None:
    house.replies = [(429, "", ("Retry-After", "3600"))]
    with pytest.raises(TryAgain) as caught:
        http.exchange(_ask(house), _read)
    assert caught.value.after_seconds == 3600
    assert len(house.asked) == 1


def test_no_secret_reaches_a_log_line_or_an_error(house: House, http: Http, caplog: pytest.LogCaptureFixture) -> None:
    http.hide(["p@ss word/1"])
    assert http.masked("a=p%40ss+word%2F1&b=p%40ss%20word%2F1&c=p@ss word/1") == "a=***&b=***&c=***"
    house.replies = [(500, "")]
    with caplog.at_level(logging.DEBUG, logger="core"), pytest.raises(TryAgain) as caught:
        http.exchange(_ask(house), _read)
    assert caplog.records
    assert "top-secret" not in caplog.text
    assert "top-secret" not in str(caught.value) + repr(caught.value.values)
    assert "top-secret" not in repr(_ask(house)().params) + repr(http)


def test_a_request_shows_nothing_of_its_content() -> None:
    shown = repr(
        Request("http://x/", params={"a": "s3cret"}, form={"b": "s3cret"}, body="s3cret", headers={"c": "s3cret"})
    )
    assert "s3cret" not in shown


def test_a_redirect_is_not_followed_with_the_signed_request(house: House, http: Http) -> None:
    house.replies = [(302, "", ("Location", "http://127.0.0.1:9/"))]
    assert http.exchange(_ask(house), lambda answer: answer.status) == 302


def test_the_bucket_lets_a_burst_pass_and_then_the_rate() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))
        now[0] += seconds

    bucket = Throttle(2.0, burst=3, clock=lambda: now[0], sleep=sleep)
    for _ in range(5):
        bucket.wait()
    assert slept == [0.5, 0.5]
    bucket.rest(10)
    bucket.wait()
    assert slept[-1] == 10.0


@pytest.mark.parametrize("rate", [0.5, 3.0, 50.0])
def test_the_bucket_never_exceeds_its_rate_in_the_long_run(rate: float) -> None:
    now = [0.0]
    bucket = Throttle(rate, burst=1, clock=lambda: now[0], sleep=lambda s: now.__setitem__(0, now[0] + s))
    for _ in range(101):
        bucket.wait()
    assert now[0] == pytest.approx(100 / rate)


def test_a_proxy_of_the_environment_is_used_and_a_netrc_is_not(
    house: House, http: Http, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    house.replies = [(200, "{}")]
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", house.address.split("/router")[0])
    (tmp_path / "netrc").write_text("machine platform.example login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    said = http.exchange(lambda: Request("http://platform.example/router", body="by the proxy"), lambda answer: answer)
    assert (said.status, house.asked, house.signed_in) == (200, ["by the proxy"], [None])
