"""Attempts to leave the SQL console: each ends at the parsed tree, with a message that names what is not allowed."""

import pytest

from core.errors import BadRequest
from core.i18n import speaking
from core.insight.console_parse import checked, plain

VIEWS = ("orders", "order_lines", "refunds")

ATTACKS = {
    "copy to a file": ("COPY orders TO '/tmp/x.csv'", "only answers one SELECT", "只回答一个 SELECT"),
    "copy from a file": ("COPY orders FROM '/etc/passwd'", "only answers one SELECT", "只回答一个 SELECT"),
    "attach": ("ATTACH '/tmp/x.db' AS x", "only answers one SELECT", "只回答一个 SELECT"),
    "install": ("INSTALL httpfs", "only answers one SELECT", "只回答一个 SELECT"),
    "load": ("LOAD httpfs", "only answers one SELECT", "只回答一个 SELECT"),
    "set": ("SET enable_external_access = true", "only answers one SELECT", "只回答一个 SELECT"),
    "pragma": ("PRAGMA database_list", "only answers one SELECT", "只回答一个 SELECT"),
    "update": ("UPDATE orders SET paid_fen = 0", "only answers one SELECT", "只回答一个 SELECT"),
    "delete": ("DELETE FROM orders", "only answers one SELECT", "只回答一个 SELECT"),
    "drop": ("DROP TABLE danliu.orders", "only answers one SELECT", "只回答一个 SELECT"),
    "call": ("CALL pragma_version()", "only answers one SELECT", "只回答一个 SELECT"),
    "explain": ("EXPLAIN ANALYZE SELECT 1", "only answers one SELECT", "只回答一个 SELECT"),
    "prepare": ("PREPARE p AS SELECT 1", "only answers one SELECT", "只回答一个 SELECT"),
    "create": ("CREATE TEMP TABLE x AS SELECT 1", "only answers one SELECT", "只回答一个 SELECT"),
    "export": ("EXPORT DATABASE '/tmp/x'", "only answers one SELECT", "只回答一个 SELECT"),
    "a second statement": ("SELECT 1; DROP TABLE orders", "more than one statement", "不止一条"),
    "a second select": ("SELECT 1; SELECT 2", "more than one statement", "不止一条"),
    "a second statement behind a comment": ("SELECT 1 --\n; DELETE FROM orders", "more than one statement", "不止一条"),
    "a second statement between comments": ("SELECT 1 /* x */; /* y */ SET x=1", "more than one statement", "不止一条"),
    "read_csv": ("SELECT * FROM read_csv('/etc/passwd')", "function read_csv", "函数 read_csv"),
    "read_text": ("SELECT * FROM read_text('/etc/passwd')", "function read_text", "函数 read_text"),
    "read_parquet in a subquery": ("SELECT (SELECT count(*) FROM read_parquet('x'))", "function read_parquet", "函数 read_parquet"),
    "glob": ("SELECT * FROM glob('/*')", "function glob", "函数 glob"),
    "getenv": ("SELECT getenv('HOME')", "function getenv", "函数 getenv"),
    "a quoted function": ('SELECT * FROM "Read_CSV"(\'x\')', "function read_csv", "函数 read_csv"),
    "settings": ("SELECT * FROM duckdb_settings()", "function duckdb_settings", "函数 duckdb_settings"),
    "secrets": ("SELECT * FROM duckdb_secrets()", "function duckdb_secrets", "函数 duckdb_secrets"),
    "current_setting": ("SELECT current_setting('temp_directory')", "function current_setting", "函数 current_setting"),
    "query of a text": ("SELECT * FROM query('SELECT * FROM danliu.accounts')", "function query", "函数 query"),
    "query_table of a text": ("FROM query_table('danliu.accounts')", "function query_table", "函数 query_table"),
    "serialized sql": ("SELECT * FROM json_execute_serialized_sql('{}')", "function json_execute", "函数 json_execute"),
    "a system function by its schema": ("SELECT * FROM system.main.duckdb_tables()", "function duckdb_tables", "函数 duckdb_tables"),
    "a pragma as a table": ("SELECT * FROM pragma_table_info('orders')", "function pragma_table_info", "函数 pragma_table_info"),
    "an enormous text": ("SELECT repeat('x', 4000000000)", "function repeat", "函数 repeat"),
    "an enormous list": ("SELECT range(4000000000)", "function range", "函数 range"),
    "sleeping": ("SELECT sleep_ms(100000)", "function sleep_ms", "函数 sleep_ms"),
    "writing to the log": ("SELECT write_log('x')", "function write_log", "函数 write_log"),
    "a function in a window": ("SELECT getenv('A') OVER () FROM orders", "function getenv", "函数 getenv"),
    "a function as an argument of a table's": ("SELECT * FROM range(length(getenv('A')))", "function getenv", "函数 getenv"),
    "a file by name": ("SELECT * FROM '/etc/passwd'", "no view /etc/passwd", "没有视图 /etc/passwd"),
    "a csv by name": ("FROM 'orders.csv'", "no view orders.csv", "没有视图 orders.csv"),
    "an address by name": ("FROM 'https://example.com/x.parquet'", "no view https", "没有视图 https"),
    "the store's table": ("SELECT * FROM danliu.orders", "no view danliu.orders", "没有视图 danliu.orders"),
    "the store's table in full": ("SELECT * FROM danliu.main.accounts", "no view danliu.main.accounts", "没有视图 danliu.main"),
    "the store's table quoted": ('SELECT * FROM "danliu"."main"."order_persons"', "no view danliu.main", "没有视图 danliu.main"),
    "a schema alone": ("SELECT * FROM main.orders", "no view main.orders", "没有视图 main.orders"),
    "a table that is no view": ("SELECT * FROM accounts", "no view accounts", "没有视图 accounts"),
    "a quoted table": ('SELECT * FROM "order_persons"', "no view order_persons", "没有视图 order_persons"),
    "the catalogue": ("SELECT * FROM information_schema.tables", "no view information_schema.tables", "没有视图 information"),
    "sqlite_master": ("SELECT * FROM sqlite_master", "no view sqlite_master", "没有视图 sqlite_master"),
    "a subquery in WHERE": ("SELECT 1 FROM orders WHERE 1 IN (SELECT 1 FROM accounts)", "no view accounts", "没有视图 accounts"),
    "a subquery in ORDER BY": ("SELECT 1 ORDER BY (SELECT count(*) FROM accounts)", "no view accounts", "没有视图 accounts"),
    "a lateral join": ("SELECT * FROM orders o, LATERAL (SELECT * FROM danliu.accounts) a", "no view danliu", "没有视图 danliu"),
    "a union": ("SELECT 1 UNION ALL SELECT 1 FROM accounts", "no view accounts", "没有视图 accounts"),
    "inside WITH": ("WITH a AS (SELECT * FROM danliu.accounts) SELECT * FROM a", "no view danliu", "没有视图 danliu"),
    "a name of WITH out of its reach": ("SELECT * FROM (WITH accounts AS (SELECT 1) SELECT * FROM accounts), accounts", "no view accounts", "没有视图 accounts"),
    "WITH that shadows a view": ("WITH orders AS (SELECT 1) SELECT * FROM orders", "name orders", "名称 orders"),
    "WITH that opens a system table": ("WITH duckdb_tables AS (SELECT 1) SELECT * FROM duckdb_tables", "name duckdb_tables", "名称 duckdb_tables"),
    "a table in a pivot": ("SELECT * FROM (FROM accounts PIVOT (sum(a) FOR p IN ('x')))", "no view accounts", "没有视图 accounts"),
    "show tables": ("SHOW TABLES", "only answers one SELECT", "只回答一个 SELECT"),
    "describe of a table": ("DESCRIBE danliu.accounts", "no view danliu.accounts", "没有视图 danliu.accounts"),
    "a placeholder": ("SELECT * FROM orders WHERE status = ?", "no placeholders", "占位符"),
    "nothing": ("  ", "no question", "没有问题"),
    "no SQL": ("hello", "cannot be read", "读不懂"),
    "an unclosed comment": ("SELECT 1 /* FROM orders", "cannot be read", "读不懂"),
    "far too long": ("SELECT 1" + " " * 30_000, "at most", "最多"),
    "far too deep": ("SELECT " + "abs(" * 4_000 + "1" + ")" * 4_000, "", ""),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attempt_to_leave_the_console_fails_with_a_clear_message_in_both_languages(store, attack):
    text, english, chinese = ATTACKS[attack]
    with store.read() as cursor, pytest.raises(BadRequest) as caught:
        checked(cursor, text, VIEWS)
    with speaking("en"):
        assert english in str(caught.value)
    with speaking("zh"):
        assert chinese in str(caught.value)


GOOD = (
    "SELECT channel, count(*) FROM orders GROUP BY ALL",
    "select shop, sum(paid_fen) / 100.0 from Orders where paid_at >= now() - interval 7 days group by 1 order by 2 desc limit 5",
    "WITH big AS (SELECT * FROM orders WHERE paid_fen > 10000) SELECT b.shop, l.sku FROM big b JOIN order_lines l USING (order_key)",
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n",
    "SELECT *, row_number() OVER (PARTITION BY shop ORDER BY paid_at DESC) AS r FROM orders QUALIFY r = 1",
    "SELECT * FROM range(3) t(i), LATERAL (SELECT i + 1 AS j) x",
    "SELECT extract(hour FROM paid_at), paid_at::DATE, date_trunc('week', paid_at) FROM orders",
    "SELECT CASE WHEN held THEN 'a' ELSE 'b' END, coalesce(province, '?') FROM orders WHERE title_like IS NULL",
    "FROM orders SELECT list(DISTINCT shop), quantile_cont(paid_fen, 0.9), count(*) FILTER (WHERE held)",
    "SUMMARIZE orders", "DESCRIBE SELECT * FROM orders", "VALUES (1), (2)", "TABLE orders",
    "SELECT * FROM (FROM orders PIVOT (count(*) FOR channel IN ('jd', 'taobao')))",
    "SELECT unnest([1, 2, 3]), list_transform([1, 2], x -> x + 1), {'a': 1}, 'it''s', $$a$$",
    "SELECT 1 -- ; DROP TABLE orders", "SELECT ';' AS semicolon /* two; parts */;",
    "SELECT * FROM orders WHERE recipient LIKE '王%' AND shop NOT IN (SELECT shop FROM refunds)",
)  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_what_an_analyst_asks_is_let_through(store, text):
    with store.read() as cursor:
        question = checked(cursor, text, VIEWS)
    assert set(question.views) <= set(VIEWS)
    assert "--" not in question.sql
    assert "/*" not in question.sql


def test_what_runs_is_written_anew_from_the_tree(store):
    with store.read() as cursor:
        question = checked(cursor, "select /* a */ 1 as x from ORDERS -- b", VIEWS)
    assert question.sql == "SELECT 1 AS x FROM orders"
    assert question.views == ("orders",)


def test_an_error_names_no_table_that_was_not_asked_for():
    said = 'Catalog Error: Table with name x does not exist!\nDid you mean "danliu.accounts"?\n\nLINE 1: select'
    assert plain(said) == "Table with name x does not exist!"
