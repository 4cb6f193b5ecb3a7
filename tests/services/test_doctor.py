"""The doctor finds nothing in a sound store and names each thing that is wrong with what to do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock
from core.errors import NotAllowed
from core.people.actor import SYSTEM, person
from core.people.vault import check_fits, open_vault
from core.services import doctor
from core.store import backup, documents
from core.store import shops as kept
from tests.factories import fill


@pytest.fixture
def examined(settings, store, tmp_path):
    vault = open_vault(settings)
    check_fits(vault, store)
    fill(store, vault, 60)
    here = replace(settings, backup_folder=tmp_path / "kept")
    return lambda: [problem.code for problem in doctor.examine(SYSTEM, store, vault, here)]


def sql(store, text, *values):
    with store.write() as cursor:
        cursor.execute(text, list(values))


def test_a_sound_store_has_no_problem(examined):
    assert examined() == []


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("INSERT INTO orders SELECT * FROM orders LIMIT 1", "double_orders"),
        ("UPDATE order_lines SET order_key = 1 WHERE line_no LIKE '%-1'", "lines_astray"),
        ("UPDATE orders SET line_count = 0", "line_counts"),
        ("UPDATE orders SET paid_fen = -1", "negative_money"),
        ("UPDATE order_persons SET cipher = 'AAAA'", "key_wrong"),
        ("INSERT INTO accounts (account, role, active) VALUES ('a', 'lead', true)", "no_admin"),
        ("INSERT INTO job_states (job, outcome, result, paused) VALUES ('pull', 'error', 'x', false)", "job_failing"),
        ("INSERT INTO inbox (channel, shop, state) VALUES ('jd', 'a', 'dead')", "pushes_dead"),
        ("INSERT INTO audit_heads VALUES (7, 'x')", "audit_changed"),
    ],
)
def test_each_harm_is_named(store, examined, harm, code):
    sql(store, harm)
    assert examined() == [code]


def test_a_published_document_that_no_longer_loads_is_named(store, examined):
    draft = documents.save_draft(store, "mapping", "jd.orders", {"name": "jd.orders"}, author="me")
    documents.publish(store, "mapping", "jd.orders", draft.version)
    assert examined() == ["document_broken"]


def test_an_authorisation_that_ends_is_told_three_days_before(store, examined):
    shop = kept.find(store, "jd", "jd-main")
    progress = kept.progress_of(store, shop.channel, shop.shop)
    for days, codes in ((5, []), (2, ["authorisation_ends"])):
        with store.write() as cursor:
            kept.save_progress(cursor, replace(progress, reauthorise_by=clock.now() + timedelta(days=days)))
        assert examined() == codes


def test_a_clock_that_is_behind_and_an_old_back_up_are_told(store, examined, tmp_path):
    sql(store, "INSERT INTO order_events (happened_at) VALUES (?)", clock.now() + timedelta(hours=1))
    with clock.frozen(clock.now() - timedelta(days=3)):
        backup.write(store, tmp_path / "kept")
    assert examined() == ["clock_behind", "backup_old"]


def test_a_warehouse_hand_may_not_ask(store, settings):
    with pytest.raises(NotAllowed):
        doctor.examine(person("w", "warehouse"), store, open_vault(settings), settings)
