"""The actions of the audit trail in words. One without words here shows its permission's label, else its own name."""

from core.i18n import N_, _
from core.people.permissions import PERMISSIONS

_WORDS = {
    "login": N_("Logged in"),
    "logout": N_("Logged out"),
    "accounts.set_up": N_("Created the first administrator"),
    "accounts.add": N_("Added an account"),
    "accounts.change": N_("Changed an account"),
    "accounts.activate": N_("Switched an account on"),
    "accounts.deactivate": N_("Switched an account off"),
    "accounts.end_logins": N_("Ended a person's logins"),
    "accounts.reset_password": N_("Reset a password"),
    "accounts.own_password": N_("Changed the own password"),
    "backups.make": N_("Made a back-up"),
    "backups.restore": N_("Restored a back-up"),
    "backups.verify": N_("Proved a back-up"),
    "channels.add": N_("Added a channel"),
    "demo.begin": N_("Began the demonstration"),
    "demo.end": N_("Ended the demonstration"),
    "jobs.run": N_("Ran a job"),
    "jobs.pause": N_("Paused a job"),
    "jobs.resume": N_("Resumed a job"),
    "lists.add": N_("Added to a list"),
    "lists.drop": N_("Removed a list"),
    "lists.export": N_("Exported a list"),
    "lists.make": N_("Made or changed a list"),
    "lists.remove": N_("Took off a list"),
    "model.add_field": N_("Added a field"),
    "model.change_field": N_("Changed a field"),
    "model.move_field": N_("Moved a field"),
    "model.rename_field": N_("Renamed a field"),
    "model.retire_field": N_("Retired a field"),
    "model.restore_field": N_("Restored a field"),
    "model.add_tag": N_("Added a status tag"),
    "model.change_tag": N_("Changed a status tag"),
    "model.move_tag": N_("Moved a status tag"),
    "model.retire_tag": N_("Retired a status tag"),
    "model.restore_tag": N_("Restored a status tag"),
    "orders.reject": N_("Rejected held orders"),
    "orders.release": N_("Released held orders"),
    "pulls.backfill": N_("Started a back-fill"),
    "pulls.resume_backfill": N_("Resumed a back-fill"),
    "pulls.stop_backfill": N_("Stopped a back-fill"),
    "risk.alert": N_("Set the alert level of risk"),
    "rules.apply": N_("Applied rules to open orders"),
    "rules.publish": N_("Published a rule set"),
    "rules.roll_back": N_("Rolled a rule set back"),
    "rules.save": N_("Saved a draft of a rule set"),
    "rules.switch": N_("Switched the mode of a rule set"),
    "rejects.retry": N_("Retried rejects"),
    "rejects.set_aside": N_("Set rejects aside"),
    "shops.connect": N_("Connected a shop"),
    "shops.change": N_("Changed a shop"),
    "shops.interval": N_("Changed a shop's pull interval"),
    "shops.pause": N_("Paused a shop's pull"),
    "shops.resume": N_("Resumed a shop's pull"),
    "shops.remove": N_("Removed a shop"),
    "tickets.open": N_("Opened a ticket"),
    "tickets.taken": N_("Took a ticket"),
    "tickets.handed_over": N_("Handed a ticket over"),
    "tickets.closed": N_("Closed a ticket"),
    "tickets.reopened": N_("Opened a ticket again"),
    "shops.run_now": N_("Ran a shop's pull"),
}
_LABELS = {permission.name: permission.label for permission in PERMISSIONS}


def words(action: str) -> str:
    """An action in the reader's language."""
    known = _WORDS.get(action) or _LABELS.get(action)
    return _(known) if known else action
