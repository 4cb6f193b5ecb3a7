"""Condition branch: the first condition that is met says where the order goes."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.flow import conditions
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_

OTHERWISE = Outcome("otherwise", N_("Otherwise"))


class Branch(Station):
    kind = "branch"
    title = N_("Branch")
    help = N_("Sends orders different ways by conditions of the rule language; the first that is met counts.")
    group = "check"
    settings = (Setting("branches", N_("Branches"), "branches", [], True),)
    outcomes = (OTHERWISE,)

    def outcomes_of(self, given: Mapping[str, Any]) -> tuple[Outcome, ...]:
        listed = given.get("branches")
        named = [b for b in listed if isinstance(b, dict) and b.get("outcome")] if isinstance(listed, list) else []
        return (*(Outcome(str(b["outcome"]), str(b.get("label") or b["outcome"])) for b in named), OTHERWISE)

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        branches = context.settings["branches"]
        tests = [branch["when"] for branch in branches]
        found = conditions.met(context.cursor, context.vault, context.zone, keys, tests, context.since)
        moves: Moves = {branch["outcome"]: [] for branch in branches} | {"otherwise": []}
        names = [branch["outcome"] for branch in branches]
        for key in keys:
            met = found.get(key, ())
            moves[next((name for name, is_met in zip(names, met, strict=False) if is_met), "otherwise")].append(key)
        return moves

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        return self.decide(context, keys)


STATION = Branch
