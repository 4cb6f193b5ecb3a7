"""The numbers of /metrics: orders, pushes and rejects by state, and how old each shop's last pull is."""

from dataclasses import dataclass

from core import clock
from core.store import Store


@dataclass(frozen=True, slots=True)
class Gauge:
    """One measured value with its labels."""

    name: str
    labels: dict[str, str]
    value: float


_COUNTS = (
    ("danliu_orders", ("channel", "status"), "SELECT channel, status, count(*) FROM orders GROUP BY ALL ORDER BY ALL"),
    ("danliu_orders_held", ("channel",), "SELECT channel, count(*) FROM orders WHERE held GROUP BY ALL ORDER BY ALL"),
    ("danliu_inbox", ("state",), "SELECT state, count(*) FROM inbox GROUP BY ALL ORDER BY ALL"),
    ("danliu_rejects", ("state",), "SELECT state, count(*) FROM rejects GROUP BY ALL ORDER BY ALL"),
    ("danliu_logins", (), "SELECT count(*) FROM logins WHERE expires_at > now()"),
)


def gauges(store: Store) -> list[Gauge]:
    """All gauges as of the last commit; ages in seconds."""
    found: list[Gauge] = []
    with store.read() as cursor:
        for name, labels, query in _COUNTS:
            for *values, number in cursor.execute(query).fetchall():
                texts = dict(zip(labels, (str(value or "") for value in values), strict=True))
                found.append(Gauge(name, texts, float(number)))
        pulls = cursor.execute(
            "SELECT channel, shop, max(finished_at) FROM pull_runs WHERE state = 'ok' GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    now = clock.now()
    found += [
        Gauge("danliu_pull_age_seconds", {"channel": channel, "shop": shop}, (now - at).total_seconds())
        for channel, shop, at in pulls
        if at is not None
    ]
    return found
