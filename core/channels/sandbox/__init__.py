"""Pretend platforms that speak the real protocols, for demonstration, development and tests (docs/sandbox.md)."""

from core.channels.sandbox.faults import FAULTS
from core.channels.sandbox.server import Sandbox

__all__ = ["FAULTS", "Sandbox"]
