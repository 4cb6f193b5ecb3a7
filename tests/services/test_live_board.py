"""The live board for persons: one snapshot for all, own and role's arrangements, who may what."""

import pytest

from core.errors import BadRequest, NotAllowed
from core.people.actor import person
from core.services import live_board
from core.services.live_board import STARTER
from tests.factories import granted

BOSS, LEA, MEI, WANG = (
    person("boss", "admin"),
    person("lea", "lead"),
    person("mei", "cs"),
    granted("wang", "warehouse", "live.view"),
)
ZONE = "Asia/Shanghai"


def test_all_roles_look_at_the_same_snapshot(store):
    seen = {id(live_board.present(who, store, ZONE)) for who in (BOSS, LEA, MEI, WANG)}
    assert len(seen) == 1


def test_a_persons_own_board_counts_before_the_roles_and_that_before_the_starter(store):
    assert live_board.arrangement(MEI, store) == (STARTER, "")
    live_board.arrange_role(LEA, store, "cs", [{"card": "held", "size": "m"}, {"card": "late", "size": "s"}])
    assert live_board.arrangement(MEI, store) == ((("held", "m"), ("late", "s")), "role")
    assert live_board.arrangement(WANG, store) == (STARTER, "")
    live_board.arrange(MEI, store, [{"card": "late", "size": "l"}])
    assert live_board.arrangement(MEI, store) == ((("late", "l"),), "account")
    assert live_board.arrangement_of_role(BOSS, store, "cs") == (("held", "m"), ("late", "s"))
    live_board.forget(MEI, store)
    live_board.forget_role(BOSS, store, "cs")
    assert live_board.arrangement(MEI, store) == (STARTER, "")


@pytest.mark.parametrize("cards", [
    [], [{"card": "gossip", "size": "s"}], [{"card": "late", "size": "xl"}], [{"card": "late"}],
    [{"card": "late", "size": "s"}, {"card": "late", "size": "m"}],
])  # fmt: skip
def test_a_board_that_is_none_is_refused(store, cards):
    with pytest.raises(BadRequest):
        live_board.arrange(MEI, store, cards)
    assert live_board.arrangement(MEI, store) == (STARTER, "")


def test_only_leads_arrange_for_a_role_and_say_what_is_at_risk(store):
    with pytest.raises(NotAllowed):
        live_board.arrange_role(MEI, store, "cs", [{"card": "late", "size": "s"}])
    with pytest.raises(NotAllowed):
        live_board.set_risk_hours(WANG, store, 8)
    live_board.set_risk_hours(LEA, store, 8)
    assert live_board.risk_hours(MEI, store) == 8
    for hours in (0, 73):
        with pytest.raises(BadRequest):
            live_board.set_risk_hours(LEA, store, hours)


def test_an_unknown_role_has_no_board(store):
    with pytest.raises(BadRequest):
        live_board.arrange_role(BOSS, store, "pirate", [{"card": "late", "size": "s"}])
