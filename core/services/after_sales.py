"""After sales for persons: the queue of cases, and what is done with one: agree, receive goods, send again, settle.

Every step asks the case's lifecycle, is in the case's story and audited. Agreeing or refusing here tells no platform: the
connectors carry no such call; the person does it in the platform's back office and its next word moves the case as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from core import clock
from core.errors import BadRequest, NotFound, Stale
from core.flow import after_sales as beside
from core.i18n import N_
from core.model.after_sales import (
    AGREED,
    CLOSED,
    DONE,
    ENDS,
    KINDS,
    RECEIVED,
    REFUSED,
    REQUESTED,
    RESENDING,
    RETURNING,
    WITH_PARCEL,
    WITH_RETURN,
    move,
    next_states,
)
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.services.faults import CAUSES, FAULTS
from core.stock import returns
from core.store import Cursor, Store, after_sales, faults, moves, order_detail, products, reissues, warehouses
from core.store.after_sales import PARTS, Case, Line, Step
from core.store.faults import Fault, Loss
from core.store.scoped import whole

LONGEST_NOTE = 2000
MOST_FEN = 100_000_00


@dataclass(frozen=True, slots=True)
class Detail:
    """One case with everything around it. `may`: the states it may go to; `fen` of the case is None without the right."""

    case: Case
    lines: tuple[Line, ...]
    story: tuple[Step, ...]
    order: Mapping[str, Any]
    may: tuple[str, ...]
    faults: tuple[tuple[Any, ...], ...]
    losses: tuple[tuple[Any, ...], ...]
    sent: tuple[tuple[int, str, str], ...]


def counts(actor: Actor, store: Store) -> dict[tuple[str, str, str], int]:
    """(part, kind, state) -> cases."""
    require(actor, store, "after_sales.view")
    return after_sales.counts(store)


def listing(
    actor: Actor, store: Store, part: str, *, kind: str = "", state: str = "", text: str = "", limit: int = 100,
    offset: int = 0,
) -> tuple[list[Case], int]:  # fmt: skip
    """(cases, exact number) of a part of the queue: ours, under_way, ended. Amounts are None without the right."""
    require(actor, store, "after_sales.view")
    if part not in PARTS:
        raise BadRequest(N_("There is no choice {name}."), N_("Choose one of the list."), name=part)
    found, total = after_sales.listing(
        store, part, kind=kind, state=state, text=text.strip(), limit=limit, offset=offset
    )
    return [_shown(actor, case) for case in found], total


def of_order(actor: Actor, store: Store, order_key: int) -> list[Case]:
    """The cases of an order."""
    require(actor, store, "after_sales.view", str(order_key))
    within(actor, store, [order_key], "after_sales.view")
    return [_shown(actor, case) for case in after_sales.of_order(store, order_key)]


def detail(actor: Actor, store: Store, case_id: str) -> Detail:
    """Everything about a case. NotFound for an unknown one."""
    require(actor, store, "after_sales.view", case_id)
    with store.read() as cursor:
        case = _known(after_sales.find(cursor, case_id))
        lines = tuple(after_sales.lines(cursor, case_id))
        told = after_sales.costs(cursor, case.order_key)
        sent = tuple(reissues.of_origin(cursor, case.order_key))
    order = dict(order_detail.order(store, case.order_key) or {})
    losses = told[1] if actor.may("orders.money") else []
    return Detail(
        _shown(actor, case), lines, tuple(after_sales.story(store, case_id)), order, next_states(case.kind, case.state),
        tuple(told[0]), tuple(losses), sent,
    )  # fmt: skip


def warehouse_titles(actor: Actor, store: Store) -> dict[str, str]:
    """Code -> title of the warehouses that goods can come back to."""
    require(actor, store, "after_sales.view")
    return {each.warehouse: each.title or each.warehouse for each in warehouses.warehouses(store)}


def find_order(actor: Actor, store: Store, number: str) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """(order, its lines) by its exact platform number, to open a case on. NotFound, or BadRequest for two shops' same one."""
    require(actor, store, "after_sales.work")
    with store.read() as cursor:
        keys = after_sales.orders_numbered(cursor, number.strip())
    if not keys:
        raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
    if len(keys) > 1:
        raise BadRequest(N_("Several shops have an order of this number."), N_("Open the case from the order's page."))
    return order_detail.order(store, keys[0]) or {}, order_detail.lines(store, keys[0])


