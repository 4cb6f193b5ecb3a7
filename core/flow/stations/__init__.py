"""The palette: one file a station."""
