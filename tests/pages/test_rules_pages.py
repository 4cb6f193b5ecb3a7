"""The pages Rules and Risk: what is typed reaches the document, what is shown comes from it, nothing happens unasked."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core import clock, runtime
from core.decide.starter import install_rules
from core.people.actor import SYSTEM, person
from core.people.vault import Vault
from core.services import blacklist, labels, lists, rules
from core.store import Store, courier_codes, decisions, documents, holds
from core.store import blacklist as kept
from core.store.courier_codes import Courier
from core.store.decisions import Decision
from tests.factories import fill

ADMIN = person("admin", "admin")


def texts(app: AppTest) -> str:
    return "\n".join(
        str(item.value) for item in [*app.markdown, *app.caption, *app.warning, *app.error, *app.info, *app.success]
    )


def body(fen: int, mode: str = "live") -> dict:
    rule = {
        "id": "big",
        "name": "大额订单",
        "when": {"field": "paid_fen", "op": "gt", "value": fen},
        "then": {"action": "review"},
    }
    return {"kind": "risk", "name": "t", "mode": mode, "hit": "all", "rules": [rule]}


@pytest.fixture
def ready(served: Store, vault) -> Store:
    fill(served, vault, 60)
    rules.publish(ADMIN, served, vault, "risk", "t", rules.save(ADMIN, served, body(4_000_000)).version)
    return served


def test_the_list_says_state_mode_and_hits(ready: Store, open_page) -> None:
    install_rules(ready)
    shown = texts(open_page("rules"))
    assert "共 3 个规则集，2 个生效中" in shown
    assert "推荐组合" in shown
    assert "基础三条" in shown
    assert ":orange-badge[试运行]" in shown


def test_an_opened_set_says_its_rules_in_both_languages(ready: Store, open_page) -> None:
    shown = texts(open_page("rules", set="risk/t"))
    assert "大额订单" in shown
    assert "实付金额超过 40,000.00 元" in shown
    assert "Amount paid is over 40,000.00 yuan" in shown


def test_what_is_typed_in_the_form_changes_the_draft_only(ready: Store, open_page) -> None:
    app = open_page("rules", set="risk/t")
    app.button("rule_open_0").click().run()
    (amount,) = app.number_input
    assert amount.value == 40_000
    amount.set_value(123.45).run()
    assert not app.exception
    assert "实付金额超过 123.45 元" in texts(app)
    assert "已修改，未保存" in texts(app)
    live = documents.published(ready, "risk", "t")
    assert live is not None
    assert live.body == body(4_000_000)
    assert documents.newest(ready, "risk", "t") == live


def test_opening_a_form_changes_nothing(ready: Store, vault, open_page) -> None:
    install_rules(ready)
    app = open_page("rules", set="risk/recommended")
    for place in range(4):
        app.button(f"rule_open_{place}").click().run()
        assert not app.exception
    assert "已修改，未保存" not in texts(app)


def test_a_person_without_the_right_reads_only(ready: Store, open_page) -> None:
    app = open_page("rules", role="lead", set="risk/t")
    assert not {"set_save", "set_publish", "rule_add"} & {button.key for button in app.button}
    app.button("rule_open_0").click().run()
    assert all(item.disabled for item in [*app.number_input, *app.selectbox])


def test_a_published_set_that_cannot_be_read_is_told_on_every_rules_page(ready: Store, open_page) -> None:
    wrong = {
        **body(1),
        "name": "broken",
        "rules": [{"id": "a", "when": {"field": "x_gone", "op": "eq", "value": 1}, "then": {}}],
    }
    draft = documents.save_draft(ready, "risk", "broken", wrong, author="t")
    documents.publish(ready, "risk", "broken", draft.version)
    for page in ("rules", "risk", "promotions"):
        assert "已发布的版本无法读取" in texts(open_page(page))


def test_a_threshold_is_tried_before_it_is_saved(ready: Store, open_page) -> None:
    app = open_page("risk")
    (amount,) = [item for item in app.number_input if item.label.startswith("实付金额")]
    amount.set_value(300.00).run()
    next(button for button in app.button if str(button.key).endswith("_go")).click().run()
    assert not app.exception
    (found,) = rules.try_out(
        ADMIN, ready, _vault(), [("x", body(30_000))], zone="Asia/Shanghai",
        first=clock.business_day(clock.now(), "Asia/Shanghai") - timedelta(days=29), last=None,
    )  # fmt: skip
    assert found.newly_count > 0
    assert f"**新增挂起: {found.newly_count}**" in texts(app)
    assert holds_of(ready) == 0
    assert documents.newest(ready, "risk", "t").version == 1  # type: ignore[union-attr]


def test_held_orders_wait_and_the_rate_above_the_level_is_an_alert(ready: Store, open_page) -> None:
    with ready.write() as cursor:
        keys = [row[0] for row in cursor.execute("SELECT order_key FROM orders WHERE NOT held LIMIT 4").fetchall()]
        decisions.append(cursor, [Decision(key, "risk", "t", 1, "live", "review") for key in keys])
        holds.add(cursor, keys, "risk_review", actor="system")
    labels.release(ADMIN, ready, keys[:1])
    app = open_page("risk", role="lead", part="waiting")
    assert "3 个挂起订单待处理" in texts(app)
    assert "超过预警线" in texts(app)
    assert len(app.dataframe[0].value) == 3


def test_the_blacklist_service_is_connected_by_form_and_says_its_last_answers(ready: Store, vault, open_page) -> None:
    page = open_page("risk", part="blacklist")
    assert "尚未接入黑名单服务" in texts(page)
    form = blacklist.presets()["generic"][1] | {"address": "https://risk.example/check", "app_secret": "s3cret"}
    blacklist.save(SYSTEM, ready, vault, form, mode="live")
    with ready.write() as cursor:
        row = cursor.execute("SELECT order_key FROM orders LIMIT 1").fetchone()
        kept.keep(cursor, {}, [kept.Heard(row[0] if row else 0, "silent")], 1)
    page = open_page("risk", part="blacklist")
    assert "生效中" in texts(page)
    assert "最近一天多数订单没有按时得到答复" in texts(page)
    assert "s3cret" not in texts(page)


def test_the_lists_are_shown_masked(ready: Store, vault, open_page) -> None:
    lists.add(ADMIN, ready, vault, "黑名单", "phone", ["13800138000"])
    app = open_page("risk", part="lists")
    assert list(app.dataframe[0].value["shown"]) == ["138****8000"]
    assert "13800138000" not in texts(app)


def test_the_curve_is_drawn_over_the_threshold(ready: Store, open_page) -> None:
    app = open_page("risk", part="curve")
    app.button("sweep_go").click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1


def test_what_an_order_lacks_is_told_by_channel(ready: Store, open_page) -> None:
    shown = open_page("risk", part="keys")
    assert "不提供 IP 地址" in texts(shown)


def _vault() -> Vault:
    return runtime.vault()


def holds_of(store: Store) -> int:
    with store.read() as cursor:
        row = cursor.execute("SELECT count(*) FROM orders WHERE contains(held_reasons, 'risk_')").fetchone()
    return row[0] if row else 0


def test_a_courier_rule_is_made_by_form_tried_and_put_in_force(ready: Store, vault, open_page) -> None:
    with ready.write() as cursor:
        courier_codes.save(cursor, [Courier("SF", "顺丰", True, 0), Courier("ZTO", "中通", True, 1)])
    set_of = {"kind": "courier", "name": "大额", "mode": "live", "hit": "first", "rules": [], "otherwise": {}}
    rules.save(ADMIN, ready, set_of)
    app = open_page("rules", set="courier/大额")
    app.button("rule_add").click().run()
    amount, cap = app.number_input
    amount.set_value(200.0).run()
    cap.set_value(8.0).run()
    assert not app.exception
    assert "> 实付金额不低于 200.00 元 → **走顺丰（不超过 8.00 元）**" in texts(app)
    [made] = app.session_state["rule_works"]["courier", "大额"].body["rules"]
    assert made["then"] == {"courier": "SF", "price_cap_fen": 800}
    assert made["when"] == {"all": [{"field": "paid_fen", "op": "ge", "value": 20_000}]}
