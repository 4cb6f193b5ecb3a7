"""The audit trail: filtered, newest first, for administrators."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.errors import BadRequest, NotAllowed
from core.people import audit
from core.people.actor import person
from core.people.vault import open_vault
from core.services import audit_trail
from core.settings import Settings
from core.store import Store
from core.store import audit_trail as rows_of
from core.store.audit_trail import Wanted

BOSS = person("boss", "admin")
NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)


@pytest.fixture
def told(store: Store) -> Store:
    for minute, (account, action, subject, outcome) in enumerate(
        (
            ("mei", "login", "mei", "done"),
            ("mei", "rules.edit", "risk.limits", "denied"),
            ("boss", "rules.edit", "risk.limits", "done"),
            ("boss", "orders.export", "100%_sure", "done"),
        )
    ):
        with clock.frozen(NOON + timedelta(minutes=minute)):
            audit.note(store, person(account, "lead"), action, subject, outcome=outcome, rows=minute)
    return store


def subjects(store: Store, wanted: Wanted) -> list[tuple[str, str]]:
    rows, total = audit_trail.page(BOSS, store, wanted)
    assert total == len(rows)
    return [(row.actor, row.action) for row in rows]


def test_the_newest_comes_first(told: Store) -> None:
    assert subjects(told, Wanted())[0] == ("boss", "orders.export")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(actor="mei"), 2),
        (Wanted(actions=("rules.edit",)), 2),
        (Wanted(actions=("rules.edit", "login"), outcome="denied"), 1),
        (Wanted(text="RISK"), 2),
        (Wanted(text="100%_"), 1),
        (Wanted(text="%"), 1),
        (Wanted(text='"rows": 3'), 1),
        (Wanted(since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=3)), 2),
        (Wanted(actor="nobody' OR 1=1 --"), 0),
    ],
)
def test_the_filters_narrow_the_rows(told: Store, wanted: Wanted, found: int) -> None:
    assert len(subjects(told, wanted)) == found


def test_pages_follow_one_another(told: Store) -> None:
    first, total = audit_trail.page(BOSS, told, Wanted(), limit=3)
    second, _total = audit_trail.page(BOSS, told, Wanted(), start=3, limit=3)
    assert (len(first), len(second), total) == (3, 1, 4)


def test_the_choices_are_what_occurs(told: Store) -> None:
    assert audit_trail.choices(BOSS, told) == (["boss", "mei"], ["login", "orders.export", "rules.edit"])


@pytest.mark.parametrize("role", ["lead", "cs", "warehouse", "analyst", ""])
def test_only_administrators_see_the_trail(told: Store, role: str) -> None:
    with pytest.raises(NotAllowed):
        audit_trail.page(person("sly", role), told, Wanted())
    with pytest.raises(NotAllowed):
        audit_trail.choices(person("sly", role), told)
    assert subjects(told, Wanted(outcome="denied", actor="sly")) == [("sly", "audit.view")] * 2


def test_an_altered_entry_is_found_by_the_proof_and_the_proof_is_noted(store: Store, settings: Settings) -> None:
    vault = open_vault(settings)
    for number in range(5):
        audit.note(store, BOSS, "orders.tag", str(number))
    assert audit_trail.prove(BOSS, store, vault).broken == ()
    with store.write() as cursor:
        cursor.execute("UPDATE audit SET actor = 'somebody else' WHERE subject = '3'")
    found = audit_trail.prove(BOSS, store, vault)
    assert found.broken == (4,)
    rows, _total = audit_trail.page(BOSS, store, Wanted(actions=("audit.prove",)))
    assert len(rows) == 2


def test_a_subject_is_found_however_old_and_words_among_the_newest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_of, "WORDS_AMONG", 3)
    for number in range(6):
        audit.note(store, BOSS, "orders.tag", f"TB-{number}", why=f"word {number}")
    found = lambda text: [row.subject for row in audit_trail.page(BOSS, store, Wanted(text=text))[0]]  # noqa: E731
    assert found("TB-0") == ["TB-0"]
    assert found("word 5") == ["TB-5"]
    assert found("word 0") == []
    assert found("TB-") == ["TB-5", "TB-4", "TB-3"]


def test_the_file_is_guarded_limited_and_noted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    audit.note(store, BOSS, "orders.tag", "=1+1")
    name, content = audit_trail.export(BOSS, store, Wanted(), zone="Asia/Shanghai")
    assert name.startswith("audit-") and "'=1+1" in content.decode("utf-8-sig")
    assert audit_trail.page(BOSS, store, Wanted(actions=("audit.export",)))[1] == 1
    monkeypatch.setattr(audit_trail, "MOST_EXPORTED", 1)
    with pytest.raises(BadRequest):
        audit_trail.export(BOSS, store, Wanted(), zone="Asia/Shanghai")
    with pytest.raises(NotAllowed):
        audit_trail.export(person("leo", "lead"), store, Wanted(), zone="Asia/Shanghai")
