"""What the form of a rule set does beside the plain services."""

import json
from typing import Any

import pytest

from core.errors import BadRequest, NotAllowed, Stale
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import rule_forms, rules
from core.settings import Settings
from core.store import Store, documents

ADMIN, LEAD = person("admin", "admin"), person("lead", "lead")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def body(fen: int, **more: Any) -> dict[str, Any]:
    rule = {"id": "big", "when": {"field": "paid_fen", "op": "gt", "value": fen}, "then": {"action": "freeze"}}
    return {"kind": "risk", "name": "t", "mode": "shadow", "hit": "all", "rules": [rule], **more}


def test_a_body_is_published_in_one_step_and_audited_with_its_note(store: Store, vault: Vault) -> None:
    done = rule_forms.publish(ADMIN, store, vault, body(1), "", note="why")
    assert (done.version, done.state, done.note) == (1, "published", "why")
    again = rule_forms.publish(ADMIN, store, vault, body(2), done.hash)
    assert [(d.version, d.state) for d in rules.history(ADMIN, store, "risk", "t")] == [
        (2, "published"),
        (1, "superseded"),
    ]
    assert again.body["rules"][0]["when"]["value"] == 2
    with store.read() as cursor:
        audited = cursor.execute("SELECT action FROM audit ORDER BY happened_at").fetchall()
    assert audited == [("rules.publish",), ("rules.publish",)]


def test_who_began_from_an_older_version_is_told_and_overwrites_nothing(store: Store, vault: Vault) -> None:
    first = rule_forms.save(ADMIN, store, body(1), "")
    rule_forms.save(ADMIN, store, body(2), first.hash)  # another window saves over the same draft
    for call in (
        lambda: rule_forms.save(ADMIN, store, body(3), first.hash),
        lambda: rule_forms.publish(ADMIN, store, vault, body(3), first.hash),
        lambda: rule_forms.save(ADMIN, store, body(3), ""),
    ):
        with pytest.raises(Stale):
            call()
    newest = documents.newest(store, "risk", "t")
    assert newest is not None
    assert newest.body == body(2)


def test_a_body_whose_examples_fail_leaves_neither_draft_nor_publication(store: Store, vault: Vault) -> None:
    wrong = body(1, examples=[{"given": {"paid_fen": 5}, "expect": {"action": "allow"}}], otherwise={"action": "allow"})
    with pytest.raises(BadRequest):
        rule_forms.publish(ADMIN, store, vault, wrong, "")
    assert documents.newest(store, "risk", "t") is None


def test_switching_the_mode_publishes_the_live_body_and_keeps_the_draft_beside_it(store: Store, vault: Vault) -> None:
    live = rule_forms.publish(ADMIN, store, vault, body(1), "")
    rule_forms.save(ADMIN, store, body(99), live.hash, note="in work")
    done = rule_forms.switch_mode(ADMIN, store, vault, "risk", "t", "live")
    assert (done.body["mode"], done.body["rules"][0]["when"]["value"]) == ("live", 1)
    newest = documents.newest(store, "risk", "t")
    assert newest is not None
    assert (newest.state, newest.note, newest.body) == ("draft", "in work", body(99))
    assert newest.version == done.version + 1


def test_a_draft_that_was_never_published_goes_live_by_its_switch(store: Store, vault: Vault) -> None:
    rule_forms.save(ADMIN, store, body(1), "")
    assert rule_forms.switch_mode(ADMIN, store, vault, "risk", "t", "live").state == "published"
    with pytest.raises(BadRequest):
        rule_forms.switch_mode(ADMIN, store, vault, "risk", "t", "loud")


def test_a_set_goes_out_to_a_file_and_comes_back_as_a_draft(store: Store) -> None:
    content = rule_forms.export_set(LEAD, store, body(7))
    assert json.loads(content) == body(7)
    assert rule_forms.import_set(ADMIN, store, b"\xef\xbb\xbf" + content).state == "draft"
    for broken in (b"\xff\xfe", b"[1]", b'{"kind": "risk"'):
        with pytest.raises(BadRequest):
            rule_forms.import_set(ADMIN, store, broken)


def test_the_vocabulary_holds_derived_fields_and_keys(store: Store) -> None:
    known = rule_forms.vocabulary(LEAD, store)
    assert "account_age_hours" in known.order
    assert "phone" in known.same
    assert "sku" in known.line


def test_a_fresh_set_watches_and_needs_a_free_name(store: Store) -> None:
    assert rule_forms.fresh(ADMIN, store, "risk", " t ")["mode"] == "shadow"
    rule_forms.save(ADMIN, store, body(1), "")
    with pytest.raises(BadRequest):
        rule_forms.fresh(ADMIN, store, "risk", "t")


def test_a_lead_changes_no_rule(store: Store, vault: Vault) -> None:
    for call in (
        lambda: rule_forms.save(LEAD, store, body(1), ""),
        lambda: rule_forms.publish(LEAD, store, vault, body(1), ""),
        lambda: rule_forms.switch_mode(LEAD, store, vault, "risk", "t", "off"),
        lambda: rule_forms.import_set(LEAD, store, b"{}"),
        lambda: rule_forms.fresh(LEAD, store, "risk", "x"),
    ):
        with pytest.raises(NotAllowed):
            call()
