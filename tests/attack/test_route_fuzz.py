"""Whatever a stranger or a person sends to a route, the answer is a refusal or rows: never a 500, never half a write."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from core.store import Store
from tests.web.conftest import browser, client, entered, served  # noqa: F401 - fixtures

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.sampled_from(
    ["startRow", "endRow", "sortModel", "filterModel", "query", "filters", "columns", "colId", "sort", "filter", "type",
     "filterType", "values", "conditions", "operator", "paid_fen", "platform_no", "status", "field", "op", "value"]
)  # fmt: skip
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=8), NAMES,
    st.sampled_from(["'; DROP TABLE orders; --", "\x00", "1e999", "asc", "desc", "equals", "in", "between", "number"]),
)  # fmt: skip
ANY = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)
TABLES = ("orders", "order_events", "inbox", "outbox", "documents")


def _held(store: Store) -> list[Any]:
    with store.read() as cursor:
        return [cursor.execute(f"SELECT count(*) FROM {table}").fetchone() for table in TABLES]


def test_the_grid_answers_any_json_with_rows_or_a_refusal(served: Store) -> None:  # noqa: F811
    boss, before = entered(served, "boss"), _held(served)

    @QUICK
    @given(st.dictionaries(NAMES, ANY, max_size=6))
    def asked(wanted: dict[str, Any]) -> None:
        body = json.dumps(wanted)
        answer = boss.post("/api/orders", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (200, 400, 404), answer.text
        assert "Traceback" not in answer.text and "duckdb" not in answer.text.lower()

    asked()
    assert _held(served) == before


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"\xff\xfe{}", b"9" * 5_000])
def test_the_grid_refuses_json_that_breaks_a_reader(served: Store, body: bytes) -> None:  # noqa: F811
    answer = entered(served, "boss").post("/api/orders", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_the_grid_refuses_a_body_without_a_length_that_does_not_end(served: Store) -> None:  # noqa: F811
    def endless() -> Any:
        for _part in range(40):
            yield b" " * 65_536
        yield b"{}"

    answer = entered(served, "boss").post(
        "/api/orders", content=endless(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("length", ["abc", "-1", "1e9"])
def test_the_grid_refuses_a_length_that_is_none(served: Store, length: str) -> None:  # noqa: F811
    answer = entered(served, "boss").post(
        "/api/orders", content=b"{", headers={"content-type": "application/json", "content-length": length}
    )
    assert answer.status_code == 400


def test_a_push_of_any_bytes_for_any_shop_is_refused_and_kept_nowhere(client: TestClient, served: Store) -> None:  # noqa: F811
    stranger, before = browser("203.0.113.9"), _held(served)
    part = st.one_of(
        st.sampled_from(["taobao", "jd", "rest", "..", "%00", "doudian", "'"]), st.text(min_size=1, max_size=6)
    ).filter(lambda text: "/" not in text)

    @QUICK
    @given(part, part, st.binary(max_size=60), st.text("abc%&=+", max_size=20))
    def pushed(channel: str, shop: str, body: bytes, query: str) -> None:
        path = "/hooks/" + "/".join(quote(one, safe="") for one in (channel, shop))
        for answer in (
            stranger.post(f"{path}?{query}", content=body, headers={"x-danliu-sign": "é".encode().hex()}),
            stranger.get(f"{path}?{query}"),
        ):
            assert answer.status_code < 500 and (answer.status_code != 200 or answer.request.method == "GET"), (
                answer.status_code,
                path,
                answer.text,
            )

    pushed()
    assert _held(served) == before


FORMS = (
    "/login",
    "/login/setup",
    "/login/password",
    "/login/code",
    "/login/logout",
    "/auth/company",
    "/oauth/callback",
)


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_any_fields_is_refused_and_logs_nobody_in(served: Store, path: str) -> None:  # noqa: F811
    entered(served, "boss")
    stranger = browser("203.0.113.9")
    names = st.sampled_from(["form", "next", "account", "password", "again", "display_name", "code", "state", "x"])

    @settings(QUICK, max_examples=25)
    @given(st.dictionaries(names, st.text(max_size=12), max_size=5))
    def sent(values: dict[str, str]) -> None:
        for answer in (stranger.post(path, data=values), stranger.get(path, params=values)):
            assert answer.status_code < 500, (answer.status_code, answer.text)
        assert "danliu_login" not in stranger.cookies

    sent()


@pytest.mark.parametrize(
    "path",
    ["/assets/../routes.py", "/assets/%2e%2e/routes.py", "/assets/..%2froutes.py", "/assets/%2e%2e%2f%2e%2e%2fsettings.py",
     "/assets//etc/passwd", "/assets/..\\routes.py", "/assets/%00", "/static/../../config.toml", "/static/%2e%2e/config.toml",
     "/login/../assets/..%2froutes.py"],
)  # fmt: skip
def test_no_path_leaves_the_folder_of_open_files(client: TestClient, path: str) -> None:  # noqa: F811
    answer = client.get(path)
    assert answer.status_code in (303, 400, 401, 404) or "page" in answer.text, answer.text[:200]
    assert "root:" not in answer.text and "MIDDLEWARE" not in answer.text and "[secrets]" not in answer.text
