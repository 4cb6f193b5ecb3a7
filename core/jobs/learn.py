"""Learns from after-sales outcomes which orders were fraud and which held ones were normal; persons' words stand."""

from datetime import timedelta

from core import clock
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.services.labels import fraud_words
from core.settings import Settings
from core.store import Store, labels

QUIET = timedelta(days=15)  # completed that long without a refund: the order was normal


def learn(store: Store, _vault: Vault, _settings: Settings) -> dict[str, int]:
    """How many orders were learned as fraud and as normal."""
    with store.write() as cursor:
        fraud, normal = labels.learn(cursor, fraud_words(store), quiet_since=clock.now() - QUIET)
    return {"fraud": fraud, "normal": normal}


JOBS = (Job("learn.labels", N_("Learn from after-sales which risk decisions were right"), 3600, learn),)
