"""单流 Danliu: order operations without code."""

__version__ = "0.1.0"
