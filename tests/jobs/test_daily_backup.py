"""The daily back-up comes once a night, is proven, and old ones go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.errors import BadSetup
from core.jobs.backup import daily
from core.people.vault import check_fits, open_vault
from core.store import audit_chain
from core.store.facts import put

NIGHT = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)  # 03:30 in Shanghai


@pytest.fixture
def run(settings, store, tmp_path):
    vault = open_vault(settings)
    check_fits(vault, store)
    here = replace(settings, backup_folder=tmp_path / "kept", backup_keep=2)

    def run_at(moment, **changes):
        with clock.frozen(moment):
            return daily(store, vault, replace(here, **changes))

    return run_at


def test_it_is_made_once_after_its_time_and_the_oldest_go(run, settings, store):
    assert run(NIGHT - timedelta(minutes=10)) == {}
    names = []
    for day in range(4):
        at = NIGHT + timedelta(days=day, minutes=8)
        put(store, "day", str(day))
        told = run(at)
        names.append(told["made"])
        assert run(at + timedelta(minutes=10)) == {}
        assert told["removed"] == (1 if day >= 2 else 0)
    assert len(set(names)) == 4


def test_a_process_that_slept_through_the_night_makes_it_in_the_morning(run):
    assert run(NIGHT + timedelta(minutes=1))["removed"] == 0
    assert run(NIGHT + timedelta(days=1, hours=5))["removed"] == 0


def test_it_can_be_switched_off_and_a_wrong_time_says_so(run):
    assert run(NIGHT + timedelta(minutes=1), backup_at="") == {}
    with pytest.raises(BadSetup, match="half past three"):
        run(NIGHT, backup_at="half past three")


def test_it_seals_the_audit_trail_it_keeps(run, settings, store):
    from core.people import audit
    from core.people.actor import SYSTEM

    audit.note(store, SYSTEM, "rules.edit")
    run(NIGHT + timedelta(minutes=1))
    with store.write() as cursor:
        cursor.execute("UPDATE audit_seals SET chain = 'x'")
    assert audit_chain.check(store, open_vault(settings).keyed).broken == (1,)
