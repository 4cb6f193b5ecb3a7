"""Suggest a mapping for a file or payload never seen: header words first, then the values' evidence, then cross-checks.

A wrong amount is worse than none: an amount column needs a name that means one thing, values that are amounts, and a
unit; otherwise it stays unmapped with the reason.
"""

from core.i18n import N_, _
from core.mapping.headers import MONEY, Guess, guesses, is_payable, unclear
from core.mapping.readers import Table
from core.mapping.suggest_check import accepted
from core.mapping.suggest_columns import Column, flat_columns, nested_columns
from core.mapping.suggest_convert import convert, places
from core.mapping.suggest_money import EXPORT_NAMES, Hints, spread, unit
from core.mapping.suggestion import Suggested, Suggestion
from core.mapping.vocabulary import base
from core.model.fields import Catalogue, Level

_NEEDED = 0.55  # confidence from which a field is suggested
_MONEY_NEEDED = 0.7
_HOW = {
    "name": N_("The header is a known name."),
    "family": N_("The header reads like it."),
    "near": N_("The header is nearly a known name."),
    "values": N_("The values look like it."),
}
_ARTICLE = frozenset(("sku", "title", "spec", "unit_price_fen", "barcode", "spu"))
_RECOMMENDED = ("platform_no", "status", "ordered_at", "paid_at", "paid_fen")
_REFUND_NAMES = {  # a refund's own words are often those of orders
    "refund_requested_at": ("ordered_at",),
    "refund_updated_at": ("platform_updated_at",),
    "refund_status": ("status",),
}
_ORDER_STATUS = frozenset(
    ("orderstatus", "订单状态", "交易状态", "主订单状态")
)  # in a refund's row: not the refund's own
_LINE_PAID_HERE = frozenset(("payamount",))  # what interfaces call the amount paid of one line
_TOTALS = ("paid_fen", "goods_fen", "discount_fen", "shipping_fen")


def suggest_for(table: Table, channel: str, catalogue: Catalogue) -> Suggestion:
    """The suggestion for a table as read. `channel` may be empty; it helps with units and status codes."""
    if table.nested:
        columns, lines = nested_columns(table.payloads or [], catalogue)
        granularity = "line" if lines is not None else "order"
    else:
        columns, lines, granularity = flat_columns(table), None, ""
    return _Work(table, columns, channel, catalogue, granularity, lines).suggestion()


