"""Nobody changes, removes or inserts an audit row unseen, not even who rewrites the whole chain."""

import pytest

from core.people import audit
from core.people.actor import person
from core.people.vault import open_vault
from core.store import audit_chain

BOSS = person("boss", "admin")


@pytest.fixture
def keyed(settings, store):
    for n in range(10):
        audit.note(store, BOSS, "rules.edit", f"第 {n} 条", money=n)
    return open_vault(settings).keyed


def change(store, sql):
    with store.write() as cursor:
        cursor.execute(sql)


def test_an_honest_trail_is_whole(store, keyed):
    assert audit_chain.check(store, keyed) == audit_chain.Verdict(10, ())


def test_an_empty_trail_is_whole(store, settings):
    assert audit_chain.check(store, open_vault(settings).keyed).broken == ()


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit SET detail = '{}' WHERE seq = 4", (4,)),
        ("UPDATE audit SET happened_at = happened_at - INTERVAL 1 MICROSECOND WHERE seq = 7", (7,)),
        ("UPDATE audit SET outcome = 'denied' WHERE seq = 1", (1,)),
        ("DELETE FROM audit WHERE seq = 5", (6,)),
        ("DELETE FROM audit WHERE seq = 10", (10,)),
        ("DELETE FROM audit", (10,)),
        ("INSERT INTO audit SELECT * REPLACE (11 AS seq) FROM audit WHERE seq = 10", (11,)),
    ],
)
def test_what_was_changed_from_outside_is_found(store, keyed, sql, broken):
    change(store, sql)
    assert audit_chain.check(store, keyed).broken == broken


def test_a_chain_rewritten_as_a_whole_is_found_by_its_seal(store, keyed):
    assert audit_chain.seal(store, keyed)
    assert not audit_chain.seal(store, keyed)
    change(store, "CREATE TEMP TABLE copied AS SELECT * FROM audit ORDER BY seq")
    change(store, "DELETE FROM audit")
    change(store, "DELETE FROM audit_heads")
    for n in range(10):
        audit.note(store, BOSS, "rules.edit", f"第 {n} 条", money=n + 1)
    assert audit_chain.check(store, keyed).broken == (10,)


def test_rows_from_before_the_chain_are_left_alone(store, keyed):
    change(store, "INSERT INTO audit (happened_at, actor, action) VALUES (now(), 'old', 'login')")
    assert audit_chain.check(store, keyed).broken == ()


def test_a_denied_try_that_is_rolled_back_leaves_no_gap(store, keyed):
    with pytest.raises(RuntimeError), store.write() as cursor:
        audit.record(cursor, BOSS, "rules.edit", "lost")
        raise RuntimeError
    audit.note(store, BOSS, "rules.edit", "kept")
    assert audit_chain.check(store, keyed) == audit_chain.Verdict(11, ())
