"""The daily back-up: at the time of the settings, proven by restoring it, the oldest ones thinned out."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core import clock
from core.errors import BadSetup
from core.i18n import N_
from core.jobs.table import Job
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.services import backups
from core.settings import Settings
from core.store import Store, audit_chain, backup


def daily(store: Store, vault: Vault, settings: Settings) -> dict[str, int | str]:
    """Make today's back-up if its time has come and there is none yet; says what was made and removed."""
    if not settings.backup_at or not _is_due(settings):
        return {}
    audit_chain.seal(store, vault.keyed)
    made = backups.make(SYSTEM, store, settings.backup_folder)
    backups.verify(SYSTEM, store, settings, made.path.name)
    return {"made": made.path.name, "removed": backup.thin(settings.backup_folder, settings.backup_keep)}


def _is_due(settings: Settings) -> bool:
    zone = ZoneInfo(settings.zone)
    try:
        at = time.fromisoformat(settings.backup_at)
    except ValueError as error:
        raise BadSetup(
            N_("config.toml says back up at {at}, which is no time of day."),
            N_('Write it as "03:30".'),
            at=settings.backup_at,
        ) from error
    now = clock.now().astimezone(zone)
    due = datetime.combine(now.date(), at, zone)
    if now < due:
        due -= timedelta(days=1)
    newest = next(iter(backup.listing(settings.backup_folder)), None)
    # A store that has just begun waits for its first night.
    return newest.made_at < due if newest else now - due < timedelta(hours=1)


JOBS = (Job("backup", N_("Daily back-up"), 600, daily),)
