"""The alerts page: rules and robots set up by form, and the very orders behind a link."""

from datetime import timedelta

from core import clock
from core.jobs.robots import find_alerts, tell_robots
from core.people.actor import person
from core.services import alerts, robots
from core.store import holds
from core.store.alert_rules import Rule
from tests.flow_orders import Shop

ADMIN = person("ada", "admin")


def said(page) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)]).replace("\\", "")


def keys(page) -> set[str]:
    return {button.key for button in page.button if button.key}


def test_the_page_is_empty_at_first_and_says_what_to_do(open_page, store) -> None:
    for part, words in (
        ("told", "Nobody was told"),
        ("rules", "No rule tells"),
        ("robots", "No robot and no mail box"),
    ):
        page = open_page("alerts", language="en", part=part)
        assert not page.exception and words in said(page)


def test_a_rule_shows_whom_it_tells_and_its_form_opens_with_a_suggestion(open_page, store, vault) -> None:
    robots.save(ADMIN, store, vault, "leads", "wecom", {"url": "https://example.com/hook"}, role="lead")
    alerts.save_rule(
        ADMIN, store, Rule("desk", ("held:refund_open", "parked"), ("lead",), quiet_from="22:00", quiet_to="08:00")
    )
    alerts.save_rule(ADMIN, store, Rule("shed", ("parked",), ("warehouse",)))
    page = open_page("alerts", language="en", part="rules")
    assert not page.exception
    assert "Tells: leads" in said(page) and "quiet 22:00 to 08:00" in said(page) and "It tells nobody" in said(page)
    page.button(key="rule_new").click().run()
    assert not page.exception and "rule_save" in keys(page)
    assert "rule_new" not in keys(open_page("alerts", role="cs", part="rules"))
    page = open_page("alerts", language="zh", part="robots")
    page.button(key="robot_new").click().run()
    assert not page.exception and "robot_save" in keys(page)


def test_the_link_of_a_message_shows_its_very_orders(open_page, store, settings, vault) -> None:
    shop = Shop(store, settings)
    robots.save(ADMIN, store, vault, "leads", "wecom", {"url": "https://example.com/hook"}, role="lead")
    alerts.save_rule(ADMIN, store, Rule("desk", ("held:person",), ("lead",)))
    shop.orders("1", "2", "3")
    find_alerts(store, vault, settings)
    with store.write() as cursor:
        holds.add(cursor, [shop.key("1"), shop.key("3")], "person", actor="x")
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        find_alerts(store, vault, settings)
        tell_robots(store, vault, settings)
    (one,) = alerts.told(ADMIN, store)
    page = open_page("alerts", language="en", told=one.message_id)
    assert not page.exception
    assert {key for key in keys(page) if key.startswith("named_open_")} == {f"named_open_{shop.key(no)}" for no in "13"}
    assert not open_page("alerts", language="en", told="nonsense").exception
