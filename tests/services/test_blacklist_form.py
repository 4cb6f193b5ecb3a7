import pytest

from connectors.blacklist import Blacklist, Question
from core.channels.http import Http
from core.errors import BadRequest, BadSetup, NotAllowed
from core.people.actor import SYSTEM, Actor
from core.people.permissions import of_role
from core.people.vault import Vault, open_vault
from core.services import blacklist
from core.settings import Settings
from core.store import Store, tags

FORM = blacklist.presets()["generic"][1] | {"address": "https://risk.example/check", "app_secret": "s3cret-token"}


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def test_a_secret_is_sealed_shown_nowhere_and_stays_when_left_empty(store: Store, vault: Vault) -> None:
    blacklist.save(SYSTEM, store, vault, FORM, mode="live")
    blacklist.save(SYSTEM, store, vault, {**FORM, "app_secret": ""}, mode="shadow", deadline_ms=500)
    shown = blacklist.present(SYSTEM, store)
    assert (shown.service.mode, shown.service.deadline_ms, shown.service.version) == ("shadow", 500, 2)
    assert "app_secret" in shown.filled
    assert "s3cret-token" not in str(shown.service.values)
    assert vault.open_text(shown.service.sealed["app_secret"]) == "s3cret-token"
    assert [tag.label_zh for tag in tags.listing(store)] == ["黑名单未答复"]


@pytest.mark.parametrize(
    "change",
    [
        {"address": ""}, {"address": "ftp://x/y"}, {"address": "https://user:pw@x/y"}, {"level_path": ""},
        {"fixed": "[1]"}, {"send_phone": "", "send_buyer": "", "send_ip": ""}, {"auth": "top", "app_key": ""},
        {"auth": "header", "auth_name": ""},
    ],
)  # fmt: skip
def test_settings_that_could_never_work_are_refused_and_nothing_is_kept(
    store: Store, vault: Vault, change: dict[str, str]
) -> None:
    with pytest.raises(BadSetup):
        blacklist.save(SYSTEM, store, vault, {**FORM, **change}, mode="live")
    assert blacklist.present(SYSTEM, store).service.version == 0


def test_limits_outside_their_bounds_are_refused(store: Store, vault: Vault) -> None:
    with pytest.raises(BadRequest):
        blacklist.save(SYSTEM, store, vault, FORM, mode="live", deadline_ms=60_000)


def test_who_may_not_change_rules_connects_nothing(store: Store, vault: Vault) -> None:
    lead = Actor("lead", "lead", of_role("lead"), "lead")
    with pytest.raises(NotAllowed):
        blacklist.save(lead, store, vault, FORM, mode="live")
    assert blacklist.present(lead, store).service.mode == "off"


def test_a_change_is_in_the_audit_trail_without_its_secret(store: Store, vault: Vault) -> None:
    blacklist.save(SYSTEM, store, vault, FORM, mode="live")
    with store.read() as cursor:
        rows = cursor.execute("SELECT * FROM audit WHERE action = 'risk.blacklist'").fetchall()
    assert len(rows) == 1
    assert "risk.example" in str(rows)
    assert "s3cret-token" not in str(rows)


def test_the_jaq_preset_signs_and_reads_as_the_platform_documents() -> None:
    values = blacklist.presets()["jaq"][1] | {"app_key": "12345678", "app_secret": "helloworld"}
    service = Blacklist(values, Http())
    request = service._request(Question("N1", "13800138000", "AAHdemoOpenUid001", "203.0.113.9"))
    assert request.form is not None
    assert request.form["phone_number"] == "13800138000"
    assert request.form["method"] == "alibaba.security.jaq.spamregisterprevention.result.fetch.new"
    assert len(request.form["sign"]) == 32
    assert "N1" not in request.form.values()
