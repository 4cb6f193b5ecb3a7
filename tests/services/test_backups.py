"""Back-ups by right only; proven by restoring; put back while the process goes on."""

from dataclasses import replace

import pytest

from core import runtime
from core.errors import NotAllowed, NotFound
from core.people import audit
from core.people.actor import person
from core.services import audit_trail, backups
from core.store.audit_trail import Wanted
from core.store.facts import get, put

BOSS = person("boss", "admin")


@pytest.fixture
def running(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "_settings", replace(settings, backup_folder=tmp_path / "kept"))
    runtime.vault()
    yield runtime.settings()
    runtime.close()


@pytest.mark.parametrize("role", ["lead", "cs", "warehouse", "analyst"])
def test_only_an_administrator_makes_sees_proves_or_restores_one(running, role):
    made = backups.make(BOSS, runtime.store(), running.backup_folder)
    for call in (
        lambda who: backups.make(who, runtime.store(), running.backup_folder),
        lambda who: backups.listing(who, runtime.store(), running),
        lambda who: backups.verify(who, runtime.store(), running, made.path.name),
        lambda who: backups.put_back(who, runtime.store(), running, made.path.name, runtime.exchange),
    ):
        with pytest.raises(NotAllowed):
            call(person("eve", role))
    denied, total = audit_trail.page(BOSS, runtime.store(), Wanted(outcome="denied"))
    assert total == 4 and {row.actor for row in denied} == {"eve"}
    assert [each.name for each in backups.listing(BOSS, runtime.store(), running)] == [made.path.name]


def test_a_proof_is_remembered(running):
    made = backups.make(BOSS, runtime.store(), running.backup_folder)
    assert backups.listing(BOSS, runtime.store(), running)[0].verified_at is None
    backups.verify(BOSS, runtime.store(), running, made.path.name)
    assert backups.listing(BOSS, runtime.store(), running)[0].verified_at is not None
    assert [path.name for path in running.backup_folder.iterdir()] == [made.path.name]


def test_put_back_the_store_is_what_it_was_and_the_trail_says_who_did_it(running):
    put(runtime.store(), "colour", "red")
    made = backups.make(BOSS, runtime.store(), running.backup_folder)
    put(runtime.store(), "colour", "blue")
    audit.note(runtime.store(), BOSS, "rules.edit", "lost")
    before = runtime.store()
    backups.put_back(BOSS, before, running, made.path.name, runtime.exchange)
    assert runtime.store() is not before
    assert get(runtime.store(), "colour") == "red"
    rows, _total = audit_trail.page(BOSS, runtime.store(), Wanted())
    assert [row.action for row in rows] == ["backups.restore"]


def test_a_damaged_one_leaves_the_store_running_as_it_was(running):
    made = backups.make(BOSS, runtime.store(), running.backup_folder)
    put(runtime.store(), "colour", "blue")
    (made.path / "facts.parquet").write_bytes(b"")
    with pytest.raises(Exception, match="facts"):
        backups.put_back(BOSS, runtime.store(), running, made.path.name, runtime.exchange)
    assert get(runtime.store(), "colour") == "blue"


def test_an_unknown_name_reaches_no_file(running):
    for name in ("backup-1", "../kept", ""):
        with pytest.raises(NotFound):
            backups.verify(BOSS, runtime.store(), running, name)
