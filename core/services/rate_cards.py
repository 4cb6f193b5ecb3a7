"""Rate cards by form and file: versioned documents whose gaps and overlaps are seen before they go live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.decide.routing.rate_card import KIND, Finding, RateCard, body_of, findings, read_rate_card
from core.errors import BadRequest, DanliuError, NotFound
from core.i18n import N_, _
from core.model.region import canonical_province
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services.products import HEADERS
from core.services.table_file import Row, Wrong, collect, rows
from core.store import Store, courier_codes, documents, warehouses
from core.store.documents import Document

FINDINGS = {
    "OVERLAP": N_("two brackets want the same weight ({low} to {high} g)"),
    "GAP": N_("no bracket for weights above {low} and up to {high} g"),
    "AFTER_OPEN_END": N_("a bracket stands behind one without an upper limit"),
    "NO_OPEN_END": N_("nothing above {low} g can be sent"),
    "MISSING": N_("no lane"),
    "TWICE": N_("stands in the card twice"),
}


@dataclass(frozen=True, slots=True)
class CardRow:
    """One card for the list. `live` 0: never published; `findings` of its newest version."""

    name: str
    warehouse: str
    courier: str
    live: int
    newest: int
    state: str
    lanes: int
    findings: tuple[Finding, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CardsRead:
    """A rate file as read: a body for each card, wrong cells."""

    bodies: tuple[dict[str, Any], ...]
    wrong: tuple[Wrong, ...]
    findings: Mapping[str, tuple[Finding, ...]]


def say(finding: Finding) -> str:
    """A finding in words, with its provinces."""
    text = _(FINDINGS[finding.code]).format(low=finding.from_g, high=finding.upto_g)
    some = _(", ").join(finding.regions[:6])
    more = _(" and {n} more").format(n=len(finding.regions) - 6) if len(finding.regions) > 6 else ""
    return _("{regions}: {what}").format(regions=some + more, what=text)


def cards(actor: Actor, store: Store) -> list[CardRow]:
    """All cards with what is to be seen about them."""
    require(actor, store, "routing.view")
    live = {each.name: each.version for each in documents.all_published(store, KIND)}
    found = []
    for each in documents.listing(store, KIND):
        try:
            card, problem = read_rate_card(each.body), ""
            seen, lanes = tuple(findings(card)), len(card.lanes)
        except DanliuError as error:
            seen, lanes, problem = (), 0, str(error)
        found.append(
            CardRow(
                each.name, str(each.body.get("warehouse", "")), str(each.body.get("courier", "")),
                live.get(each.name, 0), each.version, each.state, lanes, seen, problem,
            )
        )  # fmt: skip
    return found


def newest(actor: Actor, store: Store, name: str) -> Document:
    """The newest version of a card."""
    require(actor, store, "routing.view", name)
    found = documents.newest(store, KIND, name)
    if found is None:
        raise NotFound(N_("There is no rate card {name}."), N_("Choose one from the list."), name=name)
    return found


def history(actor: Actor, store: Store, name: str) -> list[Document]:
    """All versions of a card, newest first."""
    require(actor, store, "routing.view", name)
    return documents.history(store, KIND, name)


def check(actor: Actor, store: Store, body: Mapping[str, Any]) -> tuple[RateCard, list[Finding]]:
    """Read a card without keeping it. BadRequest names the place that is wrong."""
    require(actor, store, "routing.view", str(body.get("name", "")))
    card = read_rate_card(body)
    return card, findings(card)


def save(actor: Actor, store: Store, body: Mapping[str, Any], *, note: str = "") -> Document:
    """Keep the card as a draft, odd as it may be; an unreadable one is refused."""
    require(actor, store, "routing.edit", str(body.get("name", "")))
    card = read_rate_card(body)
    with store.write() as cursor:
        if card.warehouse not in {each.warehouse for each in warehouses.of(cursor)}:
            raise BadRequest(
                N_("There is no warehouse {warehouse}."), N_("Enter the warehouse first."), warehouse=card.warehouse
            )
        if card.courier not in {each.courier for each in courier_codes.couriers(cursor)}:
            raise BadRequest(N_("There is no courier {courier}."), N_("Enter the courier first."), courier=card.courier)
        draft = documents.save_draft(
            store, KIND, card.name, {**body, "name": card.name}, author=actor.account, note=note
        )
        audit.record(cursor, actor, "rate_card.save", card.name, version=draft.version)
    return draft


def publish(actor: Actor, store: Store, name: str, version: int, *, seen: Sequence[str] = ()) -> Document:
    """Let a draft count for the next batch. Overlaps are refused; gaps only pass with their codes in `seen`."""
    require(actor, store, "routing.edit", name)
    draft = next((each for each in documents.history(store, KIND, name) if each.version == version), None)
    if draft is None:
        raise NotFound(N_("There is no rate card {name}."), N_("Choose one from the list."), name=name)
    found = findings(read_rate_card(draft.body))
    fatal = next((one for one in found if one.fatal), None)
    if fatal:
        raise BadRequest(N_("The rate card cannot go live: {what}"), N_("Mend the brackets."), what=say(fatal))
    unseen = next((one for one in found if one.code not in seen), None)
    if unseen:
        raise BadRequest(
            N_("The rate card has gaps: {what}"), N_("Mend it, or say that it is meant so."), what=say(unseen)
        )
    with store.write() as cursor:
        live = documents.publish(store, KIND, name, version)
        audit.record(cursor, actor, "rate_card.publish", name, version=version, accepted=[one.code for one in found])
    return live


def roll_back(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Publish an older version's body again, as a new version."""
    require(actor, store, "routing.edit", name)
    with store.write() as cursor:
        live = documents.roll_back(store, KIND, name, version, author=actor.account)
        audit.record(cursor, actor, "rate_card.roll_back", name, to=version, version=live.version)
    return live


