"""The channels page: shops and their state, forms that hide secrets, runs, rejects, file import, own channels."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from core import clock, runtime
from core.channels.intake import Batch, take_in
from core.mapping.starter import FOLDER, install_starters
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import channels, pulls
from core.services import shops as service
from core.settings import Settings
from core.store import Store, rejects, runs, shops
from core.ui import session

ADMIN = person("admin", "admin", language="en")
TAOBAO: dict[str, Any] = json.loads((FOLDER / "taobao.orders.json").read_text(encoding="utf-8"))
VALUES = {"app_key": "k1", "app_secret": "very-secret-1", "access_token": "token-1"}


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def connected(served: Store, vault: Vault, settings: Settings) -> Store:
    """A Taobao shop with one payload in the pool and one that waits as a reject."""
    install_starters(served)
    service.connect_shop(ADMIN, served, vault, settings, "taobao", "tm", VALUES, title="旗舰店")
    payload = TAOBAO["examples"][0]["body"]
    bodies = [json.dumps(payload, ensure_ascii=False), json.dumps({**payload, "tid_str": "9", "status": "NEW_WORD"})]
    take_in(served, vault, Batch("taobao", "tm", "orders", "pull", bodies))
    return served


@pytest.fixture
def draw(served: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """One dialog by itself: Streamlit's test runner closes a dialog at the next run."""
    monkeypatch.setattr(session, "identify", lambda: ADMIN)

    def run(form: str, *args: Any) -> AppTest:
        def script(form, args):  # its text runs by itself, without the names of this module
            from core import i18n
            from core.ui.channels import backfill_form, channel_list, reject_list, shop_form

            with i18n.speaking("en"):
                known = {
                    "connect": shop_form.connect,
                    "change": shop_form.change,
                    "backfill": backfill_form.ask,
                    "channel": channel_list._form,
                    "aside": reject_list._set_aside,
                }
                known[form](*args)

        return AppTest.from_function(script, default_timeout=30, args=(form, args)).run()

    return run


def _state(store: Store, vault: Vault) -> Any:
    (state,) = service.listing(ADMIN, store, vault, runtime.settings())
    return state


def _words(page: AppTest) -> str:
    return "\n".join(e.value for kind in ("markdown", "caption", "warning", "error", "info") for e in page.get(kind))


def test_without_a_shop_the_page_says_what_to_do(open_page, served: Store) -> None:
    page = open_page("channels", language="en")
    assert not page.exception and not page.error
    assert "No shop is connected." in _words(page)
    assert "connect_shop" in {b.key for b in page.button}


def test_a_card_shows_the_state_and_its_buttons_act(open_page, connected: Store, vault: Vault) -> None:
    page = open_page("channels", language="en")
    assert "旗舰店" in _words(page)
    assert "1 shops · 1 orders · 1 rejects" in _words(page)
    page.button(key="pause_taobao_tm").click().run()
    assert _state(connected, vault).state == "paused"
    page.button(key="resume_taobao_tm").click().run()
    assert _state(connected, vault).state == "new"


def test_pulling_a_paused_shop_resumes_it_and_the_buttons_say_so(open_page, connected: Store, vault: Vault) -> None:
    page = open_page("channels", language="en")
    page.button(key="pause_taobao_tm").click().run()
    page.button(key="run_taobao_tm").click().run()
    assert [cast(Any, toast).value for toast in page.toast] == ["It is resumed and pulled within seconds."]
    assert _state(connected, vault).state == "new"
    assert [b.key for b in page.button if b.key in ("pause_taobao_tm", "resume_taobao_tm")] == ["pause_taobao_tm"]


def test_a_shop_is_connected_by_its_form_and_its_secrets_are_never_shown_again(
    draw, served: Store, vault: Vault
) -> None:
    form = draw("connect")
    form.selectbox(key="new_channel").select("taobao").run()
    assert {t.proto.type for t in form.text_input if t.key == "new_taobao__app_secret"} == {1}  # a password field
    form.text_input(key="new_shop").input("tm")
    for name, value in VALUES.items():
        form.text_input(key=f"new_taobao__{name}").input(value)
    form.button(key="save_new").click().run()
    assert not form.exception and not form.error
    state = _state(served, vault)
    assert state.filled >= set(VALUES)
    form = draw("change", state)
    shown = [t.value for t in form.text_input] + [t.placeholder for t in form.text_input]
    assert not [text for text in shown if text and "very-secret-1" in text]
    assert form.text_input(key="change_app_secret").placeholder == "kept; leave empty to keep it"
    form.text_input(key="change_title").input("新店名").run()
    form.button(key="save_change").click().run()
    kept = shops.find(served, "taobao", "tm")
    assert kept is not None and kept.title == "新店名"
    assert _state(served, vault).filled >= set(VALUES)


def test_a_missing_setting_is_told_by_its_name_and_nothing_is_kept(draw, served: Store) -> None:
    form = draw("connect")
    form.selectbox(key="new_channel").select("taobao").run()
    form.text_input(key="new_shop").input("tm").run()
    form.button(key="save_new").click().run()
    assert "(app_key) is empty" in form.error[0].value
    assert shops.listing(served) == []


