"""A store in PostgreSQL: opened, refused with a cause and a next step, held by one process, alive after a restart."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from core.errors import BadSetup, TryAgain
from core.settings import ROOT, Settings, load
from core.store import Store, open_store
from core.store.backup import proof, tables
from core.store.engines import engine_of, postgres
from core.store.engines.postgres import place_of
from core.store.migrate import applied, steps
from tests.postgres import Postgres

pytestmark = pytest.mark.postgres
SECRET = ("g'eh@im/1", "g%27eh%40im%2F1", "g\\'eh@im/1")


@pytest.fixture
def place(postgres: Postgres, tmp_path) -> Iterator[Settings]:
    database = postgres.fresh()
    yield Settings(store_url=postgres.url(database), key_file=tmp_path / "secret.key", demo=False)
    postgres.drop(database)


def refused(settings: Settings, kind: type[Exception] = BadSetup) -> str:
    with pytest.raises(kind) as caught:
        open_store(settings).close()
    told = str(caught.value)
    assert not any(secret in told for secret in SECRET)
    return told


def look_anew(store: Store) -> None:
    """As if the second had passed for which a look at the gate counts."""
    assert isinstance(store.engine, postgres.PostgresEngine)
    store.engine._looked_at = 0.0


def test_what_is_written_is_there_after_the_store_was_opened_anew(place: Settings) -> None:
    first = open_store(place)
    with first.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key, platform_no, buyer_note) VALUES (7, 'A''7', '红')")
    with pytest.raises(ZeroDivisionError), first.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key, platform_no) VALUES (8, 'A8')")
        raise ZeroDivisionError
    first.close()
    second = open_store(place)
    with second.read() as cursor:
        assert cursor.execute("SELECT order_key, platform_no, buyer_note FROM orders").fetchall() == [(7, "A'7", "红")]
    assert applied(second) == {number for number, _path in steps()}
    second.close()


def test_it_has_the_same_tables_and_columns_as_a_file(place: Settings, tmp_path) -> None:
    """What DuckDB calls JSON and HUGEINT stays what it is: a store can be moved there and back."""

    def columns(settings: Settings) -> list[tuple[str, str, str]]:
        opened = open_store(settings)
        with opened.read() as cursor:
            found = cursor.execute(
                "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'danliu' ORDER BY ALL"
            ).fetchall()
        opened.close()
        return found

    assert columns(place) == columns(replace(place, store_url=f"duckdb:{tmp_path / 'store.duckdb'}"))


def test_a_password_is_neither_shown_nor_kept_in_what_is_logged(place: Settings) -> None:
    opened = open_store(place)
    assert opened.url.startswith("postgres://danliu@127.0.0.1:") and not any(s in opened.url for s in SECRET)
    opened.close()


def test_a_server_that_does_not_run_is_named(place: Settings, postgres: Postgres) -> None:
    told = refused(replace(place, store_url=postgres.url("store_1", port=1)))
    assert "postgres://danliu@127.0.0.1:1/store_1" in told and "Connection refused" in told


def test_a_wrong_password_is_told_without_repeating_it(place: Settings, postgres: Postgres) -> None:
    told = refused(replace(place, store_url=postgres.url("store_1", password="qwertz-9")))
    assert "password authentication failed" in told and "qwertz-9" not in told


def test_a_database_that_is_not_there_is_named(place: Settings, postgres: Postgres) -> None:
    assert '"nowhere" does not exist' in refused(replace(place, store_url=postgres.url("nowhere")))


def test_a_user_without_rights_is_told_what_to_grant(place: Settings, postgres: Postgres) -> None:
    postgres.run("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    database = place.store_url.rpartition("/")[2]
    assert "GRANT CREATE, USAGE" in refused(
        replace(place, store_url=postgres.url(database, user="guest", password="guest"))
    )
    postgres.run("DROP ROLE guest")


def test_a_missing_extension_is_told_with_what_to_install(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "PACKAGE", "duckdb_extension_nowhere")
    assert "requirements-cluster.txt" in refused(place)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://danliu@host",
        "postgres://danliu@host/a/b",
        "postgres://danliu@host:port/a",
        "postgres://danliu@host/a?options=-c%20x",
        "postgres:a",
        "ducklake:postgres://danliu@host/a?data_path=b",
        "mysql://danliu:geheim@host/a",
        "duckdb:",
    ],
)
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(BadSetup) as caught:
        engine_of(Settings(store_url=url))
    assert "geheim" not in str(caught.value)


def test_signs_of_a_password_survive_the_way_to_the_server() -> None:
    found = place_of("postgres://u%20x:p%27%5C%40@h.example:5544/d%C3%A9?sslmode=require")
    words = r"user='u x' password='p\'\\@' dbname='dé' sslmode='require'"
    assert found.words().endswith(f"host='h.example' port='5544' {words}")


def test_a_newer_schema_is_refused_and_untouched(place: Settings) -> None:
    opened = open_store(place)
    with opened.write() as cursor:
        cursor.execute("INSERT INTO schema_steps VALUES (9999, 'future', now())")
    opened.close()
    assert "9999" in refused(place)


def test_two_have_the_store_and_see_what_the_other_writes(place: Settings) -> None:
    first, second = open_store(place), open_store(place)
    before = second.version
    told = threading.Event()
    second.at_foreign.append(told.set)
    with first.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key) VALUES (1)")
    assert told.wait(10) and second.version > before
    with second.read() as cursor:
        assert cursor.execute("SELECT order_key FROM orders").fetchall() == [(1,)]
    first.close()
    second.close()


def test_writers_of_two_processes_never_lose_each_others_change(place: Settings) -> None:
    """Each reads what is there and writes one more: the second waits for the first, whatever it has read before."""
    stores = [open_store(place), open_store(place)]
    with stores[0].write() as cursor:
        cursor.execute("INSERT INTO facts (name, value, changed_at) VALUES ('count', '0', now())")

    def add(store: Store) -> None:
        for _time in range(15):
            with store.write() as cursor:
                row = cursor.execute("SELECT value FROM facts WHERE name = 'count'").fetchone()
                assert row is not None
                cursor.execute("UPDATE facts SET value = ? WHERE name = 'count'", [str(int(row[0]) + 1)])

    threads = [threading.Thread(target=add, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores[0].read() as cursor:
        assert cursor.execute("SELECT value FROM facts WHERE name = 'count'").fetchall() == [("30",)]
    for store in stores:
        store.close()


def test_one_of_two_has_the_lease_until_it_gives_it_back(place: Settings) -> None:
    first, second = open_store(place), open_store(place)
    assert first.engine.lead() and not second.engine.lead() and first.engine.lead()
    first.engine.resign()
    assert second.engine.lead() and not first.engine.lead()
    first.close()
    second.close()


def test_who_hung_until_the_lease_was_taken_writes_nothing_more_before_it_gave_up(
    place: Settings, postgres: Postgres
) -> None:
    first, second = open_store(place), open_store(place)
    assert first.engine.lead()
    postgres.run("UPDATE leases SET until = now() - interval '1 second'", place.store_url.rpartition("/")[2])
    with first.write() as cursor:  # nobody took it meanwhile: still its own
        cursor.execute("INSERT INTO orders (order_key) VALUES (1)")
    assert second.engine.lead()
    with pytest.raises(TryAgain), first.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key) VALUES (2)")
    assert not first.engine.lead()
    first.engine.resign()
    with first.write() as cursor:  # as any process without the lease
        cursor.execute("INSERT INTO orders (order_key) VALUES (3)")
    with second.write() as cursor:
        assert cursor.execute("SELECT order_key FROM orders ORDER BY 1").fetchall() == [(1,), (3,)]
    first.close()
    second.close()


def test_a_renewal_in_the_midst_of_many_writes_is_never_taken_for_a_loss(place: Settings) -> None:
    opened, ended = open_store(place), threading.Event()
    assert opened.engine.lead()

    def renew() -> None:
        while not ended.wait(0.001):
            assert opened.engine.lead()

    renewing = threading.Thread(target=renew)
    renewing.start()
    for number in range(150):
        with opened.write() as cursor:
            cursor.execute("INSERT INTO orders (order_key) VALUES (?)", [number])
    ended.set()
    renewing.join()
    assert opened.engine.lead()
    with opened.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (150,)
    opened.close()


def test_the_lease_is_not_taken_in_the_middle_of_a_write_of_its_holder(place: Settings, postgres: Postgres) -> None:
    database = place.store_url.rpartition("/")[2]
    first, second = open_store(place), open_store(place)
    assert first.engine.lead()
    with first.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key) VALUES (1)")
        with pytest.raises(subprocess.CalledProcessError):
            postgres.run("SET lock_timeout = '300ms'; UPDATE leases SET holder = 'other'", database)
    postgres.run("UPDATE leases SET holder = 'other'", database)
    first.close()
    second.close()


def test_what_needs_the_store_alone_is_refused_while_another_has_it_until_that_dies(place: Settings) -> None:
    program = (
        "import sys; from core.settings import Settings; from core.store import Store, open_store\n"
        "s = open_store(Settings(store_url=sys.argv[1])); print(1, flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", program, place.store_url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"1\n"
        with pytest.raises(TryAgain):
            open_store(place, half_filled=True)
        holder.kill()
    alone = None
    for _attempt in range(50):  # the server notices the closed connection by itself
        with suppress(TryAgain):
            alone = open_store(place, half_filled=True)
            break
        time.sleep(0.1)
    assert alone is not None
    refused(place, TryAgain)
    alone.close()
    open_store(place).close()


def test_the_store_goes_on_after_a_restart_of_the_server(place: Settings, postgres: Postgres) -> None:
    opened = open_store(place)
    with opened.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key) VALUES (1)")
    postgres.control("restart", "-m", "fast")
    look_anew(opened)
    with opened.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key) VALUES (2)")
    with opened.read() as cursor:
        assert cursor.execute("SELECT order_key FROM orders ORDER BY 1").fetchall() == [(1,), (2,)]
    with pytest.raises(TryAgain):  # the gate was taken anew
        open_store(place, half_filled=True)
    opened.close()


def test_whoever_lost_the_store_to_one_that_needs_it_alone_writes_no_more(place: Settings, postgres: Postgres) -> None:
    first = open_store(place)
    first._closed.set()  # it does not look while its connections are gone
    time.sleep(0.3)
    database = place.store_url.rpartition("/")[2]
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    second = open_store(place, half_filled=True)
    look_anew(first)
    with pytest.raises(TryAgain), first.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key) VALUES (1)")
    with second.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (0,)
    first.close()
    second.close()


def test_a_text_with_a_nul_is_kept_without_it(place: Settings) -> None:
    opened = open_store(place)
    with opened.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key, buyer_note) VALUES (1, ?)", ["a\0b"])
    with opened.read() as cursor:
        assert cursor.execute("SELECT buyer_note FROM orders").fetchall() == [("ab",)]
        assert proof(cursor, "orders")[0] == 1 and "orders" in tables(cursor)
    opened.close()


def test_the_example_for_several_processes_names_such_a_store() -> None:
    example = load(str(ROOT / "deploy" / "config.cluster.toml"))
    assert engine_of(example).shared and not example.demo
