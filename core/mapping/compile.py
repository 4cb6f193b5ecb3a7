"""Turns a mapping document into SQL over a relation of JSON texts (place, body): sets, never row by row.

A level (orders, lines or refunds) is a pile of layers, each a SELECT over the one below: first the sources, then the
first non-empty one of each field, then one column for each step of each chain. Every intermediate value is a column, so
the preview shows exactly what runs live. Texts from outside are bound, column names are numbered.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.i18n import N_
from core.mapping.bases import ROWS, filled, json_base, line_base, row_base
from core.mapping.document import MappedField, MappingDocument, referred_field
from core.mapping.paths import Path, parse
from core.model.fields import Kind, Level
from core.model.region import MUNICIPALITIES

NO_VALUE, NO_CHOICE = N_("a required value is missing"), N_("not one of the choices")
ROUNDED = N_("the id was rounded")
# Ids that came through a spreadsheet or a float have lost digits (2.38105E+18); they may never become another order's id.
IDS = frozenset(("platform_no", "line_no", "refund_no", "tracking_no", "barcode"))
_SHORT = 100  # words; a longer table is joined, a shorter one searched: a join is dear to plan
_SCIENTIFIC = r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}|[0-9]{16,}\.[0-9]*"


@dataclass(frozen=True, slots=True)
class Chain:
    """The columns of one field: `values[0]` the source text, then one a step. `failures`: (condition, reason) a step."""

    mapped: MappedField
    values: tuple[str, ...]
    failures: tuple[tuple[str, str] | None, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL of one level, all with `values` to be bound. `columns` are the names of the targets.

    `inside` has every intermediate column. `select`: place, (pos,) row_no, one column a target, for orders `held`, and
    `problems`: NULL or a list of {field, value, reason}. `lean` has booleans `failed` and (but for lines) `readable` in
    its place, which is what the hot path needs; `problems` alone (place, row_no, field, value, reason) is asked for what failed.
    """

    level: Level
    inside: str
    select: str
    lean: str
    problems: str
    columns: tuple[str, ...]
    chains: tuple[Chain, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled document. `prepare`, when not empty, makes the temporary table the levels read (file rows)."""

    document: MappingDocument
    prepare: str
    prepare_values: Mapping[str, Any]
    main: Compiled
    lines: Compiled | None


_PLACEHOLDER = re.compile(r"\$(\w+)")


def bound(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that the SQL asks for: DuckDB refuses the others."""
    names = set(_PLACEHOLDER.findall(sql))
    return {name: value for name, value in values.items() if name in names}


def compile_document(document: MappingDocument, zone: str, source: str) -> Program:
    """The program for a document. `source` is the name of a relation with place INTEGER and body VARCHAR."""
    main = _Level(document, document.level, zone)
    lines = _Level(document, Level.LINE, zone) if document.lines is not None else None
    if not document.rows:
        compiled = lines.compiled(line_base(lines, document, source)) if lines else None
        return Program(document, "", {}, main.compiled(json_base(main, source)), compiled)
    read = [*main.sources.values(), *(lines.sources.values() if lines else ())]
    headers = list(dict.fromkeys(path.pointer for path in read if not path.position))
    prepare = (
        f"CREATE OR REPLACE TEMP TABLE {ROWS} AS "
        "SELECT place, pos, coalesce(TRY_CAST(s[1] AS BIGINT), pos) AS row_no, s FROM ("
        "SELECT place, pos, json_extract_string(item, $headers) AS s FROM ("
        "SELECT place, unnest(items) AS item, generate_subscripts(items, 1) AS pos FROM ("
        f"SELECT place, TRY(json_extract(body, '$.rows[*]')) AS items FROM {source})))"
    )
    places = {pointer: number for number, pointer in enumerate(headers, 2)}
    compiled = lines.compiled(row_base(lines, places, grouped=False)) if lines else None
    return Program(
        document,
        prepare,
        {"headers": ["/_row", *headers]},
        main.compiled(row_base(main, places, grouped=True)),
        compiled,
    )


@dataclass(slots=True)
class _Layer:
    columns: dict[str, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)


class _Level:
    """Builds the layers of one level; it is the `Build` that converters write against."""

    def __init__(self, document: MappingDocument, level: Level, zone: str) -> None:
        self.zone = zone
        self.document = document
        self.level = level
        self.values: dict[str, Any] = {}
        self.sources: dict[str, Path] = {}
        self._layers: list[_Layer] = [_Layer()]
        self._layer_of: dict[str, int] = {}
        self._tables: dict[tuple[str, int, tuple[Any, ...]], str] = {}
        self._lists: dict[tuple[Any, ...], tuple[str, list[str]]] = {}
        self._held: str | None = None
        self._present: MappedField | None = None  # the field whose chain is being written
        self._need = 0  # the highest layer that the step being written reads
        self._kept: dict[str, str] = {}
        self._chains: dict[str, Chain] = {}
        fields = document.at(level)
        # Fields that are put together come last: they may name the others.
        for mapped in sorted(fields, key=lambda m: any(s.converter.name == "template" for s in m.steps)):
            self._chains[mapped.target.name] = self._chain(mapped)
        self.chains = tuple(self._chains[mapped.target.name] for mapped in fields)

    # What converters ask for -------------------------------------------------

    def bind(self, value: Any) -> str:
        for name, known in self.values.items():
            if type(known) is type(value) and known == value:
                return f"${name}"
        name = f"{self.level.value}{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def column(self, sql: str) -> str:
        name = self._kept.get(sql)
        if name is None:
            name = self._kept[sql] = f"k{len(self._kept) + 1}"
            self._layer_of[name] = self._need + 1
            self._layer(self._need + 1).columns[name] = sql
        self._need = max(self._need, self._layer_of[name])
        return name

    def each(self, value: str, *steps: Callable[[str], str]) -> str:
        layer = self._need + 1
        key = (layer, *(step("it") for step in steps))
        name, members = self._lists.setdefault(key, (f"l{len(self._lists) + 1}", []))
        if value not in members:
            members.append(value)
        listed = f"[{', '.join(members)}]"
        for sql in key[1:]:
            listed = f"list_transform({listed}, lambda it: {sql})"
        self._layer(layer).columns[name] = listed
        self._need = layer
        return f"{name}[{members.index(value) + 1}]"

    def table(self, value: str, pairs: Mapping[str, str | None]) -> tuple[str, str]:
        if len(pairs) <= _SHORT:
            place = self.column(f"list_position({self.bind(list(pairs))}::VARCHAR[], {value})")
            return f"({self.bind(list(pairs.values()))}::VARCHAR[])[{place}]", f"{place} IS NOT NULL"
        layer = self._need + 1
        key = (value, layer, tuple(pairs.items()))
        name = self._tables.get(key)
        if name is None:
            name = self._tables[key] = f"t{len(self._tables) + 1}"
            keys, words = self.bind(list(pairs)), self.bind(list(pairs.values()))
            found = self._layer(layer)
            found.joins.append(
                f"LEFT JOIN (SELECT unnest({keys}::VARCHAR[]) AS word, unnest({words}::VARCHAR[]) AS meaning) AS {name} "
                f"ON {name}.word = {value}"
            )
            found.columns |= {f"{name}_word": f"{name}.word", f"{name}_meaning": f"{name}.meaning"}
        self._need = max(self._need, layer)
        return f"{name}_meaning", f"{name}_word IS NOT NULL"

    def status(self, value: str) -> tuple[str, str]:
        words = self.document.statuses
        holds = self.bind([word for word, meaning in words.items() if meaning.held])
        self._held = f"list_contains({holds}::VARCHAR[], {value})"
        return self.table(value, {word: meaning.status for word, meaning in words.items()})

    def piece(self, name: str) -> str:
        assert self._present is not None
        other = referred_field(self.document, self._present, name)
        if other is not None:
            column = self._chains[other.target.name].values[-1]
        else:
            line = self.level is Level.LINE
            source = self._source(parse(name, rows=self.document.rows, line=line))
            column = f"{source}_filled"
            self._layer(1).columns[column] = self._text(source)
            self._layer_of[column] = 1
        self._need = max(self._need, self._layer_of[column])
        return column

    # Layers ------------------------------------------------------------------

    def _layer(self, number: int) -> _Layer:
        while len(self._layers) <= number:
            self._layers.append(_Layer())
        return self._layers[number]

    def _source(self, path: Path) -> str:
        for name, known in self.sources.items():
            if (known.keys, known.from_order, known.position) == (path.keys, path.from_order, path.position):
                return name
        name = f"s{len(self.sources) + 1}"
        self.sources[name] = path
        return name

    @property
    def listed(self) -> list[str]:
        """The sources that are read all at once, into the list `s`: plain paths of the level's own JSON object."""
        named = () if self.document.rows else self.sources.items()
        return [name for name, path in named if not (path.whole_array or path.from_order or path.position)]

    def _text(self, source: str) -> str:
        """SQL: a source's text, NULL where it holds nothing."""
        listed = self.listed
        return f"s[{listed.index(source) + 1}]" if source in listed else f"CASE WHEN {filled(source)} THEN {source} END"

    def _chain(self, mapped: MappedField) -> Chain:
        number = len(self._chains)
        texts = [self._text(self._source(path)) for path in mapped.sources] or ["NULL::VARCHAR"]
        first = f"v{number}_0"
        self._layer(1).columns[first] = f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0]
        self._layer_of[first] = 1
        values, failures = [first], []
        for place, step in enumerate(mapped.steps, 1):
            value, result = values[-1], f"v{number}_{place}"
            self._present, self._need = mapped, self._layer_of[value]
            sql = step.converter.sql(value, step.given, self)
            self._layer_of[result] = self._need + 1
            self._layer(self._need + 1).columns[result] = sql
            self._need = self._layer_of[value]
            failed = step.converter.failure(value, result, step.given, self)
            values.append(result)
            failures.append((failed, step.converter.reason) if failed else None)
        return Chain(mapped, tuple(values), tuple(failures))

    def compiled(self, base: str) -> Compiled:
        """Put the layers on the base and the targets on the layers."""
        inside = base
        for layer in self._layers[1:]:
            columns = "".join(f", {sql} AS {name}" for name, sql in layer.columns.items())
            inside = f"SELECT below.*{columns} FROM ({inside}) AS below {' '.join(layer.joins)}"
        line = self.level is Level.LINE
        head = ["place", "pos", "row_no"] if line else ["place", "row_no"]
        readable, also = ("", "") if line else (" WHERE readable", ", readable")
        targets = [f'{self._final(chain)} AS "{chain.mapped.target.name}"' for chain in self.chains]
        if self.level is Level.ORDER:
            targets.append(f"coalesce({self._held or 'false'}, false) AS held")
        failed, problems = self._problems()
        columns = ", ".join([*head, *targets])
        told = f"SELECT place, row_no, unnest({problems}) AS p FROM ({inside}) WHERE ({failed}){readable.replace(' WHERE', ' AND')}"
        return Compiled(
            self.level,
            inside,
            f"SELECT {columns}, {problems} AS problems FROM ({inside}){readable}",
            f"SELECT {columns}, {failed} AS failed{also} FROM ({inside})",
            f"SELECT place, row_no, p.field AS field, p.value AS value, p.reason AS reason FROM ({told})",
            tuple(chain.mapped.target.name for chain in self.chains),
            self.chains,
            self.values,
        )

    def _final(self, chain: Chain) -> str:
        target, last = chain.mapped.target, chain.values[-1]
        if target.name == "city" and _ends_with(chain, "city") and "province" in self._chains:
            province = self._chains["province"].values[-1]
            whole = " ".join(f"WHEN '{short}' THEN '{city}'" for short, city in MUNICIPALITIES.items())
            last = f"CASE WHEN {last} IS NULL THEN NULL ELSE CASE {province} {whole} ELSE {last} END END"
        return last if target.kind in (Kind.TEXT, Kind.CHOICE) else f"CAST({last} AS {target.sql_type})"

    def _problems(self) -> tuple[str, str]:
        """(whether anything failed, the list of what failed)."""
        conditions: list[str] = []
        entries: list[str] = []
        for chain in self.chains:
            cases = [failure for failure in chain.failures if failure] + self._last_checks(chain)
            if not cases:
                continue
            conditions += [condition for condition, _reason in cases]
            reason = " ".join(f"WHEN {condition} THEN '{reason}'" for condition, reason in cases)
            entry = (
                f"{{'field': '{chain.mapped.target.name}', 'value': {chain.values[0]}, 'reason': CASE {reason} END}}"
            )
            entries.append(entry)
        if not entries:
            return "false", "NULL::STRUCT(field VARCHAR, value VARCHAR, reason VARCHAR)[]"
        any_failed = f"CASE WHEN {' OR '.join(f'({condition})' for condition in conditions)} THEN true ELSE false END"
        listed = f"list_filter([{', '.join(entries)}], lambda problem: problem.reason IS NOT NULL)"
        return any_failed, f"CASE WHEN {any_failed} THEN {listed} END"

    def _last_checks(self, chain: Chain) -> list[tuple[str, str]]:
        target, last = chain.mapped.target, chain.values[-1]
        checks: list[tuple[str, str]] = []
        if target.name in IDS:
            checks.append((f"regexp_full_match({last}, '{_SCIENTIFIC}')", ROUNDED))
        if target.kind is Kind.CHOICE and target.name != "status" and target.choices:
            choices = self.bind(list(target.choices))
            checks.append((f"{last} IS NOT NULL AND NOT list_contains({choices}::VARCHAR[], {last})", NO_CHOICE))
        if target.required and not target.own:
            # A status word may mean "keep ours", which is a NULL that was said; no word at all is a lack.
            lacking = chain.values[0] if _ends_with(chain, "status") and len(chain.mapped.steps) == 1 else last
            if _ends_with(chain, "status") and len(chain.mapped.steps) > 1:
                lacking = chain.values[-2]
            checks.append((f"{lacking} IS NULL", NO_VALUE))
        return checks


def _ends_with(chain: Chain, name: str) -> bool:
    return bool(chain.mapped.steps) and chain.mapped.steps[-1].converter.name == name
