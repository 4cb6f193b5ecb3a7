"""Approval: a role has to say yes to the order within a time; what happens then is set here."""

from collections.abc import Sequence
from datetime import timedelta

from core.flow import alerts
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.people.permissions import ROLES
from core.store import approvals, holds


class Approval(Station):
    kind = "approval"
    title = N_("Approval")
    help = N_("Holds the order until somebody of the role approves or refuses it, or until the time is over.")
    group = "person"
    settings = (
        Setting("role", N_("Who approves"), "choice", "lead", True, choices=tuple(ROLES.items())),
        Setting("minutes", N_("Time to decide (minutes)"), "minutes", 240, True, least=1, most=43_200),
        Setting("then", N_("When the time is over"), "choice", "wait", True, choices=(("wait", N_("Keep waiting")), ("approve", N_("Go on as approved")), ("refuse", N_("Go on as refused")))),
        Setting("alert", N_("Tell these robots"), "texts", [], source="robots"),
    )  # fmt: skip
    outcomes = (Outcome("approved", N_("Approved")), Outcome("refused", N_("Refused"), ends=True))
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        cursor, settings, now = context.cursor, context.settings, context.now
        due = timedelta(minutes=settings["minutes"])
        found = approvals.at(cursor, keys, context.flow, context.node, min(context.entered.values()))
        fresh = [key for key in keys if key not in found]
        if fresh:
            approvals.ask(cursor, fresh, context.flow, context.node, settings["role"], now, now + due)
            holds.add(cursor, fresh, "approval", actor="system")
            if settings["alert"]:
                alerts.tell(context, settings["alert"], N_("Approval wanted"), fresh)
        over = [key for key, asked in found.items() if asked.state == "open" and asked.due_at <= now]
        if over and settings["then"] != "wait":
            word = "approved" if settings["then"] == "approve" else "refused"
            approvals.settle(cursor, over, word, account="", why="time over", now=now)
            holds.lift(cursor, over, "approval", actor="system", why="time over")
            found.update(approvals.at(cursor, over, context.flow, context.node, min(context.entered.values())))
        moves: Moves = {"approved": [], "refused": []}
        for key in keys:
            state = found[key].state if key in found else "open"
            if state in moves:
                moves[state].append(key)
            else:
                at = found[key].due_at if key in found else now + due
                context.rest([key], "approval", at if settings["then"] != "wait" else None)
        return moves


STATION = Approval
