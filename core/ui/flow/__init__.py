"""Parts of the Flow page."""
