"""The product master: look, change, import, take from the warehouses; and the queue of SKUs that nobody knows."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import BadRequest
from core.i18n import N_, _
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services.table_file import Row, Wrong, collect, rows
from core.settings import ROOT
from core.stock import reservations
from core.store import Store, products
from core.store.products import Product, Unknown

HEADERS = {
    kind: {name: tuple(titles) for name, titles in columns.items()}
    for kind, columns in json.loads((ROOT / "data" / "reference" / "file_headers.json").read_text("utf-8")).items()
}
MOST_G, MOST_CM3 = 1_000_000, 10_000_000
_PART = re.compile(r"^(.+?)(?:\s*[*×xX:]\s*(\d+))?$")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file came to. Nothing is written while anything is wrong, unless the wrong rows are left out."""

    rows: int
    new: int
    changed: int
    wrong: tuple[Wrong, ...]


def page(actor: Actor, store: Store, text: str = "", *, limit: int = 200, offset: int = 0) -> tuple[list[Product], int]:
    """(products whose SKU, name, barcode or supplier holds the text, how many there are)."""
    require(actor, store, "products.view")
    with store.read() as cursor:
        return products.page(cursor, text.strip(), limit, offset)


def find(actor: Actor, store: Store, sku: str) -> Product | None:
    """One product."""
    require(actor, store, "products.view", sku)
    with store.read() as cursor:
        return products.find(cursor, [sku]).get(sku)


def save(actor: Actor, store: Store, product: Product) -> int:
    """Keep a product; returns how many open orders have it and were asked for stock again."""
    require(actor, store, "products.edit", product.sku)
    _check(product)
    with store.write() as cursor:
        known = products.find(cursor, [sku for sku, _qty in product.parts])
        _refuse_nested(product, known)
        products.save(cursor, [product])
        audit.record(cursor, actor, "product.save", product.sku, parts=list(product.parts))
        return _ask_again(store, products.open_orders_with(cursor, [product.sku]), actor)


def link(actor: Actor, store: Store, unknown: str, sku: str, qty: int = 1) -> int:
    """Say that a SKU of orders is `qty` pieces of a product; returns how many open orders were asked for stock again."""
    require(actor, store, "products.edit", unknown)
    with store.write() as cursor:
        target = products.find(cursor, [sku]).get(sku)
        if target is None:
            raise BadRequest(N_("There is no product {sku}."), N_("Choose one of the master."), sku=sku)
        if unknown == sku or not unknown:
            raise BadRequest(N_("A SKU cannot be linked to itself."), N_("Choose another product."))
        parts = tuple((part, pieces * qty) for part, pieces in target.parts) or ((sku, qty),)
        made = Product(unknown, target.title, "", None, target.spu, False, None, target.supplier, parts)
        _check(made)
        products.save(cursor, [made])
        audit.record(cursor, actor, "product.link", unknown, to=sku, qty=qty)
        return _ask_again(store, products.open_orders_with(cursor, [unknown]), actor)


def remove(actor: Actor, store: Store, sku: str) -> None:
    """Forget a product; orders that name it come to the queue of unknown SKUs."""
    require(actor, store, "products.edit", sku)
    with store.write() as cursor:
        products.remove(cursor, sku)
        audit.record(cursor, actor, "product.remove", sku)


def unknown(actor: Actor, store: Store) -> list[Unknown]:
    """SKUs of orders that neither the master nor a warehouse knows."""
    require(actor, store, "products.view")
    with store.read() as cursor:
        return products.unknown(cursor)


def from_warehouses(actor: Actor, store: Store) -> int:
    """Take every SKU that only the warehouses' stock names into the master; returns how many."""
    require(actor, store, "products.edit", "warehouses")
    with store.write() as cursor:
        found = products.from_levels(cursor)
        audit.record(cursor, actor, "product.from_warehouses", "", products=found)
    return found


