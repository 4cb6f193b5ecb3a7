"""The parts of the page Stock."""
