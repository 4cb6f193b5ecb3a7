"""Parts of the Look-up page."""
