"""Open or settled, as SQL over the table `refunds`: one expression that filters, counts and gates share."""

from core.model.refunds import settled_words


def _expression() -> str:
    cases, rest = [], ""
    for channel, words in settled_words().items():
        listed = ", ".join(f"'{word}'" for word in words)  # our own constants, never a text from outside
        if channel:
            cases.append(f"WHEN '{channel}' THEN coalesce(refund_status, '') NOT IN ({listed})")
        else:
            rest = f"ELSE coalesce(refund_status, '') NOT IN ({listed})"
    return f"(CASE channel {' '.join(cases)} {rest} END)"


OPEN = _expression()
"""True for a refund somebody still has to decide or pay."""
