"""The lease of the jobs on a store of several processes: a row with its holder, until when, and a fence.

The fence rises whenever the lease changes hands. Each write of the holder proves in its own transaction that the row is
still the holder's, and keeps the row so until its commit: a process that hung and wakes up writes nothing any more, and
nobody takes over in the middle of a write. All times are the server's, so no clock of a machine counts.
"""

import os
import re
import secrets
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager

from core.store.engines.engine import Cursor

GATE = "danliu_gate"
LOST = "danliu_lease_lost"
SECONDS = 9
"""How long the lease lasts unrenewed: then another process takes over."""
_TIMES = 3
_WAIT = "SET LOCAL lock_timeout = '8s'"  # the holder's own write keeps the row: the renewal comes after it


class Lease:
    """One process's view of the lease. `gate` gives a cursor whose statements count at once."""

    def __init__(self, gate: Callable[[], AbstractContextManager[Cursor]]) -> None:
        self._gate = gate
        self._holder = re.sub(r"[^\w.:-]", "", f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
        self._fence: int | None = None
        self.is_lost = False

    @property
    def holder(self) -> str:
        """The name under which this process holds the lease."""
        return self._holder

    @property
    def fence(self) -> int | None:
        """The number under which this process has the lease; None without it."""
        return self._fence

    def hold(self) -> bool:
        """Take the lease where it is free, renew it where it is ours. Whoever has lost it has to give it back first."""
        if self.is_lost:
            return False
        mine = f"name = 'jobs' AND holder = '{self._holder}'"
        row = None
        with self._gate() as cursor:
            for _time in range(_TIMES):
                cursor.execute(
                    f"CALL postgres_execute('{GATE}', $${_WAIT}; UPDATE leases SET fence = CASE WHEN {mine} THEN fence "
                    f"ELSE fence + 1 END, holder = '{self._holder}', until = clock_timestamp() + interval '{SECONDS} seconds' "
                    f"WHERE ({mine}) OR (name = 'jobs' AND (until IS NULL OR until < clock_timestamp()))$$)"
                )
                row = cursor.execute(
                    f"SELECT * FROM postgres_query('{GATE}', $$SELECT fence, until > clock_timestamp() + interval "
                    f"'{SECONDS / 2} seconds' AS lasts FROM leases WHERE {mine}$$)"
                ).fetchone()
                # Behind a long write of the holder's own the server had reckoned the instant before it waited.
                if row is None or row[1]:
                    break
        if self._fence is None:
            self._fence = int(row[0]) if row else None
        elif row is None or int(row[0]) != self._fence:
            self.is_lost = True
        return self._fence is not None and not self.is_lost

    def proof(self) -> str:
        """The statement that fails unless the lease is still held; "" for a process without it."""
        if self._fence is None:
            return ""
        return (
            f"DO $x$ BEGIN PERFORM 1 FROM leases WHERE name = 'jobs' AND holder = '{self._holder}' AND fence = {self._fence} "
            f"FOR SHARE; IF NOT FOUND THEN RAISE EXCEPTION '{LOST}'; END IF; END $x$; "
        )

    def give_back(self) -> None:
        """The next process may take the lease at once. From now on this one writes as those without it."""
        if self._fence is None:
            return
        with self._gate() as cursor:
            cursor.execute(
                f"CALL postgres_execute('{GATE}', $$UPDATE leases SET until = NULL WHERE name = 'jobs' "
                f"AND holder = '{self._holder}' AND fence = {self._fence}$$)"
            )
        self._fence, self.is_lost = None, False
