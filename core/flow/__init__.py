"""The flow: a published graph of stations along which orders walk in batches."""
