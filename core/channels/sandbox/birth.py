"""How an order comes into being: buyer, basket, money, and the plan of what will happen to it.

Everything random about an order is drawn here, at its birth: what the product does later cannot shift the others.
"""

from random import Random
from time import gmtime, strftime

from core.channels.sandbox.goods import WORDS
from core.channels.sandbox.orders import Line, Order, Plan, Stage
from core.channels.sandbox.people import Buyer
from core.channels.sandbox.shop import Shop

MINUTE, HOUR, DAY = 60, 3600, 86400
_TIERS = ((29_900, 4_000), (19_900, 2_500), (9_900, 1_000))
_WHOLE_ORDER_REFUNDS = ("jd", "pinduoduo")


def bear(shop: Shop, at: int, live_from: int, buyer: Buyer | None = None, code: str | None = None) -> Order:
    """A new order at an instant, not yet in the shop. `buyer` and `code` are given in a brushing burst."""
    random = shop.random
    buyer = buyer or shop.crowd.draw(random)
    lines = _basket(shop, random, code)
    cod = shop.channel == "jd" and random.random() < 0.03
    shop.born += 1
    order = Order(shop.name, _number(shop, at), shop.born, buyer, lines, at, Plan(), cod=cod)
    _price(shop, order, random)
    order.presale = random.random() < 0.02
    if random.random() < 0.12:
        order.buyer_note = random.choice(WORDS["buyer_notes"])
    order.plan = _plan(shop, order, random, live_from)
    return order


def _basket(shop: Shop, random: Random, code: str | None) -> list[Line]:
    chance = random.random()
    count = 1 if chance < 0.55 else 2 if chance < 0.80 else 3 if chance < 0.93 else 4
    codes = [code] if code else list(dict.fromkeys(random.choices(shop.codes, cum_weights=shop.weights, k=count)))
    lines = []
    for number, chosen in enumerate(codes, 1):
        chance = random.random()
        qty = 1 if chance < 0.82 else 2 if chance < 0.94 else 3 if chance < 0.985 else 2 + int(random.random() * 10)
        listing = shop.listings[chosen]
        lines.append(Line(number, listing, qty, listing.price_fen))
    return lines


def _price(shop: Shop, order: Order, random: Random) -> None:
    goods = sum(line.total_fen for line in order.lines)
    seller = next((cut for least, cut in _TIERS if goods >= least), 0)
    if random.random() < 0.08:
        seller += int(goods * 0.05)  # a coupon with odd fen
    platform = 0
    if shop.channel in ("pinduoduo", "doudian") and random.random() < 0.25:
        platform = min(500, goods // 20)
    order.platform_discount_fen = platform
    if random.random() < 0.15 and goods < 4_900:
        order.shipping_fen = 600 if random.random() < 0.7 else 1_000
    apportion(order.lines, seller + platform)
    if random.random() < 0.25 and goods >= 9_900:
        gift = shop.listings[WORDS["gifts"][int(random.random() * len(WORDS["gifts"]))][0]]
        order.lines.append(Line(len(order.lines) + 1, gift, 1, 0, gift=True))
    order.settle()


def apportion(lines: list[Line], discount_fen: int) -> None:
    """Spread a discount over the lines by their value; the last line takes the rest, so it adds up to the fen."""
    goods = sum(line.total_fen for line in lines)
    left = min(discount_fen, goods)
    rest = goods
    for line in lines:
        line.discount_fen = left * line.total_fen // rest if rest else 0
        left -= line.discount_fen
        rest -= line.total_fen


def _plan(shop: Shop, order: Order, random: Random, live_from: int) -> Plan:
    plan = Plan(courier=int(random.random() * 7), done_after=int((3 + random.random() * 6) * DAY))
    if order.cod:
        paid = order.created
    elif random.random() < 0.12:
        plan.close_at = order.created + 30 * MINUTE
        return plan
    else:
        chance = random.random()
        wait = 5 + chance * 40 if chance < 0.75 else random.random() * 25 * MINUTE
        paid = order.created + int(wait + 10)
        if order.presale and shop.channel == "taobao":
            paid += int(random.random() * 2 * DAY)
        plan.pay_at = paid
    if random.random() < 0.025 and not order.cod:
        plan.held_until = paid + int((5 + random.random() * 240) * MINUTE)
    _plan_shipping(plan, order, random, paid, live_from)
    _plan_refund(shop, plan, order, random, paid)
    if random.random() < 0.05:
        plan.note_at = paid + int(random.random() * 6 * HOUR)
    return plan


def _plan_shipping(plan: Plan, order: Order, random: Random, paid: int, live_from: int) -> None:
    """Before the product was there, everything was shipped by hand; since then only a few are."""
    ship_at = paid + int((2 + random.random() ** 2 * 28) * HOUR)
    by_hand, part = random.random() < 0.03, random.random() < 0.015
    if ship_at >= live_from and not by_hand:
        return
    plan.ship_at = ship_at
    if part and len(order.lines) > 1:
        plan.part_at = paid + (ship_at - paid) // 2


def _plan_refund(shop: Shop, plan: Plan, order: Order, random: Random, paid: int) -> None:
    chance, wait, outcome, which = random.random(), random.random(), random.random(), random.random()
    if chance > 0.12 or order.cod:
        return
    after = chance > 0.07  # once the parcel is on its way
    plan.refund_at = paid + int(((30 + wait * 90) if after else (0.1 + wait * 9)) * HOUR)
    bought = [line.number for line in order.lines if not line.gift]
    if shop.channel not in _WHOLE_ORDER_REFUNDS and len(bought) > 1 and which < 0.6:
        plan.refund_line = bought[int(which / 0.6 * len(bought))]
    first = int((0.1 + wait * 8) * HOUR)
    if outcome < 0.70 and after:
        steps = ((first, Stage.AWAIT_RETURN), (first + DAY, Stage.RETURNED), (first + 3 * DAY, Stage.SUCCESS))
    elif outcome < 0.70:
        steps = ((first, Stage.SUCCESS),)
    elif outcome < 0.85:
        steps = ((first, Stage.WITHDRAWN),)
    else:
        steps = ((first, Stage.REFUSED), (first + DAY // 2, Stage.WITHDRAWN))
    plan.refund_steps = steps


def _number(shop: Shop, at: int) -> str:
    """The order number as the platform writes it; it never repeats and leaves room for the sub-orders' numbers."""
    n = shop.born * 7_937 + shop.random.randrange(70) * 100
    if shop.channel == "taobao":
        return str(2_381_045_600_000_000_000 + shop.number * 10**14 + n * 10)
    if shop.channel == "jd":
        return str(300_000_000_000 + n)
    if shop.channel == "doudian":
        return str(6_921_377_340_000_000_000 + n * 100)
    if shop.channel == "pinduoduo":
        return f"{strftime('%y%m%d', gmtime(at + 8 * HOUR))}-{318_270_000_000_000 + n}"
    return str(3_705_115_050_000_000_000 + n * 100)
