"""Parts of the page Outbox."""
