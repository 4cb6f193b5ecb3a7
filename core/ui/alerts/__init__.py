"""Alerts: who is told about what, by which robot or mail box, and what was told."""
