"""The words of the channels page: states of shops and runs, and the colour of each."""

from core.i18n import N_, _

SHOP_STATES: dict[str, tuple[str, str]] = {
    "files": (N_("Fed by files"), "grey"),
    "new": (N_("Not pulled yet"), "grey"),
    "ok": (N_("In step"), "green"),
    "running": (N_("Pulling"), "blue"),
    "paused": (N_("Paused"), "grey"),
    "retry": (N_("Trying again"), "orange"),
    "bad_setup": (N_("Stopped: set-up"), "red"),
    "unauthorised": (N_("Not authorised yet"), "orange"),
}
RUN_STATES: dict[str, tuple[str, str]] = {
    "queued": (N_("Queued"), "grey"),
    "running": (N_("Running"), "blue"),
    "ok": (N_("Done"), "green"),
    "retry": (N_("Failed, tries again"), "orange"),
    "bad_setup": (N_("Failed: set-up"), "red"),
    "stopped": (N_("Stopped"), "grey"),
}
RUN_KINDS = {"pull": N_("Pull"), "backfill": N_("Back-fill"), "push": N_("Push")}
ENTITIES = {
    "orders": N_("Orders"),
    "refunds": N_("Refunds"),
    "stock": N_("Stock levels"),
    "outbound": N_("Outbound records"),
}
REJECT_STATES = {"waiting": N_("Waiting"), "settled": N_("Settled"), "ignored": N_("Set aside")}


def shop_state(name: str) -> str:
    """A shop's state in words."""
    return _(SHOP_STATES.get(name, (name, ""))[0])


def run_state(name: str) -> str:
    """A run's state in words."""
    return _(RUN_STATES.get(name, (name, ""))[0])


def entity(name: str) -> str:
    """What comes: orders, refunds, stock levels or outbound records."""
    return _(ENTITIES.get(name, name))
