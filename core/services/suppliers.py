"""Suppliers: purchase lines by file or form, punctuality by month, suggestions that a person confirms, their history.

The formula (algorithms §6.8): lines shipped by their due day / lines due in the month. Strictly below the threshold, with
the least sample, the next month's purchase is suggested at the factor; a person decides, nothing happens by itself.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from core import clock
from core.errors import BadRequest, NotFound
from core.i18n import N_, _
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services import column_choice
from core.services.export import guarded, xlsx_of
from core.services.table_file import Row, Wrong, collect, rows
from core.store import Store, facts, purchases
from core.store.purchases import Decided, Month, PurchaseLine

FEW, FINE, SUGGESTED, CONFIRMED, DECLINED, RUNNING = "few", "fine", "suggested", "confirmed", "declined", "running"
WITHDRAWN = "withdrawn"
STATES = {
    FEW: N_("Too few lines"), FINE: N_("On time"), SUGGESTED: N_("Suggested: buy less"), CONFIRMED: N_("Confirmed"),
    DECLINED: N_("Declined"), RUNNING: N_("Month still runs"), WITHDRAWN: N_("Withdrawn"),
}  # fmt: skip
NEEDED = ("supplier", "purchase_no", "due_on")
_SETTINGS = "supplier_settings"


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts: share below which less is bought (strictly), least lines of a month, factor, days of grace."""

    threshold: float = 0.95
    least_lines: int = 30
    factor: float = 0.9
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """A supplier's month with its state; `decided` is the word in force."""

    month: Month
    share: float
    state: str
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file came to; nothing is written in a dry run, or while a cell is wrong and not left out."""

    rows: int
    new: int
    changed: int
    wrong: tuple[Wrong, ...]


def terms(actor: Actor, store: Store) -> Terms:
    """The terms in force."""
    require(actor, store, "suppliers.view")
    return Terms(**json.loads(facts.get(store, _SETTINGS, "{}")))


def set_terms(actor: Actor, store: Store, wanted: Terms) -> None:
    """Change them; months that were decided keep what was decided."""
    require(actor, store, "suppliers.edit")
    if not (
        0 < wanted.threshold <= 1
        and 0 <= wanted.factor <= 1
        and wanted.least_lines >= 1
        and 0 <= wanted.grace_days <= 60
    ):
        raise BadRequest(
            N_("The terms cannot be so."), N_("Shares lie between 0 and 100 %, at least one line, at most 60 days.")
        )
    with store.write() as cursor:
        facts.put(store, _SETTINGS, json.dumps(asdict(wanted)))
        audit.record(cursor, actor, "suppliers.terms", "", **asdict(wanted))


def scores(actor: Actor, store: Store, *, zone: str) -> list[Score]:
    """Every supplier's months of two years, the newest first."""
    require(actor, store, "suppliers.view")
    now, today = terms(actor, store), clock.business_day(clock.now(), zone)
    found = purchases.months(store, today, now.grace_days, since=date(today.year - 2, today.month, 1))
    decided: dict[tuple[str, date], Decided] = {}
    for one in purchases.decisions(store):  # the newest first
        decided.setdefault((one.supplier, one.month), one)
    return [_score(month, now, today, decided.get((month.supplier, month.month))) for month in found]


def _score(month: Month, now: Terms, today: date, decided: Decided | None) -> Score:
    share = month.on_time / month.lines
    if decided is not None and decided.state != WITHDRAWN:
        return Score(month, share, decided.state, decided)
    if _after(month.month) + timedelta(days=now.grace_days) > today:
        return Score(month, share, RUNNING, None)
    if month.lines < now.least_lines:
        return Score(month, share, FEW, None)
    late = month.on_time < now.threshold * month.lines - 1e-9 and share < now.threshold
    return Score(month, share, SUGGESTED if late else FINE, None)


