"""Values in words, in both languages, and nothing from outside taken for markup."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock, i18n
from core.model.fields import BUILT_IN
from core.model.refunds import STATES, WORDS, state_of
from core.store.orders_query import OPERATORS
from core.ui import words

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("before", "zh", "en"),
    [
        (timedelta(seconds=2), "刚刚", "just now"),
        (timedelta(seconds=59), "59 秒前", "59 s ago"),
        (timedelta(minutes=60), "1 小时前", "1 h ago"),
        (timedelta(hours=47), "1 天前", "1 d ago"),
        (timedelta(minutes=-5), "5 分钟后", "in 5 min"),
    ],
)
def test_a_time_is_said_relative_to_now(before: timedelta, zh: str, en: str) -> None:
    with clock.frozen(NOW):
        with i18n.speaking("zh"):
            assert words.ago(NOW - before) == zh
        with i18n.speaking("en"):
            assert words.ago(NOW - before) == en


def test_an_instant_is_shown_in_the_business_zone() -> None:
    assert words.instant(NOW, ZONE) == "2026-11-22 12:00:00" and words.instant(None, ZONE) == "–"


def test_money_is_yuan_with_its_sign() -> None:
    assert words.money(123456) == "¥1,234.56" and words.money(None) == "–" and words.money(0) == "¥0.00"


@given(st.text())
def test_a_text_from_outside_is_never_markup(text: str) -> None:
    shown = words.html(text)
    assert "<" not in shown and ">" not in shown and '"' not in shown


def test_a_changed_order_is_told_field_by_field() -> None:
    detail = '{"status":["PAID","SHIPPED"],"paid_fen":[1000,1200],"shipped_at":[null,"2026-11-22T04:00:00Z"]}'
    with i18n.speaking("zh"):
        assert words.event_detail("pull", detail, ZONE) == (
            "拉取 · 状态: 已付款 → 已发货 · 实付金额: ¥10.00 → ¥12.00 · 发货时间: – → 2026-11-22 12:00:00"
        )


def test_an_event_with_a_broken_detail_still_reads() -> None:
    with i18n.speaking("en"):
        assert words.event_detail("pull", "{", ZONE) == "by pull"


def test_a_refund_word_of_every_platform_has_a_state_with_words() -> None:
    assert {state for known in WORDS.values() for state in known.values()} <= set(STATES)
    assert state_of("taobao", "SUCCESS") == "refunded" and state_of("taobao", "NEVER_SEEN") is None
    with i18n.speaking("zh"):
        assert words.refund_state("pinduoduo", "10") == "退款成功"
        assert words.refund_state("pinduoduo", "99") == "99"


def test_every_comparison_has_a_word() -> None:
    assert {op for known in OPERATORS.values() for op in known} <= set(words.OPERATORS)


def test_every_field_shows_an_empty_value_as_a_dash() -> None:
    assert {words.value(field, None, ZONE) for field in BUILT_IN} == {"–"}


def test_a_reason_of_the_system_is_translated_in_the_story_and_a_persons_is_not():
    with i18n.speaking("zh"):
        assert words.event_detail("refund_open", '{"why": "refunded"}', ZONE).endswith(" · 款项已退回")
        assert words.why("老客户,电话确认过") == "老客户,电话确认过"
    with i18n.speaking("en"):
        assert words.why("time over") == "the time to approve is over"