def import_file(
    actor: Actor, store: Store, content: bytes, name: str, *, dry_run: bool, leave_out_wrong: bool = False
) -> Imported:  # fmt: skip
    """Read a file of products; empty cells leave what is known. Nothing is written in a dry run or while a cell is wrong."""
    require(actor, store, "products.edit", name)
    found: dict[str, Row] = {}
    wrong = collect(rows(content, name, HEADERS["products"], ("sku",)), lambda row: _take(row, found))
    bad = {one.row for one in wrong}
    good = {sku: row for sku, row in found.items() if row.number not in bad}
    with store.read() as cursor:
        before = products.find(cursor, list(good))
    made = [_merged(row, before.get(sku)) for sku, row in good.items()]
    changed = [product for product in made if product != before.get(product.sku)]
    report = Imported(
        len(found) + len([one for one in wrong if one.column == "sku"]), sum(p.sku not in before for p in changed),
        sum(p.sku in before for p in changed), tuple(wrong),
    )  # fmt: skip
    if dry_run or (wrong and not leave_out_wrong):
        return report
    with store.write() as cursor:
        products.save(cursor, changed)
        audit.record(cursor, actor, "product.import", name, new=report.new, changed=report.changed)
        fresh = [product.sku for product in changed if product.sku not in before]
        _ask_again(store, products.open_orders_with(cursor, fresh), actor)
    return report


def _take(row: Row, found: dict[str, Row]) -> None:
    sku = row.text("sku")
    if not sku:
        row.note("sku", _("is empty"))
        return
    if sku in found:
        row.note("sku", _("stands in the file twice"))
    row.whole("weight_g", most=MOST_G)
    row.whole("weight_kg", times=1000, most=MOST_G)
    row.whole("volume_cm3", most=MOST_CM3)
    if row.text("parts") and not parts_of(row.text("parts")):
        row.note("parts", _("write it as SKU*2, SKU*1"))
    found.setdefault(sku, row)


def _merged(row: Row, before: Product | None) -> Product:
    base = before or Product(row.text("sku"), "")
    grams = row.whole("weight_g") or row.whole("weight_kg", times=1000) or base.weight_g
    return replace(
        base, title=row.text("title") or base.title, barcode=row.text("barcode") or base.barcode,
        weight_g=grams, volume_cm3=row.whole("volume_cm3") or base.volume_cm3, spu=row.text("spu") or base.spu,
        supplier=row.text("supplier") or base.supplier, parts=tuple(parts_of(row.text("parts"))) or base.parts,
    )  # fmt: skip


def parts_of(text: str) -> list[tuple[str, int]]:
    """The parts written as "A*2, B" ; empty for what cannot be read."""
    found: dict[str, int] = {}
    for piece in re.split(r"[,，;；+\n]", text):
        if not piece.strip():
            continue
        match = _PART.match(piece.strip())
        if match is None or int(match[2] or 1) < 1:
            return []
        found[match[1].strip()] = found.get(match[1].strip(), 0) + int(match[2] or 1)
    return sorted(found.items())


def _check(product: Product) -> None:
    if not product.sku.strip():
        raise BadRequest(N_("A product needs a SKU."), N_("Fill it in."))
    if not 0 <= (product.weight_g or 0) <= MOST_G or not 0 <= (product.volume_cm3 or 0) <= MOST_CM3:
        raise BadRequest(N_("The weight or volume cannot be true."), N_("Grams and cm³ of one piece."))
    if any(qty < 1 or sku == product.sku or not sku for sku, qty in product.parts):
        raise BadRequest(N_("A set needs other products as parts, one piece at least."), N_("Mend its parts."))


def _refuse_nested(product: Product, known: dict[str, Product]) -> None:
    nested = next((sku for sku, _qty in product.parts if sku in known and known[sku].parts), None)
    if nested:
        raise BadRequest(N_("{sku} is a set itself."), N_("Name its parts instead."), sku=nested)


def _ask_again(store: Store, keys: Sequence[int], actor: Actor) -> int:
    if keys:
        reservations.reserve(store, keys, actor=actor.account)
    return len(keys)
