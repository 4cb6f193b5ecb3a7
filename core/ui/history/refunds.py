"""Why goods come back: reasons, and the products and shops they come from."""

from typing import Any

from core.i18n import _
from core.ui.history.part import part


def show(view: dict[str, Any]) -> None:
    """Draw the tab."""
    part(
        {"rows": ["reason"], "measure": "refunds", "chart": "bar", "top": 20, "view": view}, key="reasons",
        title=_("Refunds by reason"), with_table=True,
    )  # fmt: skip
    part(
        {"rows": ["shop"], "measure": "refund_share", "chart": "bar", "top": 20, "view": view}, key="refund_shops",
        title=_("Share of orders with a refund, by shop"), with_table=False,
    )  # fmt: skip
    part(
        {"rows": ["week"], "measure": "refund_share", "chart": "line", "view": view}, key="refund_weeks",
        title=_("Share of orders with a refund, by week"), with_table=False,
    )  # fmt: skip