def _after(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def next_month(month: date) -> date:
    """The month whose purchase a decision is about."""
    return _after(month)


def decide(actor: Actor, store: Store, supplier: str, month: date, state: str, why: str, *, zone: str) -> Decided:
    """Confirm or decline a suggestion, or withdraw what was decided. BadRequest where there is none; declining needs a reason."""
    require(actor, store, "suppliers.edit", supplier)
    now = terms(actor, store)
    with store.write() as cursor:
        found = next(
            (s for s in scores(actor, store, zone=zone) if (s.month.supplier, s.month.month) == (supplier, month)), None
        )
        if found is None:
            raise NotFound(
                N_("Nothing of {supplier} was due in that month."), N_("Choose one of the list."), supplier=supplier
            )
        wanted = {CONFIRMED: SUGGESTED, DECLINED: SUGGESTED}.get(state)
        if (state == WITHDRAWN and found.decided is None) or (state != WITHDRAWN and found.state != wanted):
            raise BadRequest(N_("There is no open suggestion for this month."), N_("Load the page again."))
        if state == DECLINED and not why.strip():
            raise BadRequest(N_("Declining needs a reason."), N_("Write why."))
        made = Decided(
            supplier, month, found.month.lines, found.month.on_time, found.share, now.factor if state == CONFIRMED else 1.0,
            state, why.strip()[:200], actor.account, clock.now(),
        )  # fmt: skip
        purchases.decide(cursor, made)
        audit.record(
            cursor,
            actor,
            f"suppliers.{state}",
            supplier,
            month=month.isoformat(),
            share=round(found.share, 4),
            factor=made.factor,
            why=made.why,
        )
    return made


def lines(actor: Actor, store: Store, supplier: str, month: date) -> list[PurchaseLine]:
    """The lines of a supplier due in a month, the latest first."""
    require(actor, store, "suppliers.view", supplier)
    return [line for line, _at in purchases.lines(store, supplier, month)]


def history(actor: Actor, store: Store) -> list[Decided]:
    """Everything people decided, the newest first."""
    require(actor, store, "suppliers.view")
    return purchases.decisions(store)


def save(actor: Actor, store: Store, line: PurchaseLine) -> None:
    """Enter or change one line by form."""
    require(actor, store, "suppliers.edit", line.supplier)
    if not (line.supplier.strip() and line.purchase_no.strip() and line.line_no.strip()) or line.qty < 1:
        raise BadRequest(
            N_("A line needs a supplier, a purchase number, a line number and a quantity."), N_("Fill them in.")
        )
    with store.write() as cursor:
        purchases.save(cursor, [line], "form", actor.account)
        audit.record(
            cursor,
            actor,
            "suppliers.line",
            f"{line.supplier}/{line.purchase_no}/{line.line_no}",
            due_on=line.due_on,
            shipped_on=line.shipped_on,
        )


def import_file(
    actor: Actor, store: Store, content: bytes, name: str, chosen: dict[str, str], *, dry_run: bool, leave_out_wrong: bool = False
) -> Imported:  # fmt: skip
    """Read a file of purchase lines by the chosen columns. A line number that is missing is counted within its purchase."""
    require(actor, store, "suppliers.edit", name)
    found: dict[tuple[str, str, str], PurchaseLine] = {}
    counted: dict[tuple[str, str], int] = {}
    given = column_choice.headers("purchases", chosen, NEEDED)
    wrong = collect(rows(content, name, given, NEEDED), lambda row: _take(row, found, counted))
    good = list(found.values())
    if dry_run or (wrong and not leave_out_wrong):
        with store.read() as cursor:
            new, changed = purchases.compare(cursor, good)
        return Imported(len(good) + len({one.row for one in wrong}), new, changed, tuple(wrong))
    with store.write() as cursor:
        new, changed = purchases.save(cursor, good, name[:200], actor.account)
        column_choice.remember(store, "purchases", chosen)
        audit.record(
            cursor, actor, "suppliers.import", name, new=new, changed=changed, left_out=len({w.row for w in wrong})
        )
    return Imported(len(good) + len({one.row for one in wrong}), new, changed, tuple(wrong))


def export(actor: Actor, store: Store, *, zone: str) -> tuple[str, bytes]:
    """(file name, XLSX) of all months with their states. Audited."""
    require(actor, store, "suppliers.view")
    found = scores(actor, store, zone=zone)
    titles = [
        _("Supplier"),
        _("Month"),
        _("Lines due"),
        _("On time"),
        _("Not shipped"),
        _("Share"),
        _("State"),
        _("Factor of the next month"),
        _("Decided by"),
        _("Reason"),
    ]
    made = xlsx_of(titles, ([*_cells(score)] for score in found))
    audit.note(store, actor, "suppliers.export", "", rows=len(found))
    return f"suppliers-{clock.business_day(clock.now(), zone):%Y%m%d}.xlsx", made


def _cells(score: Score) -> list[str | int | float]:
    month, decided = score.month, score.decided
    return [
        guarded(month.supplier), month.month.isoformat()[:7], month.lines, month.on_time, month.missing, f"{score.share:.2%}",
        _(STATES[score.state]), decided.factor if decided else "", decided.decided_by if decided else "",
        guarded(decided.why) if decided else "",
    ]  # fmt: skip


def _take(row: Row, found: dict[tuple[str, str, str], PurchaseLine], counted: dict[tuple[str, str], int]) -> None:
    supplier, number = row.text("supplier"), row.text("purchase_no")
    for name in ("supplier", "purchase_no", "due_on"):
        if not row.text(name):
            row.note(name, _("is empty"))
    due, shipped = column_choice.day(row, "due_on"), column_choice.day(row, "shipped_on")
    qty = row.whole("qty", 1)
    place = (supplier, number)
    counted[place] = counted.get(place, 0) + 1
    line_no = row.text("line_no") or str(counted[place])
    if (*place, line_no) in found:
        row.note("line_no", _("stands in the file twice"))
    if not row.wrong and due is not None:
        found[*place, line_no] = PurchaseLine(
            supplier, number, line_no, row.text("sku"), row.text("title"), qty, due, shipped
        )
