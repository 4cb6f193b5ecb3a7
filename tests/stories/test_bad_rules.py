"""What happens to rules that are wrong: refused with the place and the reason, and the last good one stays in force."""

from typing import Any

import pytest

from core.decide import risk
from core.errors import BadRequest
from core.jobs.decide import decide_risk
from core.people.actor import person
from core.people.vault import open_vault
from core.services import rule_forms, rules
from core.settings import Settings
from core.store import Store, documents
from tests.decide.test_risk import held, order, publish, rule

ADMIN = person("admin", "admin")
OVER = {"field": "paid_fen", "op": "gt", "value": 500}


def body(**change: Any) -> dict[str, Any]:
    base = {"kind": "risk", "name": "mine", "mode": "live", "hit": "all", "otherwise": {"action": "allow"},
            "rules": [{"id": "big", "when": OVER, "then": {"action": "freeze"}}]}  # fmt: skip
    return {**base, **change}


def one(when: Any = OVER, then: Any = None, **more: Any) -> dict[str, Any]:
    return body(rules=[{"id": "big", "when": when, "then": then or {"action": "freeze"}, **more}])


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (body(kind="magic"), "kind"),
        (body(extra=1), "extra"),
        (body(rules={}), "rules"),
        (one({"field": "no_such", "op": "gt", "value": 1}), "rules[0].when"),
        (one({"all": [OVER, {"field": "paid_fen", "op": "contains", "value": "1"}]}), "rules[0].when.all[1]"),
        (one({"field": "paid_fen", "op": "gt", "value": "much"}), "rules[0].when"),
        (one({"count": "orders", "same": "city", "within": "day", "op": "gt", "value": 5}), "rules[0].when"),
        (one({"count": "orders", "same": "phone", "within": "soon", "op": "gt", "value": 5}), "rules[0].when"),
        (one(then={"action": "explode"}), "rules[0].then.action"),
        (one(then={"action": "tag"}), "rules[0].then.tag"),
        (one(name={"fr": "Grand"}), "name"),
        (one(valid_from="2026-11-02T00:00:00+08:00", valid_to="2026-11-01T00:00:00+08:00"), "rules[0].valid_to"),
        (body(rules=[*body()["rules"], *body()["rules"]]), "rules[1].id"),
        (body(examples=[{"given": {}}]), "examples[0]"),
    ],
)  # fmt: skip
def test_an_invalid_document_is_refused_with_its_place_and_changes_nothing(
    store: Store, document: dict[str, Any], place: str
) -> None:
    live = publish(store, rule("big", OVER, "freeze"), name="mine")
    before = documents.history(store, "risk", "mine")
    for refused in (
        lambda: rules.save(ADMIN, store, document),
        lambda: rule_forms.import_set(ADMIN, store, rule_forms.export_set(ADMIN, store, document)),
    ):
        with pytest.raises(BadRequest) as said:
            refused()
        assert place in str(said.value)
    assert documents.history(store, "risk", "mine") == before
    assert [edition.version for edition in risk.rulebook(store).in_mode("live")] == [live]


def test_a_published_set_that_can_no_longer_load_keeps_the_last_good_one_in_force_also_after_a_restart(
    store: Store, settings: Settings
) -> None:
    publish(store, rule("big", {**OVER, "value": 9_000}, "freeze"), name="mine")
    good = publish(store, rule("big", OVER, "freeze"), name="mine")
    publish(store, rule("big", {"field": "x_retired", "op": "eq", "value": 1}, "freeze"), name="mine")
    risk._books.clear()  # as a process that has just begun
    order(store, 1)
    decide_risk(store, open_vault(settings), settings)
    assert held(store) == {1: ["risk_freeze"]}
    assert [edition.version for edition in risk.rulebook(store).in_mode("live")] == [good]
    assert "x_retired" in rules.problems(ADMIN, store)["mine"]
