"""Connectors are found, not listed."""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors as package
from core.channels import registry
from core.errors import BadRequest, BadSetup

NEWCOMER = """
from core.channels.base import Check, Connector, Page, Setting


class Newcomer(Connector):
    channel = "youzan"
    title = "Newcomer"
    settings = (Setting("app_secret", "Secret", "secret"),)

    def test(self):
        return Check(True, "hello")

    def pull(self, entity, window):
        yield Page(("{}",), entity)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second folder of the package, as a newcomer's file would lie in the first."""
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    registry.connectors.cache_clear()
    yield tmp_path
    registry.connectors.cache_clear()
    for name in ("newcomer", "broken", "shared_part"):
        sys.modules.pop(f"connectors.{name}", None)


def test_the_five_platforms_are_found() -> None:
    assert {"taobao", "jd", "doudian", "pinduoduo", "wechat"} <= set(registry.connectors())


def test_a_module_without_a_connector_is_no_connector() -> None:
    assert "gateway" not in registry.connectors()


def test_a_newcomer_needs_one_file_only(folder: Path) -> None:
    (folder / "newcomer.py").write_text(textwrap.dedent(NEWCOMER), encoding="utf-8")
    shop = registry.connect("newcomer", "shop", {"app_secret": "x"})
    assert shop.test().said == "hello"


def test_a_broken_file_does_not_stop_the_others(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    assert "taobao" in registry.connectors()
    assert "broken" not in registry.connectors()
    assert "broken" in caplog.text


def test_an_unknown_connector_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadRequest, match="taobao"):
        registry.connector("ebay")


def test_a_shop_without_its_settings_is_refused() -> None:
    with pytest.raises(BadSetup, match="app_key"):
        registry.connect("jd", "shop", {})


def test_two_connections_of_one_shop_share_their_throttle() -> None:
    values = {"app_key": "k", "app_secret": "secret", "access_token": "token"}
    one, other = (registry.connect("jd", "same", values) for _ in range(2))
    third = registry.connect("jd", "another", values)
    assert one.http._throttle is other.http._throttle
    assert one.http._throttle is not third.http._throttle