def test_a_preset_fills_the_form_of_a_private_mini_program(draw, served: Store) -> None:
    form = draw("connect")
    form.selectbox(key="new_channel").select("mini_program").run()
    address = next(t for t in form.text_input if t.key == "new_rest_mini_program_address")
    assert address.value == "https://mini.example.com/api/orders"


def test_a_back_fill_is_asked_for_in_days_of_the_business_zone(draw, connected: Store, vault: Vault) -> None:
    with clock.frozen(datetime(2026, 11, 22, 4, tzinfo=UTC)):
        form = draw("backfill", _state(connected, vault))
        form.button(key="begin_fill").click().run()
        (run,) = pulls.backfills(ADMIN, connected)
    assert not form.exception and not form.error
    assert (run.state, run.since, run.until) == (
        "queued",
        datetime(2026, 11, 14, 16, tzinfo=UTC),
        datetime(2026, 11, 22, 4, tzinfo=UTC),
    )


def test_the_runs_tab_shows_counts_progress_and_stops_a_back_fill(open_page, connected: Store) -> None:
    run_id = runs.start(connected, "taobao", "tm", "pull")
    runs.finish(connected, run_id, runs.Counts(3, 2, 1, 0, 0), "ok")
    end = clock.now()
    pulls.start_backfill(ADMIN, connected, runtime.settings(), "taobao", "tm", end - timedelta(days=2), end)
    page = open_page("channels", language="en", part="runs")
    assert not page.exception and not page.error
    table = page.dataframe[0].value
    assert [int(row.inserted) for row in table.itertuples() if row.state == "Done"] == [2]
    (stop,) = [b for b in page.button if b.key and b.key.startswith("stop_")]
    stop.click().run()
    assert [run.state for run in pulls.backfills(ADMIN, connected)] == ["stopped"]


def test_rejects_are_shown_with_reason_and_retried(open_page, connected: Store) -> None:
    page = open_page("channels", language="en", part="rejects")
    assert list(page.dataframe[0].value["value"]) == ["NEW_WORD"]
    assert "Most often: 1 × status" in _words(page)
    page.button(key="retry").click().run()
    assert not page.exception and not page.error
    assert len(rejects.listing(connected)) == 1


def test_setting_aside_needs_a_reason(draw, connected: Store) -> None:
    (reject,) = rejects.listing(connected)
    form = draw("aside", [reject.reject_id])
    form.button(key="confirm_aside").click().run()
    assert form.error and len(rejects.listing(connected)) == 1
    form.text_input(key="aside_reason").input("test order").run()
    form.button(key="confirm_aside").click().run()
    assert rejects.listing(connected) == []


def test_a_file_is_tried_and_then_imported(open_page, served: Store) -> None:
    install_starters(served)
    page = open_page("channels", language="en", part="import")
    page.selectbox(key="import_channel").select("offline").run()
    csv = "订单编号,订单状态,买家实际支付金额,订单创建时间\n1,买家已付款，等待卖家发货,12.50,2026-11-01 10:00:00\n"
    page.file_uploader(key="import_file").upload("a.csv", csv.encode(), "text/csv").run()
    assert "Encoding: **" in _words(page)
    assert page.button(key="import_go").disabled
    with served.write() as cursor:
        shops.ensure(cursor, "offline", "store-1")
    page.run()
    page.selectbox(key="import_shop_offline").select("store-1").run()
    page.button(key="import_dry").click().run()
    assert not page.exception and not page.error, _words(page)
    assert {m.label: m.value for m in page.metric}["New"] == "1"
    with served.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchall() == [(0,)]
    page.button(key="import_go").click().run()
    with served.read() as cursor:
        assert cursor.execute("SELECT channel, shop, paid_fen FROM orders").fetchall() == [("offline", "store-1", 1250)]


def test_an_own_channel_is_added_by_its_form(draw, open_page, served: Store) -> None:
    form = draw("channel")
    form.text_input(key="channel_name").input("live_shop")
    form.text_input(key="channel_zh").input("直播小店").run()
    form.button(key="save_channel").click().run()
    assert not form.error
    assert [c.channel for c in channels.listing(ADMIN, served) if c.own] == ["live_shop"]
    page = open_page("channels", language="en", part="own")
    assert "`live_shop`" in _words(page)


def test_a_lead_runs_and_settles_but_connects_nothing(open_page, connected: Store) -> None:
    page = open_page("channels", role="lead", language="en")
    keys = {b.key for b in page.button if b.key}
    assert "run_taobao_tm" in keys
    assert not keys & {"connect_shop", "change_taobao_tm", "remove_taobao_tm"}


def test_a_role_without_the_right_does_not_get_the_page(open_page, connected: Store) -> None:
    page = open_page("channels", role="analyst", language="en")
    assert "run_taobao_tm" not in {b.key for b in page.button}
