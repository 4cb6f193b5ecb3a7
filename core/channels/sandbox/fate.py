"""What happens to an order after its birth: payment, holds, shipping, refunds, completion. One function a happening."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.channels.sandbox.goods import WORDS
from core.channels.sandbox.orders import OPEN_STAGES, TO_SHIP, Line, Order, Refund, Stage, State

if TYPE_CHECKING:
    from core.channels.sandbox.world import World

HOUR, DAY = 3600, 86400
COURIERS: list[list[Any]] = WORDS["couriers"]


def expect(world: "World", order: Order) -> None:
    """Plan what comes after the birth."""
    plan = order.plan
    for line in order.lines:
        world.stock.promise(line)
    if order.cod:
        order.state = State.PAID
        _expect_after_payment(world, order)
    elif plan.pay_at:
        world.plan(plan.pay_at, "pay", order)
    elif plan.close_at:
        world.plan(plan.close_at, "close", order)


def _expect_after_payment(world: "World", order: Order) -> None:
    plan = order.plan
    for at, what in (
        (plan.held_until, "release"),
        (plan.part_at, "part"),
        (plan.ship_at, "ship"),
        (plan.refund_at, "refund"),
        (plan.note_at, "note"),
    ):
        if at is not None:
            world.plan(at, what, order)


def pay(world: "World", at: int, order: Order) -> None:
    world.keep(order)
    order.paid_at = at
    order.state = State.HELD if order.plan.held_until else State.PAID
    world.touch(order, at)
    _expect_after_payment(world, order)


def close(world: "World", at: int, order: Order) -> None:
    """Nobody paid: the goods go back on sale."""
    world.keep(order)
    order.state, order.finished_at = State.CLOSED, at
    shop = world.shop_of(order)
    for line in order.lines:
        world.stock.promise(line, -1)
        shop.listed[line.listing.sku.code] += line.qty
    world.touch(order, at)


def release(world: "World", at: int, order: Order) -> None:
    """The platform lifts its hold."""
    if order.state is State.HELD:
        world.keep(order)
        order.state = State.PAID
        world.touch(order, at)


def note(world: "World", at: int, order: Order) -> None:
    """The seller writes a remark and sets a flag. Doudian and JD do not move the modified time for that."""
    order.seller_note = WORDS["seller_notes"][order.number % len(WORDS["seller_notes"])]
    order.flag = order.number % 5 + 1
    if world.shop_of(order).channel not in ("doudian", "jd"):
        world.keep(order)
        world.touch(order, at)


def part(world: "World", at: int, order: Order) -> None:
    """Somebody ships the first line by hand."""
    if order.state is State.PAID and not order.open_refund:
        send(world, at, order, order.plan.courier, waybill(order, order.plan.courier, 1), order.lines[:1])


def ship(world: "World", at: int, order: Order) -> None:
    """Somebody ships what is left by hand; waits while the platform or a refund forbids it."""
    if order.state not in TO_SHIP:
        return
    if order.state is State.HELD or order.open_refund:
        world.plan(at + 6 * HOUR, "ship", order)
        return
    send(world, at, order, order.plan.courier, waybill(order, order.plan.courier), unsent(order))


def waybill(order: Order, courier: int, parcel: int = 0) -> str:
    """A tracking number in the courier's form."""
    return f"{COURIERS[courier][9]}{(int(order.no[-9:]) * 97 + order.number * 3 + parcel) % 10**13:013d}"


def unsent(order: Order) -> list[Line]:
    return [line for line in order.lines if not line.shipped and not line.refunded]


def send(world: "World", at: int, order: Order, courier: int, tracking_no: str, lines: list[Line]) -> None:
    """Lines leave the house: the order is shipped once nothing is left to send."""
    world.keep(order)
    for line in lines:
        line.shipped = True
        world.stock.take(line)
    order.courier, order.tracking_no = courier, tracking_no
    if unsent(order):
        order.state = State.PART
    else:
        order.state, order.shipped_at = State.SHIPPED, at
        world.plan(at + order.plan.done_after, "done", order)
    world.touch(order, at)


