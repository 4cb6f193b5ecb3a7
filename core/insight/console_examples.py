"""Questions to begin with at the SQL console; titles are message ids."""

from core.i18n import N_

PLACEHOLDER = "SELECT … FROM orders"
EXAMPLES = {
    N_("Orders and amount by channel and day"): (
        "SELECT channel, paid_at::DATE AS day, count(*) AS orders, sum(paid_fen) / 100.0 AS yuan\nFROM orders\n"
        "WHERE paid_at >= now() - INTERVAL 7 DAY\nGROUP BY ALL ORDER BY day DESC, orders DESC"
    ),
    N_("Best SKUs of 30 days"): (
        "SELECT l.sku, any_value(l.title) AS title, sum(l.qty) AS pieces, count(DISTINCT l.order_key) AS orders\n"
        "FROM order_lines l JOIN orders o USING (order_key)\nWHERE o.paid_at >= now() - INTERVAL 30 DAY\n"
        "GROUP BY l.sku ORDER BY pieces DESC LIMIT 50"
    ),
    N_("Buyers who came back"): (
        "SELECT buyer_code, count(*) AS orders, count(DISTINCT shop) AS shops, min(paid_at) AS first, max(paid_at) AS last\n"
        "FROM orders WHERE paid_at IS NOT NULL\nGROUP BY buyer_code HAVING count(*) > 1 ORDER BY orders DESC LIMIT 100"
    ),
    N_("Hold reasons by hour of the day"): (
        "SELECT extract(hour FROM happened_at) AS hour, reason, count(*) AS times\nFROM order_events\nWHERE event = 'held'\n"
        "GROUP BY ALL ORDER BY hour, times DESC"
    ),
    N_("Minutes from payment to slip, by shop"): (
        "SELECT shop, count(*) AS orders, median(date_diff('second', paid_at, slip_at)) / 60 AS p50,\n"
        "  quantile_cont(date_diff('second', paid_at, slip_at), 0.9) / 60 AS p90\nFROM orders WHERE slip_at > paid_at\n"
        "GROUP BY shop ORDER BY p50 DESC"
    ),
}


def first_rows(view: str) -> str:
    """A first look at a view."""
    return f"SELECT *\nFROM {view}\nLIMIT 100"
