"""The parameters of each type of activity as a form. One function a type; money in yuan, rates as what remains to be paid."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from core.decide.promotion.sentence import PERS, SHORTS
from core.i18n import N_, _
from core.ui.promotions.rows_editor import rows_editor
from core.ui.promotions.words import fen, yuan

Body = Mapping[str, Any]


def parameters(kind: str, key: str, old: Body, gifts: Mapping[str, str], skus: Mapping[str, str]) -> dict[str, Any]:
    """Draw the form of a type and give its keys. `old` is what the fields start from; `gifts`, `skus`: code -> name."""
    return _FORMS[kind](f"{key}_{kind}", old if old.get("type") == kind else {}, gifts, skus)


def money(label: str, key: str, amount: int | None, *, required: bool = True, help: str | None = None) -> int | None:
    """An amount in yuan; the value is fen. It starts empty: a price of nothing must be typed, never be left standing."""
    hint = None if required else _("no limit")
    start = yuan(amount)
    return fen(
        st.number_input(
            label, min_value=0.0, value=start, step=1.0, format="%.2f", key=key, help=help, placeholder=hint
        )
    )


def count(
    label: str, key: str, value: int | None, *, least: int = 1, start: int | None = None, help: str | None = None
) -> Any:
    """A number of pieces or times; with `start` it is required, else it may stay empty."""
    shown = value if value is not None else start
    return st.number_input(
        label, min_value=least, value=shown, step=1, key=key, help=help, placeholder=None if start else _("no limit")
    )


def _left_out(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value is not None}


def _special_price(key: str, old: Body, _gifts: Mapping[str, str], _skus: Mapping[str, str]) -> dict[str, Any]:
    return _left_out(
        {
            "price": money(_("Price of one piece (yuan)"), f"{key}_price", old.get("price")),
            "max_qty_per_order": count(
                _("At most so many pieces an order"), f"{key}_most", old.get("max_qty_per_order")
            ),
        }
    )


_TOGETHER = {"sku": N_("the same item"), "scope": N_("all chosen goods, mixed")}


def _nth_free(key: str, old: Body, _gifts: Mapping[str, str], _skus: Mapping[str, str]) -> dict[str, Any]:
    n = count(_("Of every so many pieces one"), f"{key}_n", old.get("n"), start=2)
    group = st.segmented_control(
        _("Counted over"), list(_TOGETHER), default=old.get("group") or "sku", required=True,
        format_func=lambda code: _(_TOGETHER[code]), key=f"{key}_group",
    )  # fmt: skip
    times = count(_("At most so many times an order"), f"{key}_times", old.get("max_times"))
    return _left_out({"n": n, "group": group, "max_times": times})


def _nth_discount(key: str, old: Body, gifts: Mapping[str, str], skus: Mapping[str, str]) -> dict[str, Any]:
    return {**_nth_free(key, old, gifts, skus), "rate": _rate(f"{key}_rate", old.get("rate", "0.5"))}


def _rate(key: str, rate: Any) -> str:
    """A percentage of the price as the decimal text of a rate."""
    value = st.number_input(
        _("Costs so many % of the price"), min_value=0.0, max_value=100.0, value=float(Decimal(str(rate)) * 100),
        step=1.0, format="%g", key=key, help=_("50 is half price, 85 is 15 % off."),
    )  # fmt: skip
    return f"{(Decimal(str(value)) / 100).normalize():f}"


def _bundle(key: str, old: Body, _gifts: Mapping[str, str], skus: Mapping[str, str]) -> dict[str, Any]:
    st.caption(_("What one set holds:"))
    pieces = rows_editor(
        f"{key}_set",
        list((old.get("set") or {}).items()),
        lambda k, v: piece(k, v, skus, _("SKU")),
        add=_("Add an item"),
    )
    price = money(_("Price of one set (yuan)"), f"{key}_price", old.get("price"))
    times = count(_("At most so many times an order"), f"{key}_times", old.get("max_times"))
    return _left_out({"set": _summed(pieces), "price": price, "max_times": times})


def piece(key: str, value: tuple[str, int] | None, known: Mapping[str, str], label: str) -> tuple[str, int]:
    """A code with a quantity; codes can be chosen or typed."""
    sku = st.selectbox(
        label, list(dict.fromkeys([*([value[0]] if value and value[0] else []), *known])),
        index=0 if value and value[0] else None, key=f"{key}_sku", accept_new_options=True,
        placeholder=_("Choose or type"), format_func=lambda code: f"{code} · {known[code]}" if known.get(code) else code,
    )  # fmt: skip
    qty = st.number_input(
        _("Quantity"), min_value=1, value=value[1] if value else 1, step=1, key=f"{key}_qty", width=110
    )
    return str(sku or "").strip(), int(qty or 1)


def _summed(pieces: list[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sku, qty in pieces:
        if sku:
            found[sku] = found.get(sku, 0) + qty
    return found


_BASES = {"amount": N_("the amount"), "qty": N_("the number of pieces")}


def _basis(key: str, default: str) -> str:
    return str(
        st.segmented_control(
            _("The threshold looks at"), list(_BASES), default=default, required=True,
            format_func=lambda code: _(_BASES[code]), key=f"{key}_basis",
        )
    )  # fmt: skip


def threshold(key: str, basis: str, value: int | None) -> int | None:
    """A threshold in yuan or in pieces."""
    if basis == "amount":
        return money(_("From (yuan)"), f"{key}_yuan", value)
    return count(_("From (pieces)"), f"{key}_pieces", value, start=2)


_WAYS = {"tiers": N_("by steps"), "every": N_("for every so much")}


def _full_reduce(key: str, old: Body, _gifts: Mapping[str, str], _skus: Mapping[str, str]) -> dict[str, Any]:
    basis = _basis(key, old.get("basis") or "amount")
    way = st.segmented_control(
        _("It counts"), list(_WAYS), default="every" if old.get("every") else "tiers", required=True,
        format_func=lambda code: _(_WAYS[code]), key=f"{key}_way",
    )  # fmt: skip
    found: dict[str, Any] = {"basis": basis}
    if way == "every":
        every = old.get("every") or {}
        found["every"] = _left_out(
            {
                "threshold": threshold(f"{key}_every", basis, every.get("threshold")),
                "reduce": money(_("Off (yuan)"), f"{key}_every_off", every.get("reduce")),
                "max_times": count(_("At most so many times an order"), f"{key}_every_times", every.get("max_times")),
            }
        )
    else:
        found["tiers"] = rows_editor(
            f"{key}_{basis}_tiers", old.get("tiers") or [{}, {}][:1], lambda k, tier: {
                "threshold": threshold(k, basis, (tier or {}).get("threshold")),
                "reduce": money(_("Off (yuan)"), f"{k}_off", (tier or {}).get("reduce")),
            }, add=_("Add a step"),
        )  # fmt: skip
    return {**found, **_cap(key, old)}


def _cap(key: str, old: Body) -> dict[str, Any]:
    label = _("At most so much off an order (yuan)")
    return _left_out({"max_discount": money(label, f"{key}_cap", old.get("max_discount"), required=False)})


def _full_discount(key: str, old: Body, _gifts: Mapping[str, str], _skus: Mapping[str, str]) -> dict[str, Any]:
    basis = _basis(key, old.get("basis") or "qty")
    tiers = rows_editor(
        f"{key}_{basis}_tiers", old.get("tiers") or [{}], lambda k, tier: {
            "threshold": threshold(k, basis, (tier or {}).get("threshold")),
            "rate": _rate(f"{k}_rate", (tier or {}).get("rate", "0.9")),
        }, add=_("Add a step"),
    )  # fmt: skip
    return {"basis": basis, "tiers": tiers, **_cap(key, old)}


_GIFT_WAYS = {"every": N_("for every so many or so much"), "tiers": N_("by steps, the highest reached")}


def _gift(key: str, old: Body, gifts: Mapping[str, str], _skus: Mapping[str, str]) -> dict[str, Any]:
    basis = _basis(key, old.get("basis") or "qty")
    found: dict[str, Any] = {"basis": basis}
    if basis == "amount":
        listed = st.checkbox(
            _("Measure list prices, not what is left after discounts"),
            old.get("amount_of") == "list",
            key=f"{key}_list",
        )
        found["amount_of"] = "list" if listed else "paid"
    way = st.segmented_control(
        _("It gives"), list(_GIFT_WAYS), default="tiers" if old.get("tiers") else "every", required=True,
        format_func=lambda code: _(_GIFT_WAYS[code]), key=f"{key}_way",
    )  # fmt: skip
    if way == "tiers":
        found["tiers"] = rows_editor(
            f"{key}_{basis}_tiers", old.get("tiers") or [{}], lambda k, tier: _gift_tier(k, basis, tier or {}, gifts),
            add=_("Add a step"),
        )  # fmt: skip
    else:
        found["buy"] = threshold(f"{key}_buy", basis, old.get("buy") or (3 if basis == "qty" else None))
        found["give"] = _given(f"{key}_give", old.get("give") or {}, gifts)
        once = st.checkbox(_("Once an order, not for every multiple"), old.get("repeat") is False, key=f"{key}_once")
        found["repeat"] = not once
        if not once:
            most = count(_("At most so many times an order"), f"{key}_times", old.get("max_times_per_order"))
            found |= _left_out({"max_times_per_order": most})
    return found | _gift_limits(key, old, gifts)


def _gift_tier(key: str, basis: str, tier: Body, gifts: Mapping[str, str]) -> dict[str, Any]:
    at = threshold(key, basis, tier.get("threshold"))
    start = next(iter((tier.get("gifts") or {}).items()), None)
    sku, qty = piece(f"{key}_gift", start, gifts, _("Gift"))
    # A step of an older document may give several gifts; those beyond the first stay as they are.
    others = dict(list((tier.get("gifts") or {}).items())[1:])
    return {"threshold": at, "gifts": {**({sku: qty} if sku else {}), **others}}


def _given(key: str, old: Mapping[str, int], gifts: Mapping[str, str]) -> dict[str, int]:
    rows = rows_editor(key, list(old.items()), lambda k, v: piece(k, v, gifts, _("Gift")), add=_("Add a gift"))
    return _summed(rows)


def _gift_limits(key: str, old: Body, gifts: Mapping[str, str]) -> dict[str, Any]:
    most = count(
        _("At most so many gifts a person"), f"{key}_person", old.get("per_customer_limit"),
        help=_("Counted by phone; where the platform masks it, by the buyer's account."),
    )  # fmt: skip
    short = st.selectbox(
        _("When a gift is short"), list(SHORTS), index=list(SHORTS).index(old.get("on_short") or "partial"),
        format_func=lambda code: _(SHORTS[code]), key=f"{key}_short",
    )  # fmt: skip
    found = {"on_short": short, **_left_out({"per_customer_limit": most})}
    if short == "substitute":
        known = list(dict.fromkeys([*(old.get("substitutes") or ()), *gifts]))
        found["substitutes"] = st.multiselect(
            _("Substitutes, in this order"), known, default=old.get("substitutes") or [], key=f"{key}_others",
            accept_new_options=True, placeholder=_("Choose or type"),
        )  # fmt: skip
    return found


def _limit(key: str, old: Body, _gifts: Mapping[str, str], _skus: Mapping[str, str]) -> dict[str, Any]:
    forbid = st.checkbox(
        _("Not for sale there at all"), bool(old.get("forbid")), key=f"{key}_forbid",
        help=_("Choose the provinces above. Every order with these goods to them is held."),
    )  # fmt: skip
    if forbid:
        return {"forbid": True, "per": "region"}
    per = st.segmented_control(
        _("Counted for"), list(PERS), default=old.get("per") or "phone", required=True,
        format_func=lambda code: _(PERS[code]), key=f"{key}_per",
    )  # fmt: skip
    most = st.number_input(
        _("At most so many pieces"), min_value=0, value=old.get("max_qty") or 2, step=1, key=f"{key}_most"
    )
    return {"per": per, "max_qty": most}


_FORMS: dict[str, Callable[[str, Body, Mapping[str, str], Mapping[str, str]], dict[str, Any]]] = {
    "special_price": _special_price,
    "nth_discount": _nth_discount,
    "nth_free": _nth_free,
    "bundle": _bundle,
    "full_reduce": _full_reduce,
    "full_discount": _full_discount,
    "gift": _gift,
    "limit": _limit,
}
