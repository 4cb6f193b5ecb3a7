"""Freight: couriers' bills compared line by line with the rate card and our own scale; differences disputed and settled."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from core import clock
from core.decide.routing.rate_card import KIND, read_rate_card
from core.errors import BadRequest, DanliuError, NotFound
from core.i18n import N_, _
from core.insight.freight_check import (
    LESS,
    NO_CARD,
    RATE,
    REGION,
    SURCHARGE,
    TWICE,
    UNKNOWN,
    VOLUME,
    WEIGHT,
    Allowance,
    Charge,
    Lanes,
    Own,
    Verdict,
    judge,
)
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services import column_choice
from core.services.export import guarded, xlsx_of
from core.services.table_file import Row, Wrong, collect, rows
from core.store import Cursor, Store, courier_codes, documents, facts, freight_bills
from core.store.freight_bills import Bill, BillLine

CAUSES = {
    WEIGHT: N_("Weight"), VOLUME: N_("Volume weight"), SURCHARGE: N_("Surcharge"), RATE: N_("Rate"),
    REGION: N_("Wrong province"), TWICE: N_("Billed twice"), UNKNOWN: N_("Unknown waybill"),
    LESS: N_("Billed less"), NO_CARD: N_("No rate card or weight"), "": N_("Agrees"),
}  # fmt: skip
OPEN, DISPUTED, ACCEPTED, CREDITED = "open", "disputed", "accepted", "credited"
STATES = {
    OPEN: N_("To look at"),
    DISPUTED: N_("Disputed"),
    ACCEPTED: N_("Paid as billed"),
    CREDITED: N_("Credited"),
    "": N_("Fine"),
}
MOVES = {
    DISPUTED: {OPEN: DISPUTED}, ACCEPTED: {OPEN: ACCEPTED, DISPUTED: ACCEPTED}, CREDITED: {DISPUTED: CREDITED},
    OPEN: {DISPUTED: OPEN, ACCEPTED: OPEN, CREDITED: OPEN},
}  # fmt: skip
NEEDED = ("tracking_no", "billed")
_SETTINGS = "freight_terms"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a bill came to: lines, sums, (cause, lines, difference), wrong cells. Nothing is kept in a dry run."""

    bill_id: str
    rows: int
    billed_fen: int
    too_much_fen: int
    causes: tuple[tuple[str, int, int], ...]
    wrong: tuple[Wrong, ...]


def terms(actor: Actor, store: Store) -> Allowance:
    """The tolerances and the agreed surcharge in force."""
    require(actor, store, "freight.view")
    return Allowance(**json.loads(facts.get(store, _SETTINGS, "{}")))


def set_terms(actor: Actor, store: Store, wanted: Allowance) -> None:
    """Change them; bills that stand keep their verdicts until they are compared again."""
    require(actor, store, "freight.edit")
    if not all(0 <= value <= 100_000 for value in asdict(wanted).values()):
        raise BadRequest(N_("The tolerance cannot be so."), N_("From 0 to 1,000 yuan and to 100 kg."))
    with store.write() as cursor:
        facts.put(store, _SETTINGS, json.dumps(asdict(wanted)))
        audit.record(cursor, actor, "freight.terms", "", **asdict(wanted))


def couriers(actor: Actor, store: Store) -> dict[str, str]:
    """code -> name of the couriers."""
    require(actor, store, "freight.view")
    with store.read() as cursor:
        return {each.courier: each.title or each.courier for each in courier_codes.couriers(cursor)}


def import_file(
    actor: Actor, store: Store, content: bytes, name: str, chosen: dict[str, str], courier: str, *, dry_run: bool,
    leave_out_wrong: bool = False,
) -> Imported:  # fmt: skip
    """Compare a bill by the chosen columns; `courier` stands for lines that name none. A file is taken once only."""
    require(actor, store, "freight.edit", name)
    bill_id = hashlib.sha256(content).hexdigest()[:16]
    given = column_choice.headers("freight_bills", chosen, NEEDED)
    found: list[tuple[int, Charge, date | None]] = []
    names = {title: code for code, title in couriers(actor, store).items()}
    wrong = collect(rows(content, name, given, NEEDED), lambda row: _take(row, found, names, courier))
    now = terms(actor, store)
    with store.read() as cursor:
        if freight_bills.known(cursor, bill_id):
            raise BadRequest(N_("This bill was imported already."), N_("Look at it in the list."))
        judged = _judged(cursor, bill_id, found, lanes(store), now)
    report = _report(bill_id, judged, wrong)
    if dry_run or (wrong and not leave_out_wrong) or not judged:
        return report
    with store.write() as cursor:
        if freight_bills.known(cursor, bill_id):
            raise BadRequest(N_("This bill was imported already."), N_("Look at it in the list."))
        freight_bills.add(cursor, bill_id, name[:200], courier, judged, actor.account)
        column_choice.remember(store, "freight_bills", chosen)
        audit.record(
            cursor,
            actor,
            "freight.import",
            name,
            lines=len(judged),
            billed_fen=report.billed_fen,
            too_much_fen=report.too_much_fen,
        )
    return report


