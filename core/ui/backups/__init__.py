"""Parts of the Back-up page."""
