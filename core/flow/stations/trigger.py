"""Trigger: which orders come into the flow, and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.model.fields import STATUSES
from core.model.lifecycle import BY_NAME
from core.people.vault import Vault
from core.store import tokens
from core.store.orders_query import Predicate

_TIMES = (
    ("06:00", "06:00"),
    ("09:00", "09:00"),
    ("12:00", "12:00"),
    ("15:00", "15:00"),
    ("18:00", "18:00"),
    ("21:00", "21:00"),
)


class Trigger(Station):
    kind = "trigger"
    title = N_("Trigger")
    help = N_("Lets orders into the flow: by channel, shop and status, at once, at set times or by hand.")
    group = "start"
    settings = (
        Setting("statuses", N_("Statuses"), "choices", ["PAID"], True, choices=tuple((name, BY_NAME[name].label) for name in STATUSES[:3])),
        Setting("channels", N_("Only these channels"), "texts", [], source="channels"),
        Setting("shops", N_("Only these shops"), "texts", [], source="shops"),
        Setting("mode", N_("When"), "choice", "at_once", True, choices=(("at_once", N_("At once")), ("at_times", N_("At set times")), ("by_hand", N_("By hand")))),
        Setting("times", N_("Times of the day"), "choices", ["09:00"], choices=_TIMES, help=N_("Orders that came in before such a time enter then.")),
    )  # fmt: skip
    outcomes = (Outcome("next", N_("Came in")),)

    def entry(self, settings: Mapping[str, Any], vault: Vault, zone: str, now: datetime) -> tuple[Predicate, list[str]]:
        """Which orders (over alias o) may come in now, and in which statuses; no statuses: none."""
        del vault
        if settings["mode"] == "by_hand":
            return Predicate("false"), []
        texts: list[str] = []
        values: list[Any] = []
        for name, column in (("channels", "channel"), ("shops", "shop")):
            if settings[name]:
                texts.append(f"o.{column} IN (SELECT unnest(?::VARCHAR[]))")
                values.append(list(settings[name]))
        if settings["mode"] == "at_times":
            texts.append("o.pool_at <= ?")
            values.append(last_time(settings["times"], zone, now))
        return Predicate(" AND ".join(texts) or "true", tuple(values)), list(settings["statuses"])

    def admits(self, context: Context, keys: Sequence[int]) -> list[int]:
        """Those of the orders whose channel and shop this trigger lets in, whatever their status is by now."""
        chosen = tokens.of_shops(context.cursor, keys, context.settings["channels"], context.settings["shops"])
        return [key for key in keys if key in chosen]

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        del context
        return {"next": list(keys)}


def last_time(times: Sequence[str], zone: str, now: datetime) -> datetime:
    """The last of the day's times that has passed, in the business zone."""
    here = now.astimezone(ZoneInfo(zone))
    passed = [
        datetime.combine(day, time.fromisoformat(each), here.tzinfo)
        for day in (here.date() - timedelta(days=1), here.date())
        for each in times or ("00:00",)
    ]
    return max(instant for instant in passed if instant <= here)


STATION = Trigger
