"""The parts of the page Products."""
