"""A store moved into another one is equal table by table; broken off it is opened for nothing but going on."""

import subprocess
import sys
from dataclasses import replace

import pytest

from core.errors import BadRequest, BadSetup, TryAgain
from core.people.vault import check_fits, open_vault
from core.settings import Settings
from core.store import Store, open_store
from core.store import transfer as moving
from core.store.backup import tables
from core.store.transfer import transfer
from tests.factories import fill
from tests.postgres import Postgres


def silent(*_told: object) -> None:
    """Whoever moves without looking."""


def put(settings: Settings, orders: int = 60) -> None:
    """A store with orders, persons, an own field and texts of every kind."""
    store = open_store(settings)
    vault = open_vault(settings)
    check_fits(vault, store)
    fill(store, vault, orders)
    with store.write() as cursor:
        cursor.execute("ALTER TABLE orders ADD COLUMN x_colour VARCHAR")
        cursor.execute("UPDATE orders SET x_colour = '红' || chr(10) || '\\N' WHERE order_key % 2 = 0")
        cursor.execute("UPDATE orders SET x_colour = '' WHERE order_key % 3 = 0")
    store.close()


def content(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but what a store knows of itself."""

    def rows(store: Store, name: str) -> list[tuple[object, ...]]:
        with store.read() as cursor:
            return cursor.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall()

    store = open_store(settings)
    with store.read() as cursor:
        names = [name for name in tables(cursor) if name not in moving._OWN]
    found = {name: rows(store, name) for name in names}
    store.close()
    return found


@pytest.fixture
def here(tmp_path) -> Settings:
    return Settings(store_url=f"duckdb:{tmp_path / 'here.duckdb'}", key_file=tmp_path / "secret.key", demo=False)


@pytest.fixture
def there(here: Settings, tmp_path) -> Settings:
    return replace(here, store_url=f"duckdb:{tmp_path / 'there.duckdb'}")


def test_what_arrives_is_what_was_there(here: Settings, there: Settings) -> None:
    put(here)
    told: list[tuple[object, ...]] = []
    done = transfer(here, there, lambda *words: told.append(words))
    assert (done.tables["orders"], done.kept) == (60, 0)
    assert [word[0] for word in told] == list(done.tables)
    assert [word[1:3] for word in told] == [(n, len(told)) for n in range(1, len(told) + 1)]
    assert content(there) == content(here)


@pytest.mark.postgres
def test_a_store_goes_into_postgres_and_back_unchanged(
    here: Settings, there: Settings, postgres: Postgres, tmp_path
) -> None:
    put(here)
    database = postgres.database()
    far = replace(here, store_url=postgres.url(database))
    assert transfer(here, far, silent).tables == transfer(far, there, silent).tables
    assert content(here) == content(far) == content(there)
    postgres.drop(database)


@pytest.mark.postgres
def test_a_text_with_a_nul_arrives_without_it(here: Settings, postgres: Postgres) -> None:
    put(here, 3)
    store = open_store(here)
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET buyer_note = 'a' || chr(0) || 'b'")
    store.close()
    database = postgres.database()
    far = replace(here, store_url=postgres.url(database))
    transfer(here, far, silent)
    opened = open_store(far)
    with opened.read() as cursor:
        assert cursor.execute("SELECT DISTINCT buyer_note FROM orders").fetchall() == [("ab",)]
    opened.close()
    postgres.drop(database)


def test_a_move_that_breaks_off_goes_on_where_it_stood(here: Settings, there: Settings) -> None:
    put(here)

    def breaks(table: str, place: int, of: int, rows: int) -> None:
        if table == "orders":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer(here, there, breaks)
    with pytest.raises(BadSetup) as caught:
        open_store(there)
    assert "here.duckdb" in str(caught.value) and "migrate-store" in str(caught.value)
    with pytest.raises(BadRequest):
        transfer(there, replace(here, store_url=f"{there.store_url}.third"), silent)
    store = open_store(here)  # what was moved already changes before the move goes on
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET buyer_note = 'later' WHERE order_key = (SELECT min(order_key) FROM orders)")
    store.close()
    done = transfer(here, there, silent)
    assert done.kept == list(done.tables).index("orders")
    assert content(there) == content(here)


def test_a_store_that_holds_something_is_never_filled(here: Settings, there: Settings) -> None:
    put(here, 5)
    put(there, 3)
    before = content(there)
    with pytest.raises(BadRequest):
        transfer(here, there, silent)
    assert content(there) == before


def test_a_store_is_not_moved_onto_itself_nor_while_somebody_has_it(here: Settings, there: Settings) -> None:
    with pytest.raises(BadRequest):
        transfer(here, here, silent)
    program = (
        "import sys; from core.settings import Settings; from core.store import open_store\n"
        "s = open_store(Settings(store_url=sys.argv[1])); print(1, flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", program, here.store_url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"1\n"
        with pytest.raises(TryAgain):
            transfer(here, there, silent)
        holder.kill()


def test_a_table_that_comes_out_otherwise_is_named(
    here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a store would that rounds, cuts or loses: seen in the target alone."""
    put(here, 5)
    true_proof = moving._proof

    def looks(store: Store, table: str, listed: list[str]) -> object:
        if table == "orders" and store.url == there.store_url:
            with store.write() as cursor:
                cursor.execute(
                    "UPDATE orders SET paid_fen = paid_fen + 1 WHERE order_key = (SELECT min(order_key) FROM orders)"
                )
        return true_proof(store, table, listed)

    monkeypatch.setattr(moving, "_proof", looks)
    with pytest.raises(BadSetup, match="orders"):
        transfer(here, there, silent)
    with pytest.raises(BadSetup):
        open_store(there)