def open_case(actor: Actor, store: Store, order_key: int, kind: str, pieces: Mapping[str, int], reason: str) -> Case:
    """Open a case by hand on lines of an order: line_no -> pieces. BadRequest for pieces the order does not have."""
    require(actor, store, "after_sales.work", str(order_key))
    within(actor, store, [order_key], "after_sales.work")
    order = order_detail.order(store, order_key)
    if order is None:
        raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
    if kind not in KINDS or not reason.strip():
        raise BadRequest(N_("A case needs a kind and a reason."), N_("Fill in both."))
    had = {str(line["line_no"]): line for line in order_detail.lines(store, order_key)}
    chosen = {number: many for number, many in pieces.items() if many}
    if not chosen or any(
        number not in had or not 0 < many <= int(had[number]["qty"] or 1) for number, many in chosen.items()
    ):
        raise BadRequest(N_("Choose lines of the order, at most as many pieces as it has."), N_("Mend it."))
    left = order["status"] in ("SHIPPED", "COMPLETED", "ARCHIVED")
    if not left and kind != "REFUND_ONLY":
        raise BadRequest(N_("The goods have not left yet."), N_("Change or stop the order itself."))
    now = clock.now()
    case = Case(
        uuid4().hex[:16], order_key, order["channel"], order["shop"], order["platform_no"], "", kind, REQUESTED, None,
        reason.strip()[:LONGEST_NOTE], left, actor.account, actor.account, now,
    )  # fmt: skip
    lines = [
        Line(number, str(had[number]["sku"] or ""), str(had[number]["title"] or ""), many)
        for number, many in chosen.items()
    ]
    with store.write() as cursor:
        after_sales.insert(cursor, case, lines)
        after_sales.say(cursor, case, Step(now, actor.account, "opened", "", REQUESTED, case.reason))
        moves.tell(cursor, [order_key], "case_opened", actor=actor.account, detail={"kind": kind}, now=now)
        audit.record(cursor, actor, "after_sales.open", case.platform_no, kind=kind, case=case.case_id)
    return case


def take(actor: Actor, store: Store, case_id: str) -> None:
    """Make it one's own. Stale when somebody else has it."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    with store.write() as cursor:
        case = _open(cursor, case_id)
        if case.owner and case.owner != actor.account:
            raise Stale(N_("{owner} has this case already."), N_("Look at the list again."), owner=case.owner)
        _step(cursor, actor, case, "taken", "", owner=actor.account)


def note(actor: Actor, store: Store, case_id: str, text: str) -> None:
    """Add to the story. BadRequest for an empty note."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    if not text.strip():
        raise BadRequest(N_("The note is empty."), N_("Write what was found or done."))
    with store.write() as cursor:
        _step(cursor, actor, _known(after_sales.find(cursor, case_id)), "note", text)


def agree(actor: Actor, store: Store, case_id: str, text: str = "") -> None:
    """Say yes; on the platform it is said there."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    with store.write() as cursor:
        _to(cursor, actor, _open(cursor, case_id), AGREED, "agreed", text)


def refuse(actor: Actor, store: Store, case_id: str, text: str) -> None:
    """Say no, with the reason. The buyer may insist: the case can be agreed later."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    with store.write() as cursor:
        _to(cursor, actor, _open(cursor, case_id), REFUSED, "refused", _reason(text))


