"""Warehouse routing: which warehouse and courier ships which line, at what cost, and why. Pure: no store, no network."""
