"""What a platform's refund word means, as SQL: one expression that filters, counts, gates, stock and figures share."""

from core.model.refunds import REFUNDED, SETTLED, words_of


def means(channel: str, word: str, *states: str) -> str:
    """Whether a word is one of the states', over two column expressions named by the caller (never by a user).

    A word that nobody knows, and none at all, mean none of them.
    """
    cases, rest = [], ""
    for name, words in words_of(*states).items():
        listed = ", ".join(f"'{each}'" for each in words) or "NULL"  # our own constants, never a text from outside
        test = f"coalesce({word}, '') IN ({listed})"
        if name:
            cases.append(f"WHEN '{name}' THEN {test}")
        else:
            rest = f"ELSE {test}"
    return f"(CASE {channel} {' '.join(cases)} {rest} END)"


OPEN = f"(NOT {means('channel', 'refund_status', *SETTLED)})"
"""True for a refund somebody still has to decide or pay."""
PAID_BACK = means("r.channel", "r.refund_status", REFUNDED)
"""True for a refund (alias r) whose money has gone back."""
