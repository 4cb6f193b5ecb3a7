"""The page Explorer."""
