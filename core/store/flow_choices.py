"""What the forms of stations offer to choose from: (value, label) pairs."""

from core.store.store import Cursor

Choices = list[tuple[str, str]]


def shops(cursor: Cursor) -> Choices:
    """Every shop that orders came from or that is connected."""
    return cursor.execute(
        "SELECT shop, coalesce(any_value(nullif(title, '')), shop) FROM (SELECT shop, title FROM shops UNION ALL "
        "SELECT DISTINCT shop, '' FROM orders) WHERE shop IS NOT NULL GROUP BY shop ORDER BY shop"
    ).fetchall()


def tags(cursor: Cursor, language: str) -> Choices:
    """The tags that are not retired."""
    return cursor.execute(
        "SELECT name, coalesce(nullif(CASE WHEN ? = 'zh' THEN label_zh ELSE label_en END, ''), name) FROM status_tags "
        "WHERE NOT coalesce(retired, false) ORDER BY place, name",
        [language],
    ).fetchall()


def own_fields(cursor: Cursor, language: str) -> Choices:
    """The operator's own fields of orders."""
    return cursor.execute(
        "SELECT name, coalesce(nullif(CASE WHEN ? = 'zh' THEN label_zh ELSE label_en END, ''), name) FROM own_fields "
        "WHERE level = 'order' AND starts_with(name, 'x_') AND NOT coalesce(retired, false) ORDER BY place, name",
        [language],
    ).fetchall()


def robots(cursor: Cursor) -> Choices:
    """The robots by name."""
    return cursor.execute("SELECT name, name FROM robots ORDER BY name").fetchall()


def printers(cursor: Cursor) -> Choices:
    """The printers by name."""
    return cursor.execute("SELECT name, name FROM printers ORDER BY name").fetchall()
