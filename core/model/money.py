"""Money is integer fen. Texts from outside become fen here or in the mapping's SQL, exactly, and nowhere else."""

from decimal import Decimal, InvalidOperation


def fen_from_yuan(text: str | int | Decimal) -> int | None:
    """Yuan as written ("200.07", "1,234.5", "0元", "¥12") in exact fen; None for empty or a dash.

    Raises ValueError for what is no amount, or has more than two decimals that are not zero.
    """
    clean = (
        str(text)
        .strip()
        .replace(",", "")
        .replace("，", "")
        .removeprefix("¥")
        .removeprefix("￥")
        .removesuffix("元")
        .strip()
    )
    if clean in ("", "-", "--"):
        return None
    try:
        fen = Decimal(clean) * 100
    except InvalidOperation as error:
        raise ValueError(f"no amount: {text!r}") from error
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(f"no exact fen: {text!r}")
    return int(fen)


def yuan(fen: int | None) -> str:
    """Fen as yuan with two decimals and thousands commas; a dash for no value."""
    if fen is None:
        return "–"
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"
