"""What a refund's state means to us: it is open until the platform calls it settled."""

SETTLED: tuple[str, ...] = ("SUCCESS", "CLOSED", "REFUSED", "CANCELLED")
"""The settled words of `refunds.refund_status`; every other one, also an unknown one, keeps the refund open."""
