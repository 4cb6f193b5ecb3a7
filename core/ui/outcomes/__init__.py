"""Parts of the Outcomes page."""
