"""The page SQL console."""
