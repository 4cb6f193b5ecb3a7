"""Which mapping a file is read with: a named one, one that fits its header, or one made from a suggestion and kept."""

import json
from dataclasses import dataclass
from typing import Any

from core.errors import BadRequest
from core.i18n import N_, _
from core.mapping.document import KIND, parse
from core.mapping.filerows import UPDATED, all_sources
from core.mapping.readers import Table
from core.mapping.suggest import suggest_for
from core.mapping.suggest_document import (
    adds_something,
    extended,
    file_name,
    fits,
    fits_payloads,
    to_addition,
    to_document,
)
from core.mapping.suggestion import Suggestion
from core.settings import ROOT
from core.store import Store, catalogue, documents
from core.store.documents import Document

AUTHOR = "import"
TEMPLATES = ROOT / "data" / "mappings" / "files"


@dataclass(frozen=True, slots=True)
class Choice:
    """The document to use. `fresh` says that it must be saved first; `adds`: the file only adds to orders the pool has."""

    name: str
    body: dict[str, Any]
    fresh: bool
    adds: bool = False
    stored: Document | None = None

    @property
    def rows(self) -> bool:
        """Whether the document reads file rows (else payloads)."""
        return self.body.get("source", "json") == "rows"

    @property
    def has_lines(self) -> bool:
        """Whether the document reads lines (payloads may; rows do in a file with a row for each line)."""
        return not self.rows or self.body.get("granularity") == "line"

    @property
    def entity(self) -> str:
        return str(self.body.get("entity", "orders"))


def choose(store: Store, table: Table, channel: str, mapping: str) -> Choice:
    """The mapping for a table. Raises BadRequest naming what is missing and the next step."""
    return _auto(store, table, channel) if mapping == "auto" else _named(store, table, mapping)


def _named(store: Store, table: Table, name: str) -> Choice:
    document = documents.published(store, KIND, name)
    if document is None:
        raise BadRequest(
            N_("There is no published mapping {name}."),
            N_("Publish it on the Mapping page, or leave --mapping away."),
            name=name,
        )
    choice = _stored(document)
    if choice.rows and table.nested:
        raise BadRequest(
            N_("The mapping {name} reads file rows, the file holds nested records."),
            N_("Choose a mapping of payloads."),
            name=name,
        )
    if not choice.rows and table.payloads is None:
        raise BadRequest(
            N_("The mapping {name} reads payloads, the file holds rows."),
            N_("Choose a mapping of file rows."),
            name=name,
        )
    return choice


def _auto(store: Store, table: Table, channel: str) -> Choice:
    name = file_name(channel, table.columns)
    own = documents.published(store, KIND, name)
    if own is not None and own.author != AUTHOR:
        return _stored(own)
    if own is None and (fitting := _fitting(store, table, channel)):
        return _stored(fitting)
    if own is None and documents.newest(store, KIND, name) is not None:
        raise BadRequest(
            N_("The mapping {name} for this header is a draft."), N_("Publish it on the Mapping page."), name=name
        )
    body = _template(table, name, channel) or _suggested(store, table, name, channel, own)
    if own is not None:
        body = extended(own.body, body)
        if documents.fingerprint(body) == own.hash:
            return _stored(own)
    parse(body, catalogue.load(store))
    return Choice(name, body, fresh=True, adds=UPDATED in all_sources(body))


def _stored(document: Document) -> Choice:
    adds = UPDATED in all_sources(document.body)
    return Choice(document.name, document.body, fresh=False, adds=adds, stored=document)


def _fitting(store: Store, table: Table, channel: str) -> Document | None:
    """The channel's published mapping that reads the most of the file's columns, or its payload mapping for JSON."""
    if table.payloads is not None:
        payloads = documents.published(store, KIND, f"{channel}.orders")
        if payloads and fits_payloads(payloads.body, table, catalogue.load(store)):
            return payloads
    able = [
        (found, document)
        for listed in documents.listing(store, KIND)
        if listed.body.get("channel") == channel and listed.body.get("source") == "rows"
        if (document := documents.published(store, KIND, listed.name)) and (found := fits(document.body, table))
    ]
    return max(able, key=lambda one: one[0])[1] if able else None


def _template(table: Table, name: str, channel: str) -> dict[str, Any] | None:
    """A layout that comes with the product and fits the header, for this channel."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("*.json"))]
    able = [(fits(body, table), body) for body in found if fits(body, table)]
    if not able:
        return None
    body = max(able, key=lambda one: one[0])[1]
    return {**body, "name": name, "channel": channel, "examples": []}


def _suggested(store: Store, table: Table, name: str, channel: str, own: Document | None) -> dict[str, Any]:
    suggestion = suggest_for(table, channel, catalogue.load(store))
    if own is not None and UPDATED in all_sources(own.body):
        return to_addition(suggestion, name, channel)
    missing = [target for target in ("platform_no", "refund_no") if target in suggestion.missing]
    if missing:
        raise _lacking(missing, suggestion)
    stateless = suggestion.entity == "orders" and not suggestion.find("status")
    if stateless and not suggestion.find("paid_at"):
        if adds_something(suggestion):
            return to_addition(suggestion, name, channel)
        raise _lacking(["status"], suggestion)
    return to_document(suggestion, table, name, channel)


def _lacking(missing: list[str], suggestion: Suggestion) -> BadRequest:
    shown = ", ".join(suggestion.unmapped[:12]) or "–"
    return BadRequest(
        N_("No column of the file is plainly {fields}. Unmapped columns: {columns}."),
        N_("Map the file on the Mapping page, publish the mapping, and name it with --mapping."),
        fields=", ".join(_(target) for target in missing),
        columns=shown,
    )


def keep(store: Store, choice: Choice, author: str) -> Document:
    """Save and publish a document made for the file, inside the caller's transaction; returns it as it will stand."""
    if not choice.fresh and choice.stored is not None:
        return choice.stored
    with store.write():
        draft = documents.save_draft(store, KIND, choice.name, choice.body, author=author)
        return documents.publish(store, KIND, choice.name, draft.version)
