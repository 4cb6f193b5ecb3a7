"""The parts of the page Packing."""
