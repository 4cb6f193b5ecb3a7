"""Promotions, gifts and purchase limits: what an order should cost, get for free, or be held for.

Semantics: integer fen, half-up rounding, largest-remainder allocation, levels item -> shop -> platform, gifts last.
"""

from core.decide.promotion.document import Promotion, parse
from core.decide.promotion.evaluate import Outcome, Plan, evaluate
from core.decide.promotion.order import Context, Line, Order

__all__ = ["Context", "Line", "Order", "Outcome", "Plan", "Promotion", "evaluate", "parse"]
