"""A link asks its question again; the console answers and refuses on the page; a suggestion waits for a person."""

import json
from datetime import date

from core import clock
from core.store import purchases
from core.store.purchases import PurchaseLine
from tests.factories import fill

ASKED = {
    "rows": ["shop"],
    "column": "status",
    "measure": "units",
    "chart": "table",
    "top": 10,
    "time": "paid_at",
    "view": {"channel": ["jd"]},
}


def values(app, *keys):
    return tuple(app.session_state[key] for key in keys)


def test_a_link_into_the_explorer_asks_its_question(served, vault, open_page):
    fill(served, vault, 60)
    app = open_page("explore", role="analyst", q=json.dumps(ASKED))
    assert not app.exception
    assert values(app, "px_row", "px_column", "px_measure", "px_chart", "px_channel") == (
        "shop",
        "status",
        "units",
        "table",
        ["jd"],
    )
    assert json.loads(app.query_params["q"])["view"] == {"channel": ["jd"]}


def test_a_broken_link_begins_with_the_default_question(served, vault, open_page):
    fill(served, vault, 60)
    app = open_page("explore", role="analyst", q='{"rows": "evil"')
    assert not app.exception
    assert values(app, "px_row", "px_measure") == ("channel", "orders")


def test_a_link_with_what_the_catalogue_does_not_know_falls_back_to_what_it_knows(served, vault, open_page):
    fill(served, vault, 60)
    app = open_page("explore", role="analyst", q=json.dumps({**ASKED, "rows": ["phone"]}))
    assert not app.exception
    assert values(app, "px_row")[0] != "phone"


def test_the_console_answers_and_refuses(served, vault, open_page):
    fill(served, vault, 60)
    app = open_page("sql_console", role="analyst")
    app.text_area(key="console_sql").set_value("SELECT count(*) AS n FROM orders").run()
    app.button(key="console_ask").click().run()
    assert not app.exception
    assert app.dataframe[0].value.to_dict("list") == {"n": [60]}
    app.text_area(key="console_sql").set_value("SELECT * FROM read_csv('/etc/passwd')").run()
    app.button(key="console_ask").click().run()
    assert "read_csv" in app.error[0].value


def test_history_keeps_its_period_and_shops_in_the_address(served, vault, open_page):
    fill(served, vault, 60)
    app = open_page("history", role="analyst", **{"from": "2026-01-01", "to": "2026-12-31", "shop": ["jd-main"]})
    assert not app.exception
    assert values(app, "history_period", "history_shop") == ((date(2026, 1, 1), date(2026, 12, 31)), ["jd-main"])
    assert app.query_params["from"] == "2026-01-01"


def test_a_suggestion_is_for_a_lead_to_confirm_and_for_an_analyst_to_see(served, open_page):
    today = clock.business_day(clock.now(), "Asia/Shanghai")
    month = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    with served.write() as cursor:
        lines = [PurchaseLine("S", "p", str(n), "A", "", 1, month, month if n else None) for n in range(40)]
        purchases.save(
            cursor, [*lines[:30], *[PurchaseLine("S", "q", str(n), "A", "", 1, month) for n in range(10)]], "x", "x"
        )
    app = open_page("suppliers", role="analyst")
    assert not [button for button in app.button if str(button.key).startswith("confirm_")]
    app = open_page("suppliers", role="lead")
    assert [button.key for button in app.button if str(button.key).startswith("confirm_")] == [f"confirm_S_{month}"]
    assert not app.exception
