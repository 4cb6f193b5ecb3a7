"""Refund gate: an order with a refund under way or paid is held at once, and goes on when the refund is refused or withdrawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.flow import alerts, gate
from core.flow.asking import ask_refunds
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import Store, refund_gate


class RefundGate(Station):
    kind = "refund_gate"
    title = N_("Refund gate")
    help = N_("Holds orders with a refund that is requested, agreed or paid. Nothing refunded comes past it.")
    group = "check"
    settings = (
        Setting("ask", N_("Ask the platform again"), "boolean", False, help=N_("Asks the shop just before, for refunds younger than the last pull.")),
        Setting("alert", N_("Tell these robots"), "texts", [], source="robots"),
    )  # fmt: skip
    outcomes = (Outcome("pass", N_("No refund")), Outcome("stop", N_("Refund"), holds=True))
    waits = True
    asks = True

    def asks_with(self, store: Store, settings: Mapping[str, Any]) -> bool:
        del store
        return bool(settings.get("ask"))

    def before(self, context: Context, keys: Sequence[int]) -> Mapping[int, Any]:
        return ask_refunds(context, keys)

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        if context.settings["ask"]:
            refund_gate.forget_word(context.cursor, [key for key in keys if not context.asked.get(key)], context.now)
        stopped = gate.guard(context.cursor, keys, context.since)
        said = {key for key in keys if context.asked.get(key)} - stopped
        if said:
            gate.hold_said(context.cursor, {key: context.asked[key] for key in said})
        stopped |= said
        if stopped and context.settings.get("alert"):
            alerts.tell(context, context.settings["alert"], N_("Refund stopped"), sorted(stopped))
        return {"pass": [key for key in keys if key not in stopped], "stop": [key for key in keys if key in stopped]}

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        stopped = gate.stopped(context.cursor, keys, context.since)
        return {"pass": [key for key in keys if key not in stopped], "stop": [key for key in keys if key in stopped]}


STATION = RefundGate
