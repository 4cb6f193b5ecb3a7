"""Upkeep: what expired goes, the log goes into the file, readers are not disturbed."""

from core.jobs.upkeep import clean
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, facts
from core.store.upkeep import checkpoint


def test_upkeep_leaves_a_store_with_nothing_to_clear_as_it_is(store: Store, settings: Settings) -> None:
    before = store.version
    assert clean(store, open_vault(settings), settings) == {"removed": 0, "checkpoint": True}
    assert store.version == before


def test_a_checkpoint_leaves_an_open_reading_alone(store: Store) -> None:
    facts.put(store, "a", "1")
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")
        assert cursor.execute("SELECT value FROM facts WHERE name = 'a'").fetchone() == ("1",)
        facts.put(store, "a", "2")
        checkpoint(store)
        assert cursor.execute("SELECT value FROM facts WHERE name = 'a'").fetchone() == ("1",)
    assert facts.get(store, "a") == "2"
