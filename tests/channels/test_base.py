"""What every connector inherits."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels import signatures
from core.channels.base import Check, Connector, Http, Page, Setting, TokenState, Window, body_text, header, in_seconds
from core.errors import BadRequest, BadSetup

START = datetime(2026, 11, 22, tzinfo=UTC)


class Small(Connector):
    """The smallest connector there can be."""

    channel = "other"
    title = "Cornershop"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("address", "Address", "url", default="http://127.0.0.1"),
        Setting("app_secret", "Secret", "secret"),
        Setting("note", "Note", required=False),
    )

    def test(self) -> Check:
        return Check(True, "ok")

    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        yield Page((json.dumps({"entity": entity, "since": window.since.isoformat()}),), entity)


def _small(**values: str) -> Small:
    return Small("shop", {"app_secret": "s3cret-key", **values}, Http())


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(BadSetup, match="app_secret"):
        Small("shop", {"note": "x"}, Http())


def test_defaults_fill_what_was_left_empty() -> None:
    assert _small(address="").value("address") == "http://127.0.0.1"
    assert _small().value("note") == ""
    assert _small().value("unknown") == ""


def test_nothing_shows_a_secret() -> None:
    shop = _small()
    assert "s3cret-key" not in repr(shop)
    assert shop.http.masked("key=s3cret-key") == "key=***"
    assert "s3cret" not in repr(TokenState(access_token="s3cret", refresh_token="s3cret"))


def test_a_window_wants_aware_ends() -> None:
    with pytest.raises(ValueError, match="aware"):
        Window(START.replace(tzinfo=None), START)


@given(st.integers(0, 10**6), st.integers(1, 10**5))
def test_a_split_window_has_no_gap_and_no_piece_too_long(seconds: int, longest: int) -> None:
    whole = Window(START, START + timedelta(seconds=seconds))
    pieces = list(whole.split(timedelta(seconds=longest))) if seconds // longest < 500 else []
    assert all(timedelta(0) < p.until - p.since <= timedelta(seconds=longest) for p in pieces)
    assert all(one.until == other.since for one, other in pairwise(pieces))
    if pieces:
        assert (pieces[0].since, pieces[-1].until) == (whole.since, whole.until)


def test_a_relay_pushes_with_our_own_signature() -> None:
    shop, body = _small(), b'{"entity":"refunds","external_nos":["9"]}'
    sign = signatures.danliu_push("s3cret-key", body)
    assert shop.verify_push({"X-DANLIU-SIGN": sign.upper()}, body)
    assert not shop.verify_push({"x-danliu-sign": sign}, body + b" ")
    assert not shop.verify_push({}, body)
    first, again = shop.read_push(body)[0], shop.read_push(body)[0]
    assert (first.entity, first.external_nos) == ("refunds", ("9",))
    assert first.message_id == again.message_id


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"entity":"stock","external_nos":[]}', b'{"external_nos":"1"}'])
def test_a_push_that_names_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        _small().read_push(body)


def test_what_a_connector_cannot_do_it_says() -> None:
    shop = _small()
    for call in (
        lambda: shop.fetch("orders", ["1"]),
        lambda: shop.set_stock([]),
        lambda: shop.open_refunds(["1"]),
    ):
        with pytest.raises(BadRequest, match="Cornershop"):
            call()
    assert shop.refresh() is None
    assert shop.companies() == ()
    assert not shop.token_state().refreshable


def test_a_body_keeps_long_ids_unknown_fields_and_its_order() -> None:
    wrote: dict[str, Any] = {"tid": 2381045600123456789, "b": "汉", "a": None, "new_field": [1, "x"]}
    text = body_text(wrote)
    assert text == '{"tid":2381045600123456789,"b":"汉","a":null,"new_field":[1,"x"]}'


def test_headers_are_found_whatever_their_letters() -> None:
    assert header({"Event-Sign": "a"}, "event-sign") == "a"
    assert header({}, "event-sign") == ""


def test_a_life_in_seconds_becomes_an_instant() -> None:
    assert in_seconds("x") is None
    assert in_seconds(None) is None
    assert in_seconds("7200") is not None
