"""Connecting shops by form: what is checked, what is kept sealed, who may, and what the page is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock
from core.channels import pull
from core.channels.sandbox import Sandbox
from core.errors import BadRequest, BadSetup, NotAllowed, NotFound
from core.people.actor import person
from core.people.vault import open_vault
from core.services import channels, pulls, rejects
from core.services import shops as services
from core.store import runs
from core.store import shops as kept

ADMIN, LEAD, CS = person("root", "admin"), person("li", "lead"), person("xiao", "cs")
JD = {"app_key": "key", "app_secret": "top-secret", "access_token": "token-1"}


@pytest.fixture
def vault(settings):
    return open_vault(settings)


def connect(store, vault, settings, **changes):
    values = JD | changes
    return services.connect_shop(ADMIN, store, vault, settings, "jd", "one", values, title="一店", interval_seconds=120)


def the_row(store, vault, settings, actor=LEAD):
    (row,) = services.listing(actor, store, vault, settings)
    return row


def test_a_connected_shop_is_listed_without_any_secret(store, vault, settings):
    made = connect(store, vault, settings)
    assert made.secrets == "" and "app_secret" not in made.settings
    row = the_row(store, vault, settings)
    assert (row.state, row.shop.title, row.shop.connector, row.shop.interval_seconds) == ("new", "一店", "jd", 120)
    assert row.filled == {"app_key", "app_secret", "access_token"}
    with store.read() as cursor:
        everything = str(cursor.execute("SELECT * FROM shops").fetchall()) + str(
            cursor.execute("SELECT * FROM audit").fetchall()
        )
    assert "top-secret" not in everything and "token-1" not in everything
    assert [shop.shop for shop in pull.due(store, settings)] == ["one"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**JD, "app_secret": ""}, "app_secret"),
        ({**JD, "app_key": "  "}, "app_key"),
        ({**JD, "gateway": "ftp://somewhere"}, "gateway"),
    ],
)
def test_a_wrong_value_is_refused_naming_its_field(store, vault, settings, values, field):
    with pytest.raises(BadRequest, match=field):
        services.connect_shop(ADMIN, store, vault, settings, "jd", "one", values)
    assert kept.listing(store) == []


def test_what_a_connector_itself_refuses_is_refused_before_it_is_kept(store, vault, settings):
    with pytest.raises(BadSetup):
        services.connect_shop(
            ADMIN, store, vault, settings, "mini_program", "m", {"address": "https://x.example/", "paginator": "page"}
        )
    assert kept.listing(store) == []


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 61, "a?b"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(store, vault, settings, name):
    with pytest.raises(BadRequest):
        services.connect_shop(ADMIN, store, vault, settings, "jd", name, JD)


def test_twice_the_same_shop_is_refused_but_one_fed_by_files_can_be_connected(store, vault, settings):
    with store.write() as cursor:
        kept.ensure(cursor, "jd", "one")
    assert the_row(store, vault, settings).state == "files"
    connect(store, vault, settings)
    with pytest.raises(BadRequest):
        connect(store, vault, settings)


def test_an_empty_secret_keeps_the_old_one_and_a_change_wakes_a_stopped_shop(store, vault, settings):
    connect(store, vault, settings)
    with store.write() as cursor:
        stopped = kept.Progress("jd", "one", state="bad_setup", failures=3, error="refused", token="x", token_of="y")
        kept.save_progress(cursor, stopped)
    assert pull.due(store, settings) == [] and the_row(store, vault, settings).state == "bad_setup"
    services.change_shop(ADMIN, store, vault, settings, "jd", "one", {"app_key": "key-2", "app_secret": ""})
    row = the_row(store, vault, settings)
    assert (row.shop.settings["app_key"], row.state, row.error) == ("key-2", "new", "")
    assert "app_secret" in row.filled and len(pull.due(store, settings)) == 1


def test_paused_resumed_run_now_and_removed(store, vault, settings):
    connect(store, vault, settings)
    services.pause(LEAD, store, settings, "jd", "one")
    assert pull.due(store, settings) == [] and the_row(store, vault, settings).state == "paused"
    services.pause(LEAD, store, settings, "jd", "one", paused=False)
    assert len(pull.due(store, settings)) == 1
    with store.write() as cursor:
        fare = kept.progress_of(store, "jd", "one")
        kept.save_progress(cursor, replace(fare, next_at=clock.now() + timedelta(hours=1)))
    assert pull.due(store, settings) == []
    services.run_now(LEAD, store, settings, "jd", "one")
    assert len(pull.due(store, settings)) == 1
    services.set_interval(LEAD, store, settings, "jd", "one", 300)
    assert the_row(store, vault, settings).shop.interval_seconds == 300
    with pytest.raises(BadRequest):
        services.set_interval(LEAD, store, settings, "jd", "one", 1)
    services.remove(ADMIN, store, settings, "jd", "one")
    assert services.listing(ADMIN, store, vault, settings) == [] and pull.due(store, settings) == []
    gone = kept.find(store, "jd", "one")
    assert gone is not None and (gone.state, gone.secrets) == ("removed", "")
    connect(store, vault, settings)
    assert the_row(store, vault, settings).state == "new"


def test_a_shop_of_the_settings_file_is_seen_and_run_but_not_changed(store, vault, settings):
    headless = replace(settings, shops=({"shop": "two", "channel": "jd", **JD},))
    row = the_row(store, vault, headless)
    assert row.shop.headless and row.state == "new"
    services.pause(LEAD, store, headless, "jd", "two")
    assert the_row(store, vault, headless).state == "paused"
    for change in (services.remove, lambda *a: services.set_interval(*a, 60)):
        with pytest.raises(BadRequest):
            change(ADMIN, store, headless, "jd", "two")


def test_the_test_tells_the_platforms_own_words_and_writes_nothing(store, vault, settings):
    with Sandbox(2, rate=0, days=0) as sandbox:
        row = next(row for row in sandbox.shops()["shops"] if row["channel"] == "jd")
        values = {name: row[name] for name in ("gateway", "app_key", "app_secret", "access_token")}
        good = services.test_connection(ADMIN, store, vault, settings, "jd", "new", values)
        assert good.ok and good.said
        bad = services.test_connection(
            ADMIN, store, vault, settings, "jd", "new", {**values, "app_secret": "wrong-one"}
        )
        assert not bad.ok and bad.said and bad.hint and "wrong-one" not in bad.said
    lacking = services.test_connection(ADMIN, store, vault, settings, "jd", "new", {"app_key": "k"})
    assert not lacking.ok and "app_secret" in lacking.said
    assert kept.listing(store) == []


DENIED = [
    (CS, lambda a, s, v, c: services.listing(a, s, v, c)),
    (LEAD, lambda a, s, v, c: services.connect_shop(a, s, v, c, "jd", "two", JD)),
    (LEAD, lambda a, s, v, c: services.change_shop(a, s, v, c, "jd", "one", {"app_key": "x"})),
    (LEAD, lambda a, s, v, c: services.remove(a, s, c, "jd", "one")),
    (LEAD, lambda a, s, v, c: services.test_connection(a, s, v, c, "jd", "one")),
    (CS, lambda a, s, v, c: services.pause(a, s, c, "jd", "one")),
    (CS, lambda a, s, v, c: services.run_now(a, s, c, "jd", "one")),
    (CS, lambda a, s, v, c: services.set_interval(a, s, c, "jd", "one", 60)),
    (CS, lambda a, s, v, c: pulls.start_backfill(a, s, c, "jd", "one", clock.now() - timedelta(days=1), clock.now())),
    (CS, lambda a, s, v, c: pulls.listing(a, s)),
    (CS, lambda a, s, v, c: pulls.retry_pushes(a, s, [])),
    (CS, lambda a, s, v, c: rejects.set_aside(a, s, [], "why")),
    (CS, lambda a, s, v, c: rejects.retry_all(a, s, v)),
    (LEAD, lambda a, s, v, c: channels.add_channel(a, s, "own", label_zh="自建")),
]


@pytest.mark.parametrize("place", range(len(DENIED)))
def test_who_may_not_changes_nothing(store, vault, settings, place):
    connect(store, vault, settings)
    before = _everything(store)
    actor, call = DENIED[place]
    with pytest.raises(NotAllowed):
        call(actor, store, vault, settings)
    assert _everything(store) == before


def _everything(store):
    with store.read() as cursor:
        return [
            cursor.execute(f"SELECT * FROM {table}").fetchall()
            for table in ("shops", "shop_pulls", "pull_runs", "channels", "rejects", "inbox")
        ]


def test_a_backfill_is_asked_for_within_what_the_platform_keeps(store, vault, settings):
    connect(store, vault, settings)
    now = clock.now()
    run_id = pulls.start_backfill(LEAD, store, settings, "jd", "one", now - timedelta(days=3), now + timedelta(days=1))
    (run,) = pulls.backfills(LEAD, store)
    assert (run.run_id, run.state) == (run_id, "queued") and run.until is not None and run.until <= clock.now()
    for since, until in ((now, now - timedelta(days=1)), (now - timedelta(days=200), now)):
        with pytest.raises(BadRequest):
            pulls.start_backfill(LEAD, store, settings, "jd", "one", since, until)
    pulls.stop_backfill(LEAD, store, run_id)
    with pytest.raises(NotFound):
        pulls.stop_backfill(LEAD, store, run_id)
    pulls.resume_backfill(LEAD, store, run_id)
    assert [r.state for r in runs.unfinished(store, "backfill")] == ["queued"]


def test_an_own_channel_is_added_and_its_shops_use_the_connector_it_names(store, vault, settings):
    channels.add_channel(ADMIN, store, "erp", label_zh="自建商城", label_en="Own shop", connector_name="rest")
    assert [(c.channel, c.connector) for c in channels.listing(LEAD, store) if c.own] == [("erp", "rest")]
    made = services.connect_shop(
        ADMIN, store, vault, settings, "erp", "main", {"address": "https://erp.example/orders"}
    )
    assert made.connector == "rest"
    for name in ("taobao", "Erp", "e", "1x"):
        with pytest.raises(BadRequest):
            channels.add_channel(ADMIN, store, name, label_zh="x")
    with pytest.raises(BadRequest):
        services.connect_shop(ADMIN, store, vault, settings, "unheard", "main", {})


def test_the_preset_of_the_mini_program_fits_its_connector(store, vault, settings):
    (preset,) = channels.presets(ADMIN, store)
    form = channels.forms(ADMIN, store)[preset.connector]
    assert set(preset.settings) <= {setting.name for setting in form.settings}
    made = services.connect_shop(
        ADMIN,
        store,
        vault,
        settings,
        preset.channel,
        "mini",
        preset.settings | {"app_key": "k", "app_secret": "s3cret"},
    )
    assert made.connector == "rest"


def test_a_shop_without_a_token_waits_for_its_authorisation(store, vault, settings):
    connect(store, vault, settings, access_token="")
    row = the_row(store, vault, settings)
    assert (row.state, row.is_authorisable, row.is_authorised) == ("unauthorised", True, False)
    services.change_shop(ADMIN, store, vault, settings, "jd", "one", {"access_token": "typed-in"})
    row = the_row(store, vault, settings)
    assert (row.state, row.is_authorised) == ("new", True)
