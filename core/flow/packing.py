"""The packing desk: what every scan means, in one transaction with all that follows from it.

slip or order → every piece → weight → waybill → packed; then the flow dispatches the order, or the desk where no flow does.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from uuid import uuid4

from core import clock
from core.errors import DanliuError
from core.flow import dispatching, gate, moving
from core.flow.document import book
from core.i18n import _
from core.model.lifecycle import BY_NAME
from core.store import Cursor, Store, holds, moves, packing, refund_gate, slips, tokens
from core.store.packing import DROPPED, OPEN, PACKED, Packing, Subject
from core.warehouse import sheet
from core.warehouse.answers import Answer, answer
from core.warehouse.packing import (
    ITEMS,
    WEIGH,
    Item,
    Parcel,
    Rules,
    counted,
    fitting,
    folded,
    is_too_heavy,
    is_waybill,
    pieces_of,
    room,
    weight_of,
)  # fmt: skip

_AT_THE_DESK = ("PICKING", "LOGISTICS_ASSIGNED")
REFUND_HOLD = gate.REASON


@dataclass(frozen=True, slots=True)
class Desk:
    """What the packer sees after a scan: the answer, and the parcel that is open (None when none is)."""

    answer: Answer
    packing: Packing | None = None
    parcel: Parcel | None = None


def begin(
    cursor: Cursor, keys: Sequence[int], code: str, account: str, rules: Rules, *, warehouse: str = "", take_over: bool = False
) -> Desk:  # fmt: skip
    """A slip or an order has been scanned with nothing open: open its parcel, or say why not."""
    found = sorted(set(keys))
    if not found:
        return Desk(answer("no_order", code=code))
    group = packing.together(cursor, found[0])
    if set(found) - set(group):
        return Desk(answer("several_orders", code=code))
    gate.guard(cursor, group)  # a refund that has come in since the slip was made holds it now
    known = packing.subjects(cursor, group)
    subject = known[found[0]]
    stopped = _stopped(cursor, subject)
    orders = [key for key in group if key == subject.order_key or known[key].status in _AT_THE_DESK]
    for key in orders:
        stopped = stopped or _stopped(cursor, known[key])
    if stopped is not None:
        return Desk(stopped)
    parcel_no, gone = _next_parcel(cursor, subject, orders, warehouse)
    if gone is not None:
        return Desk(gone)
    mine = next((p for p in packing.of_orders(cursor, orders) if p.state == OPEN and p.parcel_no == parcel_no), None)
    if mine is None:
        mine, parcel = _laid_out(cursor, _start(cursor, subject, parcel_no, account, orders), rules)
        return Desk(answer("opened", number=subject.platform_no, pieces=parcel.pieces), mine, parcel)
    if mine.account not in (account, "") and not take_over:
        return Desk(answer("other_packer", who=mine.account, number=subject.platform_no), mine)
    if mine.account != account:
        packing.change(cursor, mine.packing_id, account=account)
    mine, parcel = _laid_out(cursor, replace(mine, account=account), rules)
    return Desk(answer("resumed", number=subject.platform_no, missing=parcel.missing), mine, parcel)


def go_on(cursor: Cursor, store: Store, packing_id: str, code: str, account: str, rules: Rules) -> Desk:
    """Something has been scanned (or typed) with a parcel open: a piece, a weight or a waybill, by the step it is at."""
    mine = packing.of(cursor, packing_id)
    gone = _not_mine(mine, account)
    if mine is None or gone is not None:
        return Desk(gone or answer("nothing_open"))
    parcel = parcel_of(mine, rules)
    said = folded(code)
    if parcel.step == ITEMS:
        return _piece(cursor, mine, parcel, code, said)
    weight = weight_of(said)
    if weight is not None and (parcel.step == WEIGH or rules.weigh):
        return _weigh(cursor, mine, parcel, weight)
    items = fitting(parcel, said)
    if items:
        return Desk(answer("too_many", title=items[0].title or items[0].sku, qty=items[0].qty), mine, parcel)
    if said in (folded(mine.slip_no), folded(mine.platform_no)):
        return Desk(answer("resumed", number=mine.platform_no, missing=parcel.missing), mine, parcel)
    if parcel.step == WEIGH:
        kind = "too_heavy" if is_too_heavy(said) else "weigh_first" if is_waybill(said) else "no_weight"
        return Desk(answer(kind, code=code), mine, parcel)
    return _waybill(cursor, store, mine, rules, said, account)


def accept_weight(cursor: Cursor, packing_id: str, why: str, account: str, rules: Rules) -> Desk:
    """The packer has looked into the parcel and says why the weight is right all the same."""
    mine = packing.of(cursor, packing_id)
    gone = _not_mine(mine, account)
    if mine is None or gone is not None:
        return Desk(gone or answer("nothing_open"))
    packing.change(cursor, packing_id, weight_why=why)
    mine = replace(mine, weight_why=why)
    return Desk(answer("weight_accepted", weight=mine.weight_g), mine, parcel_of(mine, rules))


def put_aside(cursor: Cursor, packing_id: str, account: str) -> Desk:
    """The packer turns to something else; what was scanned is kept and waits for whoever scans the slip next."""
    mine = packing.of(cursor, packing_id)
    gone = _not_mine(mine, account)
    if mine is None or gone is not None:
        return Desk(gone or answer("nothing_open"))
    if not mine.scanned:
        packing.change(cursor, packing_id, state=DROPPED)
    else:
        packing.change(cursor, packing_id, account="")
    return Desk(answer("put_aside", number=mine.platform_no))


def start_over(cursor: Cursor, packing_id: str, account: str, rules: Rules) -> Desk:
    """Everything is taken out and scanned again."""
    mine = packing.of(cursor, packing_id)
    gone = _not_mine(mine, account)
    if mine is None or gone is not None:
        return Desk(gone or answer("nothing_open"))
    packing.change(cursor, packing_id, scanned={}, weight_g=None, weight_why="")
    mine, parcel = _laid_out(cursor, replace(mine, scanned={}, weight_g=None, weight_why=""), rules)
    return Desk(answer("started_over", number=mine.platform_no), mine, parcel)


def choose_courier(cursor: Cursor, packing_id: str, courier: str, account: str, rules: Rules) -> Desk:
    """The order had no courier: the packer says whose waybill it gets."""
    mine = packing.of(cursor, packing_id)
    gone = _not_mine(mine, account)
    if mine is None or gone is not None:
        return Desk(gone or answer("nothing_open"))
    packing.change(cursor, packing_id, courier=courier)
    mine = replace(mine, courier=courier)
    return Desk(answer("to_waybill"), mine, parcel_of(mine, rules))


def parcel_of(mine: Packing, rules: Rules) -> Parcel:
    """The parcel as it was laid out when its slip was scanned, with what has been scanned and weighed since."""
    items = tuple(Item(**{**one, "codes": frozenset(one["codes"])}) for one in mine.items)
    return Parcel(items, rules, mine.scanned, mine.weight_g, bool(mine.weight_why))


def _laid_out(cursor: Cursor, mine: Packing, rules: Rules) -> tuple[Packing, Parcel]:
    """Look anew at what belongs in, and keep it with the parcel; scans of what no longer does are forgotten."""
    items = items_of(cursor, mine)
    kept = tuple({**asdict(item), "codes": sorted(item.codes)} for item in items)
    most = {item.line: item.qty for item in items}
    scanned = {line: min(done, most[line]) for line, done in mine.scanned.items() if line in most}
    if kept != mine.items or scanned != mine.scanned:
        packing.change(cursor, mine.packing_id, items=kept, scanned=scanned)
    mine = replace(mine, items=kept, scanned=scanned)
    return mine, parcel_of(mine, rules)


def items_of(cursor: Cursor, mine: Packing) -> tuple[Item, ...]:
    """What belongs into the parcel: the lines of its slips without what is refunded now, and what each may be scanned by."""
    listed = slips.of_orders(cursor, mine.orders)
    refunded = {
        (key, line)
        for key, blocked in refund_gate.blocked(cursor, mine.orders).items()
        if blocked.overridden == refund_gate.REST
        for line in blocked.lines
    }
    parts = packing.parcel_lines(cursor, mine.order_key) if mine.parcel_no is not None else {}
    mine_only = parts.get(mine.parcel_no or 0)
    goods = packing.goods(cursor, sorted({str(line.get("sku") or "") for slip in listed for line in slip.lines}))
    weights = packing.line_weights(cursor, mine.orders)
    items = []
    for slip in listed:
        for place, line in enumerate(slip.lines, 1):
            number, sku = str(line.get("line_no") or place), str(line.get("sku") or "")
            if (slip.order_key, number) in refunded or (mine_only is not None and number not in mine_only):
                continue
            barcode, weight = goods.get(sku, ("", None))
            own = str(line.get("barcode") or "")
            codes = {own, sku, barcode, sheet.gift_code(slip.slip_no, place) if line.get("gift") else ""}
            items.append(
                Item(
                    f"{slip.order_key}/{number}", sku, str(line.get("title") or sku), str(line.get("spec") or ""),
                    int(line.get("qty") or 1), bool(line.get("gift")), frozenset(folded(each) for each in codes if each),
                    weight or weights.get((slip.order_key, number)),
                )
            )  # fmt: skip
    return tuple(items)


def _stopped(cursor: Cursor, subject: Subject) -> Answer | None:
    """Why the order must not be packed; None when it may."""
    number = subject.platform_no
    if subject.status == "CANCELLED":
        return answer("cancelled", number=number)
    if subject.status in ("SHIPPED", "COMPLETED", "ARCHIVED"):
        return answer("already_shipped", number=number, waybill=subject.tracking_no or "-")
    if subject.status == "PACKED":
        by = next((p for p in reversed(packing.of_orders(cursor, [subject.order_key])) if p.state == PACKED), None)
        return answer(
            "already_packed", number=number, who=by.account if by else "-", waybill=subject.tracking_no or "-"
        )
    if subject.held:
        if REFUND_HOLD in subject.held_reasons:
            return answer("refunded", number=number)
        reasons = ", ".join(_(holds.REASONS.get(reason) or str(reason)) for reason in json.loads(subject.held_reasons))
        return answer("frozen", number=number, reasons=reasons)
    if subject.status not in _AT_THE_DESK or not subject.slip_no:
        return answer("not_ready", number=number, status=_(BY_NAME[subject.status].label))
    return None


def _next_parcel(
    cursor: Cursor, subject: Subject, orders: Sequence[int], warehouse: str
) -> tuple[int | None, Answer | None]:
    """The parcel to pack next of an order that travels in several; (None, None) for one that is whole."""
    if len(orders) > 1:
        return None, None
    parts = packing.parcel_lines(cursor, subject.order_key)
    if not parts:
        return None, None
    packed = [p for p in packing.of_orders(cursor, [subject.order_key]) if p.state == PACKED]
    left = sorted(set(parts) - {p.parcel_no for p in packed})
    if not left:
        last = packed[-1]
        return None, answer("already_packed", number=subject.platform_no, who=last.account, waybill=last.tracking_no)
    here = [
        number
        for number in left
        if warehouse and packing.parcel_warehouse(cursor, subject.order_key, number) == warehouse
    ]
    return (here or left)[0], None


def _start(cursor: Cursor, subject: Subject, parcel_no: int | None, account: str, orders: Sequence[int]) -> Packing:
    packing_id = uuid4().hex
    here = packing.parcel_warehouse(cursor, subject.order_key, parcel_no) if parcel_no is not None else ""
    at = replace(subject, warehouse=here or subject.warehouse)
    packing.start(cursor, packing_id, at, parcel_no, account, orders)
    moves.tell(cursor, orders, "packing_started", actor=account, now=clock.now())
    made = packing.of(cursor, packing_id)
    assert made is not None
    return made


def _not_mine(mine: Packing | None, account: str) -> Answer | None:
    if mine is None or mine.state == DROPPED:
        return answer("nothing_open")
    if mine.state == PACKED:
        return answer("already_packed", number=mine.platform_no, who=mine.account, waybill=mine.tracking_no)
    if mine.account != account:
        return answer("taken_over", who=mine.account or "-", number=mine.platform_no)
    return None


def _piece(cursor: Cursor, mine: Packing, parcel: Parcel, code: str, said: str) -> Desk:
    pieces, said = pieces_of(said)
    items = fitting(parcel, said)
    if not items:
        return Desk(_stranger(cursor, mine, parcel, code, said), mine, parcel)
    item = items[0]
    if room(parcel, items) < pieces:
        many = sum(each.qty for each in items)
        return Desk(answer("too_many", title=item.title or item.sku, qty=many), mine, parcel)
    scanned = counted(parcel, items, pieces)
    packing.change(cursor, mine.packing_id, scanned=scanned)
    mine, parcel = replace(mine, scanned=scanned), replace(parcel, scanned=scanned)
    if not parcel.missing:
        return Desk(answer("all_in" if parcel.step == WEIGH else "to_waybill"), mine, parcel)
    title = item.title or item.sku
    said_of = answer(
        "counted", done=parcel.scanned.get(item.line, 0), qty=item.qty, title=title, missing=parcel.missing
    )
    return Desk(said_of, mine, parcel)


def _stranger(cursor: Cursor, mine: Packing, parcel: Parcel, code: str, said: str) -> Answer:
    """What a code is that no line of the parcel has."""
    if said in (folded(mine.slip_no), folded(mine.platform_no)):
        return answer("resumed", number=mine.platform_no, missing=parcel.missing)
    title = packing.title_of(cursor, said)
    if title:
        return answer("wrong_item", title=title)
    others = packing.matching(cursor, code.strip(), said)
    if others and not set(others) <= set(mine.orders):
        return answer("other_slip", number=mine.platform_no)
    if weight_of(said) is not None or (is_waybill(said) and others):
        return answer("items_first", missing=parcel.missing)
    return answer("unknown_code", code=code.strip())


def _weigh(cursor: Cursor, mine: Packing, parcel: Parcel, weight: int) -> Desk:
    packing.change(cursor, mine.packing_id, weight_g=weight, expected_g=parcel.expected_g, weight_why="")
    mine = replace(mine, weight_g=weight, expected_g=parcel.expected_g, weight_why="")
    parcel = replace(parcel, weight_g=weight, accepted=False)
    if parcel.is_off:
        return Desk(answer("weight_off", weight=weight, expected=parcel.expected_g), mine, parcel)
    kind = "weighed" if parcel.expected_g is not None else "weight_unchecked"
    return Desk(answer(kind, weight=weight), mine, parcel)


def _waybill(cursor: Cursor, store: Store, mine: Packing, rules: Rules, said: str, account: str) -> Desk:
    parcel = parcel_of(mine, rules)
    if not is_waybill(said):
        return Desk(answer("no_waybill", code=said), mine, parcel)
    gate.guard(cursor, mine.orders)
    known = packing.subjects(cursor, mine.orders)
    for key in mine.orders:
        stopped = _stopped(cursor, known[key])
        if stopped is not None:
            return Desk(stopped, mine, parcel)
    before = mine.items
    mine, parcel = _laid_out(cursor, mine, rules)  # lines refunded or added since the slip was scanned
    if mine.items != before and [one["line"] for one in mine.items] != [one["line"] for one in before]:
        packing.change(cursor, mine.packing_id, weight_g=None, weight_why="")
        mine = replace(mine, weight_g=None, weight_why="")
        return Desk(answer("changed", number=mine.platform_no), mine, parcel_of(mine, rules))
    first = known[mine.order_key]
    expected = first.tracking_no if mine.parcel_no is None else ""
    if expected and folded(expected) != said:
        return Desk(answer("waybill_wrong", expected=expected), mine, parcel)
    other = packing.bearer(cursor, said, mine.orders)
    if other:
        return Desk(answer("waybill_used", code=said, number=other), mine, parcel)
    courier = mine.courier or packing.parcel_courier(cursor, mine.order_key, mine.parcel_no) or first.courier
    if not courier:
        return Desk(answer("no_courier"), mine, parcel)
    return _finish(cursor, store, mine, parcel, said, courier, account)


def _finish(
    cursor: Cursor, store: Store, mine: Packing, parcel: Parcel, waybill: str, courier: str, account: str
) -> Desk:
    packing.set_waybill(cursor, mine.orders, courier, waybill)
    packing.change(
        cursor, mine.packing_id, state=PACKED, courier=courier, tracking_no=waybill, packed_at=clock.now(),
        expected_g=parcel.expected_g,
    )  # fmt: skip
    detail: dict[str, object] = {"courier": courier, "tracking_no": waybill}
    if parcel.weight_g is not None:
        detail |= {"weight_g": parcel.weight_g, "why": mine.weight_why}
    moves.tell(cursor, mine.orders, "order_packed", actor=account, detail=detail, now=clock.now())
    moving.move(cursor, mine.orders, "LOGISTICS_ASSIGNED", actor=account, why="packing")
    if (
        mine.parcel_no is not None
        and _next_parcel(cursor, packing.subjects(cursor, mine.orders)[mine.order_key], mine.orders, "")[1] is None
    ):
        return Desk(answer("parcel_packed", parcel=mine.parcel_no, number=mine.platform_no))
    moving.move(cursor, mine.orders, "PACKED", actor=account, why="packing")
    own = [key for key in mine.orders if not flow_dispatches(cursor, store, key)]
    if own:
        dispatching.dispatch(cursor, store, own, actor=account, why="packing")
    return Desk(answer("packed", number=mine.platform_no))


def flow_dispatches(cursor: Cursor, store: Store, key: int) -> bool:
    """Whether the order stands in a flow that will confirm its dispatch: then the desk leaves that to it."""
    for token in tokens.of_orders(cursor, [key]):
        try:
            edition = book(store).edition(store, token.flow, token.version)
        except (DanliuError, StopIteration):
            continue
        if any(node.station.kind == dispatching.KIND for node in edition.graph.nodes.values()):
            return True
    return False
