"""The parts of the page Routing."""