class _Work:
    """One run: the columns, what was taken, and why the others were not."""

    def __init__(
        self,
        table: Table,
        columns: list[Column],
        channel: str,
        catalogue: Catalogue,
        granularity: str,
        lines: str | None,
    ) -> None:
        self.table, self.columns, self.channel, self.catalogue = table, columns, channel, catalogue
        self.lines = lines
        self.reasons: dict[str, str] = {}
        self.found: list[Suggested] = []
        self.taken: set[tuple[Level | None, str]] = set()
        self.refunds = any(g.target == "refund_no" and g.confidence > 0.8 for c in columns for g in guesses(c.header))
        self.epoch = next((column.profile.epoch for column in columns if column.profile.epoch), "")
        self.hints = Hints(
            channel,
            bool(self.epoch),
            any(g.target in MONEY for c in columns if c.profile.cents > 0 for g in guesses(c.header)),
            any(base(column.header) in EXPORT_NAMES for column in columns),
        )
        self.options = {column: self._options(column) for column in columns}
        self._settle_order_note()
        self.key = self._key()
        self.granularity = granularity or self._granularity()

    def suggestion(self) -> Suggestion:
        """Take the fields one by one in catalogue order, then say what is left."""
        for target in self._targets():
            self._take(target)
        self._status_and_refund()
        self._places_of_address()
        self._own_fields()
        order = {(one.name, one.level.value): place for place, one in enumerate(self.catalogue.fields)}
        self.found.sort(key=lambda one: (one.level != "order", order.get((one.target, one.level), 999)))
        used = {source for one in self.found for source in (one.source, *one.also)}
        left = [column.source for column in self.columns if column.source not in used]
        for column in self.columns:
            amounts = not column.profile.known or column.profile.money >= 0.5
            if amounts and column.source not in self.reasons and (why := unclear(column.header)):
                self.reasons[column.source] = _(why)
        return Suggestion(
            self.found,
            left,
            self._missing(),
            self.granularity,
            self.table.encoding,
            self.table.sheet,
            self.table.header_row,
            "refunds" if self.refunds else "orders",
            self.lines,
            {source: why for source, why in self.reasons.items() if source in left},
            self.table.notes,
            self.channel,
            self.table.nested,
        )

    def _options(self, column: Column) -> list[Guess]:
        """What a column may be: by its header, corrected by its values; by its values alone where the header is unknown."""
        result: list[Guess] = []
        for guess in guesses(column.header):
            confidence, why = accepted(guess, column, self.channel)
            if why:
                self.reasons[column.source] = why
            if confidence > 0:
                result.append(Guess(guess.target, confidence, guess.rank, guess.how))
        return result or accepted.by_values(column)

    def _settle_order_note(self) -> None:
        """An "order remark" is the buyer's where the seller has a column of the own (JD), and the other way round (Taobao)."""
        told = {guess.target for options in self.options.values() for guess in options}
        for column in self.columns:
            if base(column.header) == "订单备注" and len(told & {"buyer_note", "seller_note"}) == 1:
                other = "seller_note" if "buyer_note" in told else "buyer_note"
                self.options[column] = [Guess(other, 0.75)]

    def _key(self) -> Column | None:
        """The column with the order's number."""
        order = [column for column in self.columns if column.level is not Level.LINE]
        return self._best("platform_no", order)

    def _best(self, target: str, columns: list[Column]) -> Column | None:
        """The best column for a target: exact names by their rank, then families by confidence, then the nearest path."""

        def place(column: Column) -> tuple[float, ...]:
            guess = next(g for g in self.options[column] if g.target == target)
            filled = 0 if column.profile.known or not self.table.count else 1
            exact = guess.how == "name" and guess.confidence >= 0.78
            return (filled, 0 if exact else 1, guess.rank if exact else -guess.confidence, column.depth)

        able = [c for c in columns if any(g.target == target for g in self.options[c])]
        return min(able, key=place, default=None)

    def _granularity(self) -> str:
        told = {g.target for options in self.options.values() for g in options if g.confidence >= 0.6}
        if self.refunds:
            return "order"
        if "line_no" in told or ("qty" in told and told & _ARTICLE) or {"sku", "spec"} <= told:
            return "line"
        if self.key is not None and told & {"sku", "title"} and self.table.count:
            distinct = len(self.table.rows.column(self.key.source).unique())
            return "line" if distinct < self.table.count else "order"
        return "order"

    def _targets(self) -> list[tuple[str, Level]]:
        level = Level.REFUND if self.refunds else Level.ORDER
        fields = [(f.name, f.level) for f in self.catalogue.at(level) if f.mapped and not f.own]
        if self.granularity == "line" and not self.refunds:
            fields += [(f.name, f.level) for f in self.catalogue.at(Level.LINE) if f.mapped and not f.own]
        # Amounts last: they look at what else the file has.
        return sorted(
            fields, key=lambda one: (one[0] in MONEY, one[0] == "line_refund_status", one[0] != "platform_no")
        )

    def _take(self, wanted: tuple[str, Level]) -> None:
        target, level = wanted
        if target in ("status", "platform_status"):
            return
        for name in self._names(target, level):
            if self._take_named(target, level, name):
                return
        self._take_line_number(target, level)

    def _take_named(self, target: str, level: Level, name: str) -> bool:
        """Take the best column that goes by a name; False when there is none."""
        able = [
            column
            for column in self.columns
            if (column.level is None or column.level is level or self.refunds)
            and (column.level, column.source) not in self.taken
            and any(guess.target == name for guess in self.options[column])
            and not (self.refunds and name == "status" and base(column.header) in _ORDER_STATUS)
        ]
        if target in MONEY and self.key is None:
            return True  # a courier's bill has the same words; amounts are suggested only beside an order's number
        if target == "paid_fen":
            able = [c for c in able if not is_payable(c.header)] or able
        elif name == "paid_fen":
            able = [c for c in able if base(c.header) in _LINE_PAID_HERE]
        column = self._best(name, able)
        if column is None:
            return False
        guess = next(guess for guess in self.options[column] if guess.target == name)
        if target in MONEY:
            self._take_money(target, level, column, guess)
        elif guess.confidence >= _NEEDED:
            self._add(target, level, column, guess, self._further(target, column, able))
        return True

    def _names(self, target: str, level: Level) -> tuple[str, ...]:
        """The names under which the vocabulary may know a target, best first."""
        if target == "line_refund_status":
            return ("refund_status",)
        if target == "refund_status" and level is Level.ORDER and self._has_line_numbers():
            return ()  # beside a sub-order's number it is the sub-order's
        if target == "line_paid_fen" and self.table.nested:
            return (target, "paid_fen")
        return (target, *_REFUND_NAMES.get(target, ())) if self.refunds else (target,)

    def _has_line_numbers(self) -> bool:
        flat = self.granularity == "line" and not self.table.nested
        return flat and any(g.target == "line_no" for options in self.options.values() for g in options)

    def _further(self, target: str, column: Column, able: list[Column]) -> tuple[str, ...]:
        """Other columns of the same meaning, tried when the first is empty."""
        if target not in ("phone", "sku"):
            if target == "ordered_at" and self._dated_numbers() and self.key is not None:
                return (self.key.source,)
            return ()
        return tuple(
            other.source
            for other in able
            if other is not column
            and any(g.target == target and g.confidence >= 0.85 and g.how == "name" for g in self.options[other])
        )[:2]

    def _dated_numbers(self) -> bool:
        """Whether order numbers begin with their date (Pinduoduo: YYMMDD-15 digits)."""
        if self.key is None or self.table.nested:
            return False
        words = self.key.profile.words
        if words:
            return all(len(word) == 22 and word[6] == "-" and word[:6].isdigit() for word in words)
        return self.channel == "pinduoduo"

    def _take_line_number(self, target: str, level: Level) -> None:
        """A sub-order's own "order id" beside the parent's (Doudian) is the line's number."""
        if target != "line_no" or self.key is None:
            return
        for column in self.columns:
            inside = column.level is Level.LINE or (column.level is None and column is not self.key)
            named = any(guess.target == "platform_no" and guess.how == "name" for guess in self.options[column])
            if inside and named and column.header.lower().replace("_", "") == "orderid":
                self._add(target, level, column, Guess(target, 0.85, how="name"))
                return

    def _take_money(self, target: str, level: Level, column: Column, guess: Guess) -> None:
        told = unit(column, self.hints)
        if not told.converter:
            self.reasons[column.source] = told.reason
            return
        confidence = guess.confidence - (0.0 if told.sure else 0.05)
        if confidence < _MONEY_NEEDED:
            self.reasons[column.source] = _("The name is not sure enough for an amount.")
            return
        rival = self._rival(target, column, guess)
        if rival:
            self.reasons[column.source] = _("{other} may be the same amount: choose one yourself.").format(other=rival)
            return
        per_line = level is Level.ORDER and target in _TOTALS and self._per_line(column)
        reason = f"{_(_HOW[guess.how])} {told.reason}"
        steps = convert(target, column, self.catalogue, self.channel, told.converter)
        if per_line:
            reason += " " + _("The rows of one order have amounts of their own: their sum is the order's.")
            self.found.append(Suggested(target, column.source, steps, round(confidence - 0.05, 2), reason, total=True))
            if (
                target == "paid_fen"
                and self.granularity == "line"
                and not any(
                    g.target == "line_paid_fen" and g.confidence >= 0.7 for c in self.columns for g in self.options[c]
                )
            ):
                self.found.append(
                    Suggested("line_paid_fen", column.source, steps, round(confidence - 0.05, 2), reason, "line")
                )
                self.taken.add((Level.LINE, "line_paid_fen"))
        else:
            self.found.append(Suggested(target, column.source, steps, round(confidence, 2), reason, level.value))
        self.taken.add((column.level, column.source))

    def _rival(self, target: str, column: Column, guess: Guess) -> str:
        """Another column that means the same amount as surely, with other values."""
        if target != "paid_fen":
            return ""
        for other in self.columns:
            if other is column or other.level is not column.level or (other.level, other.source) in self.taken:
                continue
            same = next((g for g in self.options[other] if g.target == target), None)
            equal = same and same.how == guess.how and same.rank == guess.rank
            if (
                same
                and equal
                and abs(same.confidence - guess.confidence) < 0.02
                and other.profile.words != column.profile.words
            ):
                return other.source
        return ""

    def _per_line(self, column: Column) -> bool:
        """Whether an amount of a line-level file is the row's own rather than the order's total repeated."""
        if self.table.nested or self.key is None:
            return False
        seen = spread(self.table.rows, self.key.source, column.source)
        if seen.several:
            return seen.varied > 0
        if self.granularity != "line":
            return False
        # No order of several rows to learn from: sub-order exports of Taobao and Doudian's item rows count per line.
        headers = {c.header for c in self.columns}
        return {"子订单编号", "主订单编号", "买家应付货款"} <= headers or {"parent_order_id", "item_num"} <= headers

    def _add(self, target: str, level: Level, column: Column, guess: Guess, also: tuple[str, ...] = ()) -> None:
        dated = bool(also) and target == "ordered_at"
        steps = convert(target, column, self.catalogue, self.channel, dated=dated, epoch=self.epoch)
        if steps is None:
            self.reasons[column.source] = _("The values do not fit.")
            return
        self.found.append(
            Suggested(target, column.source, steps, round(guess.confidence, 2), _(_HOW[guess.how]), level.value, also)
        )
        self.taken.add((column.level, column.source))

    def _status_and_refund(self) -> None:
        """The status column serves three fields: the status, the platform's own word, and what it says of a refund."""
        if self.refunds:
            return
        able = [
            c for c in self.columns if c.level is not Level.LINE and any(g.target == "status" for g in self.options[c])
        ]
        if not able:
            return
        column = max(able, key=lambda c: (accepted.status_share(c, self.channel), -self._rank(c)))
        guess = next(guess for guess in self.options[column] if guess.target == "status")
        self.found.append(
            Suggested("status", column.source, [{"do": "status"}], round(guess.confidence, 2), _(_HOW[guess.how]))
        )
        self.found.append(
            Suggested("platform_status", column.source, [], round(guess.confidence, 2), _(_HOW[guess.how]))
        )
        if not any(one.target == "refund_status" for one in self.found) and accepted.tells_refund(column):
            steps = convert("refund_status", column, self.catalogue, self.channel, from_status=True) or []
            self.found.append(
                Suggested("refund_status", column.source, steps, 0.8, _("Some status words speak of a refund."))
            )

    def _places_of_address(self) -> None:
        """Province, city and district out of the address, where the file has no columns of them and the values show it."""
        address = next((one for one in self.found if one.target == "address"), None)
        if address is None or any(one.target in ("province", "city", "district") for one in self.found):
            return
        column = next(column for column in self.columns if column.source == address.source)
        reason = _("The address begins with it.")
        for target, steps in places(column.profile.words):
            self.found.append(Suggested(target, address.source, steps, 0.7, reason))

    def _rank(self, column: Column) -> int:
        return next(guess.rank for guess in self.options[column] if guess.target == "status")

    def _own_fields(self) -> None:
        """The operator's own fields, by their name or label."""
        for own in self.catalogue.fields:
            if not own.own or own.retired or not own.mapped:
                continue
            words = {own.name.lower(), own.name[2:].lower(), *(label.strip().lower() for label in own.labels.values())}
            for column in self.columns:
                fits = column.level is None or column.level is own.level
                if fits and column.header.strip().lower() in words and (column.level, column.source) not in self.taken:
                    self._add(own.name, own.level, column, Guess(own.name, 0.95))
                    break

    def _missing(self) -> list[str]:
        have = {one.target for one in self.found}
        if self.refunds:
            return [name for name in ("refund_no", "platform_no", "refund_status", "refund_fen") if name not in have]
        wanted = [*_RECOMMENDED, *(("sku", "qty") if self.granularity == "line" else ())]
        return [name for name in wanted if name not in have]