def done(world: "World", at: int, order: Order) -> None:
    """The buyer confirms, or the time is up; an open refund puts it off."""
    if order.state is not State.SHIPPED:
        return
    if order.open_refund:
        world.plan(at + DAY, "done", order)
        return
    world.keep(order)
    order.state, order.finished_at = State.DONE, at
    world.touch(order, at)


def refund(world: "World", at: int, order: Order) -> None:
    """The buyer applies: for one line, for all, or (JD, Pinduoduo) for the order as such."""
    if order.state not in (State.HELD, State.PAID, State.PART, State.SHIPPED):
        return
    channel = world.shop_of(order).channel
    bought = [line for line in order.lines if not line.gift and not line.refunded]
    if channel in ("jd", "pinduoduo"):
        chosen: list[tuple[int, int, bool]] = [(0, order.paid_fen, order.state is State.SHIPPED)]
    else:
        wanted = [line for line in bought if order.plan.refund_line in (0, line.number)]
        chosen = [(line.number, line.paid_fen, line.shipped) for line in wanted if line.paid_fen]
    if not chosen:
        return
    world.keep(order)
    for number, fen, shipped in chosen:
        _apply(world, at, order, number, fen, shipped)
    if channel != "doudian":
        world.touch(order, at)


def _apply(world: "World", at: int, order: Order, line: int, fen: int, shipped: bool) -> None:
    shop = world.shop_of(order)
    steps = order.plan.refund_steps
    with_return = shipped and any(stage is Stage.AWAIT_RETURN for _, stage in steps)
    reason = WORDS["refund_reasons"][order.number % len(WORDS["refund_reasons"])]
    number = _refund_number(shop.channel, order, line)
    made = Refund(number, order, line, fen, at, at + shop.skew, shipped, with_return, reason)
    order.refunds.append(made)
    shop.refunds[made.no] = made
    shop.refunds_by_modified.put(made, made.modified)
    shop.refunds_by_created.put(made, made.created)
    if not shipped:
        steps = tuple(step for step in steps if step[1] not in (Stage.AWAIT_RETURN, Stage.RETURNED))
    for wait, stage in steps:
        world.plan(at + wait, "step", (made, stage))


def _refund_number(channel: str, order: Order, line: int) -> str:
    number = order.number * 100 + line
    first = {
        "taobao": 203_411_224_400_000_000 + int(order.shop[-1]) * 10**12,
        "jd": 4_012_000_000,
        "doudian": 7_123_456_780_000_000_000,
        "pinduoduo": 90_011_000_000,
        "wechat": 2_000_000_000_000_000,
    }
    return str(first[channel] + number * 7)


def step(world: "World", at: int, subject: tuple[Refund, Stage]) -> None:
    """A refund goes on; success takes the line, or the whole order, out of the shop's work."""
    made, stage = subject
    order, shop = made.order, world.shop_of(made.order)
    if made.stage not in OPEN_STAGES:
        return
    world.keep(order)
    made.stage, made.answered_at = stage, at
    world.touch_refund(made, at)
    state = order.state
    if stage is Stage.SUCCESS:
        _refunded(world, at, made)
    if shop.channel != "doudian" or order.state is not state:
        world.touch(order, at)


def _refunded(world: "World", at: int, made: Refund) -> None:
    order, shop = made.order, world.shop_of(made.order)
    lines = [line for line in order.lines if made.line in (0, line.number)]
    if all(line.refunded or line.gift or line in lines for line in order.lines):
        lines = list(order.lines)  # gifts go with the last bought line
        order.state, order.finished_at = State.REFUNDED, at
    for line in lines:
        if not line.refunded and not line.shipped:
            world.stock.promise(line, -1)
            shop.listed[line.listing.sku.code] += line.qty
        line.refunded = True
    if order.state is State.PART and not unsent(order):
        order.state, order.shipped_at = State.SHIPPED, at
        world.plan(at + order.plan.done_after, "done", order)


HAPPENINGS: dict[str, Callable[["World", int, Any], None]] = {
    "pay": pay,
    "close": close,
    "release": release,
    "note": note,
    "part": part,
    "ship": ship,
    "done": done,
    "refund": refund,
    "step": step,
}
