"""What can be sent: each file of this package with a `KIND` is one kind of message of the outbox, found by itself."""
