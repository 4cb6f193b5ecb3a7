"""Pure algorithms: they take values and give values; no store, no clock, no network."""
