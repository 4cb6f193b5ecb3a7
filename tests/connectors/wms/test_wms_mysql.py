"""The own warehouse, against a real MariaDB."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.wms_mysql import WmsMysql, may_write, select_statement
from core.channels.base import Http, Window
from core.errors import BadSetup, TryAgain

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
WINDOW = Window(NOON - timedelta(hours=1), NOON)


def wms(mariadb, **values) -> WmsMysql:
    known = {
        "host": "127.0.0.1",
        "port": str(mariadb.port),
        "user": "reader",
        "password": "only-reads",
        "database": "wms",
        "tls": "off",
    }
    return WmsMysql("main", known | values, Http())


@pytest.fixture(scope="module")
def filled(mariadb):
    mariadb.run(
        "CREATE TABLE stock (wh VARCHAR(20), sku_code VARCHAR(40), qty DECIMAL(12,0), changed DATETIME)",
        "CREATE TABLE parcels (order_no VARCHAR(40), express VARCHAR(20), mail_no VARCHAR(40), kg DECIMAL(8,3), "
        "out_time DATETIME)",
        "INSERT INTO stock VALUES ('嘉兴仓', 'A-1', 12, '2026-11-20 11:30:00'), "
        "('苏州仓', 'A-1', 0, '2026-11-20 11:59:59'),"
        "('苏州仓', 'B-2', 7, '2026-11-19 09:00:00')",
        "INSERT INTO parcels VALUES ('90071', '中通', '7310000001', 1.250, '2026-11-20 11:45:00')",
    )
    return mariadb


@pytest.mark.mariadb
def test_a_table_with_a_column_of_change_gives_the_window_only(filled):
    pages = list(wms(filled, stock_query="stock", stock_changed="changed").pull("stock", WINDOW))
    assert [json.loads(body) for page in pages for body in page.bodies] == [
        {"wh": "嘉兴仓", "sku_code": "A-1", "qty": 12, "changed": "2026-11-20 11:30:00"},
        {"wh": "苏州仓", "sku_code": "A-1", "qty": 0, "changed": "2026-11-20 11:59:59"},
    ]
    assert {page.entity for page in pages} == {"stock"}


@pytest.mark.mariadb
def test_a_table_without_one_gives_all_rows(filled):
    pages = list(wms(filled, stock_query="stock").pull("stock", WINDOW))
    assert sum(len(page.bodies) for page in pages) == 3


@pytest.mark.mariadb
def test_a_select_gets_the_window_as_bound_values_in_the_clock_of_the_database(filled):
    query = (
        "SELECT order_no, express, mail_no, kg, out_time FROM parcels "
        "WHERE out_time BETWEEN :since AND :until AND express LIKE '%通' -- 100% of them"
    )
    (page,) = wms(filled, outbound_query=query).pull("outbound", WINDOW)
    assert json.loads(page.bodies[0]) == {
        "order_no": "90071", "express": "中通", "mail_no": "7310000001", "kg": "1.250",
        "out_time": "2026-11-20 11:45:00",
    }  # fmt: skip


@pytest.mark.mariadb
def test_an_entity_left_out_of_the_form_gives_nothing(filled):
    assert list(wms(filled, stock_query="stock").pull("orders", WINDOW)) == []


@pytest.mark.mariadb
def test_the_session_cannot_write_even_with_an_owner_account(filled):
    owner = wms(filled, user="root", password="", stock_query="stock")
    with pytest.raises(BadSetup), owner._session() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO stock VALUES ('x', 'x', 1, now())")
    assert sum(len(page.bodies) for page in owner.pull("stock", WINDOW)) == 3


@pytest.mark.mariadb
def test_the_check_names_the_columns_and_praises_a_reader(filled):
    check = wms(
        filled, stock_query="stock", outbound_query="SELECT mail_no FROM parcels WHERE out_time > :since"
    ).test()
    assert check.ok and not check.hint
    assert "stock: wh, sku_code, qty, changed" in check.said and "outbound: mail_no" in check.said


@pytest.mark.mariadb
def test_the_check_warns_of_an_account_that_may_write(filled):
    check = wms(filled, user="root", password="", stock_query="stock").test()
    assert check.ok and check.hint


@pytest.mark.mariadb
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "wrong"}, "Access denied"),
        ({"database": "other"}, "Access denied"),
        ({"stock_query": "no_such_table"}, "no_such_table"),
        ({"stock_query": "SELECT nothing FROM stock"}, "nothing"),
    ],
)
def test_a_wrong_set_up_is_told_in_the_words_of_the_database(filled, values, words):
    shop = wms(filled, **({"stock_query": "stock"} | values))
    assert words in shop.test().said and not shop.test().ok
    with pytest.raises(BadSetup):
        list(shop.pull("stock", WINDOW))


def test_a_silent_host_is_tried_again():
    shop = WmsMysql(
        "main",
        {"host": "127.0.0.1", "port": "9", "user": "u", "password": "p", "database": "d", "stock_query": "stock"},
        Http(),
    )
    with pytest.raises(TryAgain):
        list(shop.pull("stock", WINDOW))
    assert not shop.test().ok


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM stock",
        "SELECT 1; DELETE FROM stock",
        "SELECT * FROM stock INTO OUTFILE '/tmp/x'",
        "SELECT 1 INTO @a",
        "SELECT /*!50000 sleep(9) */ 1",
        "SELECT sleep(100)",
        "SELECT load_file('/etc/passwd')",
        "SELECT * FROM stock FOR UPDATE",
        "SELECT * FROM stock WHERE a = :shop",
        "WITH x AS (SELECT 1) DELETE FROM stock",
        "",
    ],
)
def test_only_one_plain_select_is_accepted(query):
    with pytest.raises(BadSetup):
        select_statement(query)


def test_words_inside_strings_and_comments_do_not_count():
    assert select_statement("SELECT 'into; :since', `update` /* delete */ FROM t # drop\n WHERE a > :since;") == (
        "SELECT 'into; :since', `update`   FROM t  \n WHERE a > %(since)s"
    )
    assert select_statement("select replace(a, '-', '') from t") == "select replace(a, '-', '') from t"


def test_a_grant_of_reading_only_is_told_from_others():
    assert not may_write("GRANT USAGE ON *.* TO `r`@`%` IDENTIFIED BY PASSWORD 'x'")
    assert not may_write("GRANT SELECT, SHOW VIEW ON `wms`.* TO `r`@`%`")
    assert not may_write("GRANT SELECT (`a`, `b`) ON `wms`.`t` TO `r`@`%`")
    assert may_write("GRANT SELECT, INSERT ON `wms`.* TO `r`@`%`")
    assert may_write("GRANT ALL PRIVILEGES ON *.* TO `r`@`%` WITH GRANT OPTION")
