"""What a third party's blacklist said, as decisions of its own: listed orders are held, unanswered ones only tagged."""

from collections.abc import Sequence

from core.store import Cursor, blacklist
from core.store.blacklist import Heard, Service
from core.store.decisions import Decision

RULE_SET, LISTED, UNANSWERED = "blacklist", "listed", "unanswered"


def decisions_of(cursor: Cursor, order_keys: Sequence[int]) -> list[Decision]:
    """A decision for each order while the service is on. Nobody asked, or no answer in time: let through with a tag."""
    service = blacklist.service(cursor)
    if service.mode == "off":
        return []
    heard = blacklist.results(cursor, order_keys)
    return [_decision(service, heard.get(key) or Heard(key, "silent")) for key in order_keys]


def _decision(service: Service, heard: Heard) -> Decision:
    outcome, rules, evidence, missing = "allow", (), {}, {}
    if heard.state == "silent":
        outcome, rules = f"tag:{blacklist.TAG}", (UNANSWERED,)
    elif heard.state == "nothing":
        missing = {LISTED: "phone"}
    elif heard.level:
        outcome, rules = heard.level, (LISTED,)
        evidence = {LISTED: {"reason": heard.reason, "score": heard.score}}
    return Decision(heard.order_key, "risk", RULE_SET, service.version, service.mode, outcome, rules, evidence, missing)