def coming_back(actor: Actor, store: Store, case_id: str, courier: str, waybill: str) -> None:
    """The buyer has sent the goods back."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    with store.write() as cursor:
        case = _open(cursor, case_id)
        _to(
            cursor, actor, case, RETURNING, "returning", f"{courier} {waybill}".strip(), return_courier=courier.strip()[:40],
            return_no=waybill.strip()[:40],
        )  # fmt: skip


def receive(
    actor: Actor, store: Store, case_id: str, warehouse: str, counted: Mapping[str, tuple[int, int]], text: str = ""
) -> None:
    """The goods are here: line_no -> (good, damaged) pieces. Good ones lie on the shelf again, damaged ones are written off.

    Once a case. BadRequest for more pieces than the case is about, or none at all.
    """
    require(actor, store, "after_sales.receive", case_id)
    _within(actor, store, case_id, "after_sales.receive")
    with store.write() as cursor:
        case = _open(cursor, case_id)
        if case.kind not in WITH_RETURN or case.received_at is not None:
            raise Stale(N_("These goods are received already, or none are expected."), N_("Look at the case again."))
        if warehouse not in {each.warehouse for each in warehouses.warehouses(store)}:
            raise BadRequest(N_("There is no such warehouse."), N_("Choose one of the list."))
        lines = [
            replace(line, good=counted.get(line.line_no, (0, 0))[0], damaged=counted.get(line.line_no, (0, 0))[1])
            for line in after_sales.lines(cursor, case_id)
        ]
        if any(x.good < 0 or x.damaged < 0 or x.good + x.damaged > x.qty for x in lines) or not sum(
            x.good + x.damaged for x in lines
        ):
            raise BadRequest(
                N_("Count what came back: at least one piece, at most what the case is about."), N_("Mend it.")
            )
        after_sales.keep_lines(cursor, case, lines)
        returns.receive(store, warehouse, f"return:{case_id}", [(x.line_no, x.sku, x.good, x.damaged) for x in lines])
        settled = case.paid_back_at is not None and case.kind == "RETURN_REFUND"
        good, damaged = sum(x.good for x in lines), sum(x.damaged for x in lines)
        said = f"{good} + {damaged} {text}".strip()
        now = clock.now()
        _to(cursor, actor, case, RECEIVED, "received", said, warehouse=warehouse, received_at=now)
        if settled:
            _to(cursor, actor, replace(case, state=RECEIVED), DONE, "settled", "")
        detail = {"warehouse": warehouse, "good": good, "damaged": damaged}
        moves.tell(cursor, [case.order_key], "goods_returned", actor=actor.account, detail=detail, now=now)


def send_again(
    actor: Actor, store: Store, case_id: str, lines: Sequence[tuple[str, int]], text: str = ""
) -> tuple[int, str]:
    """Send SKUs (sku, pieces) to the same address as a new order: (its key, its number). Once a case."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    wanted = [(sku.strip(), many) for sku, many in lines if sku.strip() and many]
    if not wanted or any(not 0 < many <= 999 for _sku, many in wanted):
        raise BadRequest(N_("Give at least one SKU and its pieces."), N_("Mend it."))
    with store.write() as cursor:
        case = _open(cursor, case_id)
        if case.kind not in WITH_PARCEL or case.new_key is not None:
            raise Stale(
                N_("The new parcel is under way already, or none is sent in this case."), N_("Look at the case again.")
            )
        titles = {line.sku: line.title for line in after_sales.lines(cursor, case_id)}
        known = products.find(cursor, [sku for sku, _many in wanted])
        strange = next((sku for sku, _many in wanted if sku not in known and sku not in titles), None)
        if strange:
            raise BadRequest(N_("There is no SKU {sku}."), N_("Take one of the products."), sku=strange)
        rows = [
            (str(place), sku, known[sku].title if sku in known else titles[sku], many)
            for place, (sku, many) in enumerate(wanted, 1)
        ]
        move(case.kind, case.state, RESENDING)
        key, number = beside.send_again(cursor, store, case.order_key, case_id, rows, actor.account)
        _to(cursor, actor, case, RESENDING, "resending", f"{number} {text}".strip(), new_key=key)
        moves.tell(
            cursor, [case.order_key], "sent_again", actor=actor.account, detail={"order": number}, now=clock.now()
        )
    return key, number