def read_file(actor: Actor, store: Store, content: bytes, name: str, *, volume_divisor: int = 0) -> CardsRead:
    """The cards of a file, one for each warehouse and courier in it. Titles and codes both name them. Writes nothing."""
    require(actor, store, "routing.edit", name)
    with store.read() as cursor:
        places = {word: e.warehouse for e in warehouses.of(cursor) for word in (e.title, e.warehouse)}
        firms = {word: e.courier for e in courier_codes.couriers(cursor) for word in (e.title, e.courier)}
    lanes: dict[tuple[str, str], dict[str, tuple[float, list[dict[str, int]]]]] = {}
    wrong = collect(
        rows(content, name, HEADERS["rates"], ("warehouse", "courier", "region")),
        lambda row: _take(row, places, firms, lanes),
    )
    bodies = tuple(body_of(*place, volume_divisor, found) for place, found in lanes.items())
    return CardsRead(bodies, tuple(wrong), {body["name"]: tuple(findings(read_rate_card(body))) for body in bodies})


def _take(row: Row, places: Mapping[str, str], firms: Mapping[str, str], lanes: dict[Any, Any]) -> None:
    place, firm = places.get(row.text("warehouse")), firms.get(row.text("courier"))
    province = canonical_province(row.text("region"))
    for name, found in (("warehouse", place), ("courier", firm), ("region", province)):
        if found is None:
            row.note(name, _("is not known"))
    bracket = {
        "from_g": row.whole("from_g"), "upto_g": row.whole("upto_g"), "first_g": row.whole("first_g"),
        "first_fee_fen": row.whole("first_fee_fen") or row.fen("first_fee"), "step_g": row.whole("step_g"),
        "step_fee_fen": row.whole("step_fee_fen") or row.fen("step_fee"),
    }  # fmt: skip
    if bracket["step_fee_fen"] and not bracket["step_g"]:
        row.note("step_g", _("a step with a fee needs a weight"))
    days = row.days("lead_days")
    if row.wrong:
        return
    card = lanes.setdefault((place, firm), {})
    known_days, brackets = card.setdefault(province, (days, []))
    if known_days != days:
        row.note("lead_days", _("differs from the lane's other rows"))
        return
    brackets.append({key: value for key, value in bracket.items() if value or key == "first_fee_fen"})