def lanes(store: Store) -> Lanes:
    """The published rate cards as lanes; one that cannot be read is left out."""
    found = {}
    for document in documents.all_published(store, KIND):
        try:
            card = read_rate_card(document.body)
        except DanliuError:
            continue
        found |= {(lane.warehouse, lane.region, lane.courier): lane for lane in card.lanes}
    return found


def compare_again(actor: Actor, store: Store, bill_id: str) -> int:
    """Judge the lines that nobody has settled anew, with the cards, weights and tolerances of now; returns how many changed."""
    require(actor, store, "freight.edit", bill_id)
    now, cards = terms(actor, store), lanes(store)
    with store.write() as cursor:
        every = freight_bills.lines(store, bill_id, limit=1_000_000)
        before = [one for one in every if one.state in ("", OPEN)]
        paid = {one.tracking_no for one in every if one.state not in ("", OPEN) and one.cause != TWICE}
        found = [(one.row_no, _charge(one), one.sent_on) for one in before]
        made = {
            one.row_no: one for one in _judged(cursor, bill_id, sorted(found, key=lambda one: one[0]), cards, now, paid)
        }
        changed = [
            made[one.row_no]
            for one in before
            if (one.expected_fen, one.cause) != (made[one.row_no].expected_fen, made[one.row_no].cause)
        ]
        if changed:
            freight_bills.replace(cursor, changed)
        audit.record(cursor, actor, "freight.compare", bill_id, changed=len(changed))
    return len(changed)


def bills(actor: Actor, store: Store) -> list[Bill]:
    """All bills, the newest first."""
    require(actor, store, "freight.view")
    return freight_bills.listing(store)


def causes(actor: Actor, store: Store, bill_id: str = "") -> list[tuple[str, int, int]]:
    """(cause, lines, difference) of a bill, or of all."""
    require(actor, store, "freight.view")
    return freight_bills.causes(store, bill_id)


def lines(
    actor: Actor, store: Store, bill_id: str = "", causes: Sequence[str] = (), states: Sequence[str] = (OPEN, DISPUTED)
) -> list[BillLine]:  # fmt: skip
    """Lines by bill, cause and state, the dearest differences first."""
    require(actor, store, "freight.view")
    return freight_bills.lines(store, bill_id, causes, states)


def settle(
    actor: Actor, store: Store, places: Sequence[tuple[str, int]], state: str, note: str = ""
) -> int:  # fmt: skip
    """Dispute, accept, take as credited, or look at again; returns how many lines. BadRequest where none may go there."""
    require(actor, store, "freight.edit", state)
    if state not in MOVES or not places:
        raise BadRequest(N_("No line can be settled so."), N_("Choose lines and one of the buttons."))
    with store.write() as cursor:
        done = freight_bills.settle(cursor, places, MOVES[state], actor.account)
        if not done:
            raise BadRequest(
                N_("None of these lines can go there."), N_("A credit follows a dispute; load the page again.")
            )
        if note.strip():
            freight_bills.note(cursor, places, note.strip()[:200])
        audit.record(cursor, actor, "freight.settle", state, lines=done, note=note.strip()[:200])
    return done


def remove(actor: Actor, store: Store, bill_id: str) -> int:
    """Forget a bill that was imported by mistake; returns how many lines."""
    require(actor, store, "freight.edit", bill_id)
    with store.write() as cursor:
        if not freight_bills.known(cursor, bill_id):
            raise NotFound(N_("There is no such bill."), N_("Load the page again."))
        done = freight_bills.remove(cursor, bill_id)
        audit.record(cursor, actor, "freight.remove", bill_id, lines=done)
    return done


def export(actor: Actor, store: Store, bill_id: str, causes: Sequence[str], states: Sequence[str]) -> tuple[str, bytes]:
    """(file name, XLSX) of the lines as filtered: what goes to the courier. Audited."""
    require(actor, store, "freight.view")
    found = lines(actor, store, bill_id, causes, states)
    titles = [
        _("Tracking number"), _("Courier"), _("Sent on"), _("Platform order no."), _("Warehouse"), _("Province billed"), _("Our province"),
        _("Weight billed (g)"), _("Our weight (g)"), _("Volume weight billed (g)"), _("Our volume (cm³)"), _("Of it surcharges"), _("Billed"), _("By rate card"), _("Difference"), _("Cause"), _("State"), _("Note"),
    ]  # fmt: skip
    content = xlsx_of(titles, (_cells(line) for line in found))
    audit.note(store, actor, "freight.export", bill_id, rows=len(found))
    return f"freight-{clock.now():%Y%m%d}.xlsx", content