def settle(actor: Actor, store: Store, case_id: str, text: str = "", *, unreturned_fen: int = 0) -> None:
    """The case is over. `unreturned_fen`: money went back and the goods never came; it is kept as a loss."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    with store.write() as cursor:
        case = _open(cursor, case_id)
        _to(cursor, actor, case, DONE, "settled", text)
        if unreturned_fen:
            _loss(cursor, actor, case, "unreturned", unreturned_fen, text)


def close(actor: Actor, store: Store, case_id: str, text: str) -> None:
    """The buyer has withdrawn, or nothing came of it."""
    require(actor, store, "after_sales.work", case_id)
    _within(actor, store, case_id, "after_sales.work")
    with store.write() as cursor:
        _to(cursor, actor, _open(cursor, case_id), CLOSED, "closed", _reason(text))


def confirm_fault(
    actor: Actor, store: Store, case_id: str, kind: str, text: str = "", *, cost_fen: int = 0, cause: str = "mis_ship"
) -> None:
    """A fault of our dispatch is confirmed, with what it cost: both count in the figures, once a case and kind."""
    require(actor, store, "after_sales.faults", case_id)
    _within(actor, store, case_id, "after_sales.faults")
    if kind not in FAULTS or cause not in CAUSES or not 0 <= cost_fen <= MOST_FEN:
        raise BadRequest(N_("Choose a fault, its cause and a cost of at most ¥100,000."), N_("Mend it."))
    with store.write() as cursor:
        case = _known(after_sales.find(cursor, case_id))
        now = clock.now()
        faults.add_fault(cursor, Fault(case.order_key, kind, _source(case), text.strip(), actor.account, now))
        if cost_fen:
            _loss(cursor, actor, case, cause, cost_fen, text)
        _step(cursor, actor, case, "fault", f"{kind} {text}".strip())


def _loss(cursor: Cursor, actor: Actor, case: Case, cause: str, fen: int, text: str) -> None:
    if not 0 < fen <= MOST_FEN:
        raise BadRequest(N_("Choose a fault, its cause and a cost of at most ¥100,000."), N_("Mend it."))
    faults.add_loss(cursor, Loss(case.order_key, cause, fen, _source(case), text.strip(), actor.account, clock.now()))


def _within(actor: Actor, store: Store, case_id: str, action: str) -> None:
    """Pass when the actor sees the case's order; NotFound, as for a case that does not exist."""
    if actor.scope.narrows:
        with whole(store).read() as cursor:
            case = _known(after_sales.find(cursor, case_id))
        within(actor, store, [case.order_key], action)


def _source(case: Case) -> str:
    return f"case:{case.case_id}"


def _known(case: Case | None) -> Case:
    if case is None:
        raise NotFound(N_("There is no such case."), N_("Look at the list again."))
    return case


def _open(cursor: Cursor, case_id: str) -> Case:
    case = _known(after_sales.find(cursor, case_id))
    if case.state in ENDS:
        raise Stale(N_("This case is over."), N_("Look at the list again."))
    return case


def _to(cursor: Cursor, actor: Actor, case: Case, wanted: str, what: str, text: str, **values: Any) -> None:
    """Take the case to a state, with its story and audit."""
    move(case.kind, case.state, wanted)
    ended = {"closed_at": clock.now()} if wanted in ENDS else {}
    _step(cursor, actor, case, what, text, to=wanted, state=wanted, **ended, **values)


def _step(cursor: Cursor, actor: Actor, case: Case, what: str, text: str, *, to: str = "", **values: Any) -> None:
    now: datetime = clock.now()
    if values:
        after_sales.change(cursor, case.case_id, values, now)
    after_sales.say(
        cursor, case, Step(now, actor.account, what, case.state, to or case.state, text.strip()[:LONGEST_NOTE])
    )
    audit.record(cursor, actor, f"after_sales.{what}", case.platform_no, case=case.case_id)


def _reason(text: str) -> str:
    if not text.strip():
        raise BadRequest(N_("Say why."), N_("The reason stands in the story of the case."))
    return text


def _shown(actor: Actor, case: Case) -> Case:
    return case if actor.may("orders.money") else replace(case, fen=None)
