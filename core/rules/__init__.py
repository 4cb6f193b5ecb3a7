"""One rule language: a typed condition tree over the field catalogue, SQL for sets, a closure for one order."""
