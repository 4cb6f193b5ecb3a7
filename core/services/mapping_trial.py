"""Trying a mapping before it counts: on stored payloads, on a sample file, on its own examples; and history mapped anew."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson

from core.channels.part import Intake
from core.channels.remap import remap
from core.errors import BadRequest
from core.i18n import N_
from core.mapping.bodies import RANK, order_bodies
from core.mapping.document import KIND
from core.mapping.filerows import file_rows
from core.mapping.preview import Preview, Row, preview
from core.mapping.readers import Table, read_table
from core.mapping.said import Said
from core.mapping.suggest import Suggestion, suggest_for
from core.mapping.suggest_document import file_name, to_document
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services.mapping_checks import parsed, repaired
from core.store import Store, catalogue, documents, raw_samples, row_rejects

MOST = 50  # payloads of a preview
_READ = 5_000  # rows of a sample file looked at
_OF_EXAMPLE = N_("example {n}: {why}")
_UNLIKE = N_("{name} = {got}, not {wanted}")
_UNREADABLE = N_("not readable as JSON")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document made from a sample, the sample's payloads, and what was thought of each column."""

    body: dict[str, Any]
    bodies: list[str]
    suggestion: Suggestion


def stored_bodies(
    actor: Actor, store: Store, vault: Vault, channel: str, shop: str, entity: str, *, limit: int = MOST
) -> list[str]:
    """The payloads of a shop to look at, waiting rejects first. They hold person data: a right of its own, audited."""
    require(actor, store, "mapping.view", shop)
    require(actor, store, "orders.raw", shop)
    found = raw_samples.samples(store, vault.open, channel, shop, entity, limit)
    rows = row_rejects.samples(store, vault.open, channel, shop, entity, limit // 3)
    found = [*(orjson.dumps({"rows": [row]}).decode() for row in rows), *found][:limit]
    audit.note(store, actor, "mappings.samples", f"{channel}/{shop}", entity=entity, count=len(found))
    return found


def propose(actor: Actor, store: Store, content: bytes, name: str, channel: str, *, title: str = "") -> Proposal:
    """A mapping for a sample file. BadRequest for a file that cannot be read, or that has no order's number."""
    require(actor, store, "mapping.edit", name)
    table = read_table(content, name, limit=_READ)
    known = catalogue.load(store)
    suggestion = suggest_for(table, channel, known)
    made = to_document(suggestion, table, title.strip() or _name(store, table, channel, suggestion), channel)
    return Proposal(made, _bodies(store, table, made, channel), suggestion)


def _name(store: Store, table: Table, channel: str, suggestion: Suggestion) -> str:
    """The name an import finds a layout by; for payloads the channel's own name while nobody has it."""
    if not table.nested:
        return file_name(channel, table.columns)
    plain = f"{channel}.{suggestion.entity}"
    return file_name(channel, table.columns) if documents.newest(store, KIND, plain) else plain


def file_bodies(actor: Actor, store: Store, content: bytes, name: str, body: Mapping[str, Any]) -> list[str]:
    """A sample file's payloads as a document that is there already would get them."""
    require(actor, store, "mapping.view", name)
    return _bodies(store, read_table(content, name, limit=_READ), body, str(body.get("channel", "")))


def _bodies(store: Store, table: Table, body: Mapping[str, Any], channel: str) -> list[str]:
    rows = body.get("source") == "rows"
    if rows and table.nested:
        raise BadRequest(N_("The mapping reads file rows, the sample holds nested records."))
    if not rows:
        if table.payloads is None:
            raise BadRequest(N_("The mapping reads payloads, the sample holds rows."))
        return [orjson.dumps(record).decode() for record in table.payloads[:MOST]]
    if not any(entry.get("target") in ("platform_no", "refund_no") for entry in body.get("fields", [])):
        return _ungrouped(table)
    prepared = file_rows(table, body, channel)
    ranks = prepared.rows.column(RANK).to_numpy()
    part = prepared.rows.slice(0, int(ranks.searchsorted(MOST)))
    with store.read() as cursor:
        return order_bodies(cursor, part, prepared.columns)


def _ungrouped(table: Table) -> list[str]:
    """While no column is the order's number each row stands for itself."""
    return [json.dumps({"rows": [row]}, ensure_ascii=False) for row in table.rows.slice(0, MOST).to_pylist()]


def try_out(actor: Actor, store: Store, body: Mapping[str, Any], bodies: Sequence[str]) -> Preview:
    """What the document makes of these payloads; of one that is not right yet, what its right fields make. Writes nothing."""
    require(actor, store, "mapping.view")
    return _preview(store, repaired(store, body), bodies)


def _preview(store: Store, body: Mapping[str, Any], bodies: Sequence[str]) -> Preview:
    document = parsed(store, body)
    with store.read() as cursor:
        return preview(cursor, document, bodies, store.zone)


def status_words(body: Mapping[str, Any], tried: Preview) -> Counter[str]:
    """The platform's status words among the payloads, and how often; known and unknown ones."""
    entry = next((e for e in body.get("fields", []) if e.get("target") == "status"), None)
    steps = [step.get("do") for step in entry.get("convert", [])] if entry else []
    if "status" not in steps:
        return Counter()
    place = steps.index("status")
    found: Counter[str] = Counter()
    for row in tried.main:
        cell = row.cells.get("status")
        if cell is not None:
            word = cell.source if place == 0 else cell.steps[place - 1]
            if word:
                found[word] += 1
    return found


def failing_examples(store: Store, body: Mapping[str, Any]) -> list[Said]:
    """What the document's own examples expect and do not get, a sentence each; empty when all pass."""
    return [
        Said(_OF_EXAMPLE, n=place + 1, why=why)
        for place, wrong in failing_by_example(store, body).items()
        for why in wrong
    ]


def failing_by_example(store: Store, body: Mapping[str, Any]) -> dict[int, list[Said]]:
    """The same by the example's place; those that pass are left out."""
    examples = {place: e for place, e in enumerate(body.get("examples", [])) if "body" in e}
    if not examples:
        return {}
    tried = _preview(store, body, [json.dumps(e["body"], ensure_ascii=False) for e in examples.values()])
    main = {row.place: row for row in tried.main}
    failed: dict[int, list[Said]] = {}
    for number, (place, example) in enumerate(examples.items()):
        row, lines = main.get(number), [line for line in tried.lines if line.place == number]
        if row is None or number in tried.failed:
            cells = [cell for told in (*([row] if row else []), *lines) for cell in told.cells.values()]
            failed[place] = [Said(next((cell.reason for cell in cells if cell.reason), _UNREADABLE))]
        elif wrong := _unlike(example.get("expect", {}), row, lines):
            failed[place] = wrong
    return failed


def _unlike(expect: Mapping[str, Any], row: Row, lines: list[Row]) -> list[Said]:
    told = [_pair(name, wanted, row) for name, wanted in expect.items() if name not in ("lines", "held")]
    if "held" in expect and expect["held"] != row.held:
        told.append(Said(_UNLIKE, name="held", got=row.held, wanted=expect["held"]))
    wanted_lines = expect.get("lines", [])
    if wanted_lines and len(wanted_lines) != len(lines):
        told.append(Said(N_("{n} lines, not {wanted}"), n=len(lines), wanted=len(wanted_lines)))
    for wanted, line in zip(wanted_lines, lines, strict=False):
        told += [_pair(name, value, line) for name, value in wanted.items()]
    return [unlike for unlike in told if unlike is not None]


def _pair(name: str, wanted: Any, row: Row) -> Said | None:
    cell = row.cells.get(name)
    got = plain(cell.value) if cell else None
    # A word that keeps our status means PAID for an order that is new, as in the example.
    same = got == wanted or (name == "status" and got is None and wanted == "PAID")
    return None if same else Said(_UNLIKE, name=name, got=_shown(got), wanted=_shown(wanted))


def _shown(value: Any) -> Any:
    return Said(N_("empty")) if value is None else value


def plain(value: Any) -> Any:
    """A value of a preview as an example's JSON holds it: instants in UTC, ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def remap_history(
    actor: Actor,
    store: Store,
    vault: Vault,
    channel: str,
    shop: str,
    entity: str,
    *,
    mapping: str,
    progress: Callable[[float], None] = lambda _share: None,
) -> Intake:
    """Map a shop's kept payloads again by the published mapping, part by part; `progress` gets the share done.

    What was done before an interruption stays; a second run ends the work.
    """
    require(actor, store, "mapping.edit", shop)
    audit.note(store, actor, "mappings.remap", f"{channel}/{shop}", entity=entity, mapping=mapping)
    return remap(store, vault, channel, shop, entity, mapping=mapping, progress=progress)
