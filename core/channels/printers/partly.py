"""The one failure of printing that nobody may repeat by himself."""


class Partly(Exception):
    """It broke off after the first byte had left: some of it may be on paper. The text says what happened."""
