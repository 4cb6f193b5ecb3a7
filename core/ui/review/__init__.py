"""The review desk: the queue, its cards, what a person decides, and who may decide what."""
