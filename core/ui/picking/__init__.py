"""The parts of the page Picking."""
