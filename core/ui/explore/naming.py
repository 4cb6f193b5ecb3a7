"""A group's value as people read it; a shop by its title."""

from typing import Any

from core.insight.pivot_fields import Dimension
from core.services import pivot
from core.ui import names


def value(group: Dimension, one: Any) -> str:
    """A group's value in words."""
    return names.shop_of_any_channel(str(one)) if group.name == "shop" and one else pivot.said(group, one)