def _cells(line: BillLine) -> list[str | int | float]:
    return [
        guarded(line.tracking_no), guarded(line.courier), line.sent_on.isoformat() if line.sent_on else "", guarded(line.platform_no),
        guarded(line.warehouse), guarded(line.region), guarded(line.own_region), line.weight_g or "", line.own_weight_g or "",
        line.volume_g or "", line.own_volume_cm3 or "", line.surcharge_fen / 100 if line.surcharge_fen else "",
        line.billed_fen / 100, "" if line.expected_fen is None else line.expected_fen / 100, line.diff_fen / 100,
        _(CAUSES[line.cause]), _(STATES[line.state]), guarded(line.note),
    ]  # fmt: skip


def _take(row: Row, found: list[tuple[int, Charge, date | None]], names: dict[str, str], courier: str) -> None:
    waybill = row.text("tracking_no")
    if not waybill:
        row.note("tracking_no", _("is empty"))
    if not row.text("billed"):
        row.note("billed", _("is empty"))
    billed, sent = row.fen("billed"), column_choice.day(row, "sent_on")
    grams = row.whole("weight_g") or row.whole("weight_kg", times=1000)
    volume, within, extra = row.whole("volume_kg", times=1000), row.fen("surcharge"), row.fen("extra")
    said = row.text("courier")
    if not row.wrong:
        by = names.get(said, said) or courier
        charge = Charge(waybill, by, billed + extra, row.text("region"), grams, volume, within + extra)
        found.append((row.number, charge, sent))


def _judged(
    cursor: Cursor, bill_id: str, found: Sequence[tuple[int, Charge, date | None]], cards: Lanes, now: Allowance,
    paid: Collection[str] = (),
) -> list[BillLine]:  # fmt: skip
    """`paid`: waybills that settled lines of the same bill have charged."""
    waybills = [charge.tracking_no for _n, charge, _d in found]
    seen = freight_bills.billed_before(cursor, waybills, bill_id) | set(paid)
    parcels = freight_bills.parcels(cursor, waybills)
    judged = []
    for number, charge, sent in found:
        parcel = parcels.get(charge.tracking_no)
        own = Own(parcel[0] or 0, *parcel[1:]) if parcel else None
        own = replace(own, courier=charge.courier or own.courier) if own else None
        verdict = judge(charge, own, cards, billed_before=charge.tracking_no in seen, allowed=now)
        seen.add(charge.tracking_no)
        judged.append(_line(bill_id, number, charge, sent, own, verdict))
    return judged


def _charge(line: BillLine) -> Charge:
    return Charge(
        line.tracking_no, line.courier, line.billed_fen, line.region, line.weight_g, line.volume_g, line.surcharge_fen
    )


def _line(bill_id: str, number: int, charge: Charge, sent: date | None, own: Own | None, verdict: Verdict) -> BillLine:
    state = OPEN if verdict.diff_fen > 0 and verdict.cause else ""
    return BillLine(
        bill_id, number, charge.tracking_no, charge.courier, sent, charge.region, charge.weight_g, charge.billed_fen,
        own.order_key or None if own else None, own.platform_no if own else "", own.warehouse if own else "", own.region if own else "",
        own.weight_g if own else 0, own.source if own else "", verdict.expected_fen, verdict.diff_fen, verdict.cause, state,
        charge.volume_g, charge.surcharge_fen, own.volume_cm3 if own else 0,
    )  # fmt: skip


def _report(bill_id: str, judged: Sequence[BillLine], wrong: Sequence[Wrong]) -> Imported:
    by_cause: dict[str, tuple[int, int]] = {}
    for line in judged:
        number, diff = by_cause.get(line.cause, (0, 0))
        by_cause[line.cause] = (number + 1, diff + line.diff_fen)
    listed = sorted(((cause, *sums) for cause, sums in by_cause.items()), key=lambda one: (-one[2], one[0]))
    return Imported(
        bill_id, len(judged) + len({one.row for one in wrong}), sum(line.billed_fen for line in judged),
        sum(line.diff_fen for line in judged if line.state == OPEN), tuple(listed), tuple(wrong),
    )  # fmt: skip
