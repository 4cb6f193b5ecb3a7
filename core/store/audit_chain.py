"""The chain through the audit trail: each row is hashed together with the hash of the row before it.

chain(n) = sha256 of chain(n-1), n, microseconds since 1970, actor, role, action, subject, outcome, detail, joined by U+001F.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core import clock
from core.store.store import Cursor, Store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rows were proven, and the numbers of the first rows at which the trail was changed (at most 20)."""

    rows: int
    broken: tuple[int, ...]


def link(cursor: Cursor, happened_at: datetime, *texts: str) -> tuple[int, str]:
    """(number, hash) of the row that is appended now; the head moves on in the caller's transaction."""
    head = cursor.execute("SELECT seq, chain FROM audit_heads").fetchone()
    before, number = (head[1], head[0] + 1) if head else ("", 1)
    microseconds = (happened_at - _EPOCH) // _MICROSECOND
    chain = hashlib.sha256("\x1f".join((before, str(number), str(microseconds), *texts)).encode()).hexdigest()
    if head:
        cursor.execute("UPDATE audit_heads SET seq = ?, chain = ?", [number, chain])
    else:
        cursor.execute("INSERT INTO audit_heads VALUES (?, ?)", [number, chain])
    return number, chain


_CHECKED = """
WITH numbered AS (SELECT *, lag(chain, 1, '') OVER w AS before, lag(seq, 1, 0) OVER w AS last FROM audit
  WHERE seq IS NOT NULL WINDOW w AS (ORDER BY seq))
SELECT seq FROM numbered WHERE seq <> last + 1 OR chain IS DISTINCT FROM sha256(concat_ws(chr(31), before, seq,
  epoch_us(happened_at), actor, role, action, subject, outcome, detail))
UNION SELECT h.seq FROM audit_heads h WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.seq = h.seq AND a.chain = h.chain)
UNION SELECT max(seq) FROM audit HAVING max(seq) > coalesce((SELECT max(seq) FROM audit_heads), 0)
ORDER BY 1 LIMIT 20
"""


def check(store: Store, keyed: Callable[[str], str]) -> Verdict:
    """Prove the whole trail: hashes, numbers without a gap, the head, and every seal of the past."""
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")
        broken = {int(row[0]) for row in cursor.execute(_CHECKED).fetchall()}
        seals = cursor.execute(
            "SELECT s.seq, s.chain, s.seal, a.chain IS NOT DISTINCT FROM s.chain FROM audit_seals s "
            "LEFT JOIN audit a ON a.seq = s.seq"
        ).fetchall()
        rows = cursor.execute("SELECT count(seq) FROM audit").fetchone()
        cursor.execute("ROLLBACK")
    broken |= {seq for seq, chain, seal, same in seals if not same or keyed(f"{seq}:{chain}") != seal}
    return Verdict(int(rows[0]) if rows else 0, tuple(sorted(broken)[:20]))


def seal(store: Store, keyed: Callable[[str], str]) -> bool:
    """Seal the head as it is now; False when it has not moved since the last seal."""
    with store.write() as cursor:
        head = cursor.execute(
            "SELECT seq, chain FROM audit_heads WHERE seq > coalesce((SELECT max(seq) FROM audit_seals), 0)"
        ).fetchone()
        if not head:
            return False
        cursor.execute(
            "INSERT INTO audit_seals VALUES (?, ?, ?, ?)", [*head, keyed(f"{head[0]}:{head[1]}"), clock.now()]
        )
    return True
