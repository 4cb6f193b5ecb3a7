"""The parts of the page Promotions."""
