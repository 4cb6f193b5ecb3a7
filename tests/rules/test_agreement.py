"""The law of the rule language: SQL over the set says of every order what the closure says of it alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from core.model.fields import Catalogue, Kind, Level, Privacy
from core.rules.closure import Known, compile_closure
from core.rules.condition import OPERATORS, read
from core.rules.derived import DERIVED
from core.rules.sql import Compiler
from core.settings import Settings
from core.store import Store, open_store

CATALOGUE = Catalogue()
NAMES = ["province", "paid_fen", "is_presale", "paid_at", "deliver_on", "phone", "flag", *DERIVED]
TEXTS = ["", "浙江", "a%b", "it's", "z"]
START = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)


def keyed(value: str) -> str:
    return f"key:{value}"


def values(kind: Kind) -> st.SearchStrategy[Any]:
    if kind in (Kind.TEXT, Kind.CHOICE):
        return st.sampled_from(TEXTS)
    if kind is Kind.BOOLEAN:
        return st.booleans()
    if kind is Kind.DATETIME:
        return st.integers(0, 3).map(lambda n: (START + timedelta(hours=n)).isoformat())
    if kind is Kind.DATE:
        return st.integers(1, 3).map(lambda n: f"2026-11-0{n}")
    return st.integers(-1, 3)


@st.composite
def leaves(draw: st.DrawFn, level: Level = Level.ORDER) -> dict[str, Any]:
    name = draw(st.sampled_from(NAMES if level is Level.ORDER else ["sku", "qty", "is_gift", "line_paid_fen"]))
    field = DERIVED[name].field if name in DERIVED else CATALOGUE.find(name, level)
    assert field is not None
    ops = ("eq", "ne", "in", "not_in", "is_null") if field.privacy is Privacy.PERSON else OPERATORS[field.kind]
    op = draw(st.sampled_from([op for op in ops if op != "in_list"]))
    if op == "is_null":
        return {"field": name, "op": op, "value": draw(st.booleans())}
    if op in ("in", "not_in"):
        return {"field": name, "op": op, "value": draw(st.lists(values(field.kind), min_size=1, max_size=3))}
    if op == "between":
        return {"field": name, "op": op, "value": [draw(values(field.kind)), draw(values(field.kind))]}
    return {"field": name, "op": op, "value": draw(values(field.kind))}


@st.composite
def line_conditions(draw: st.DrawFn) -> dict[str, Any]:
    where = draw(st.one_of(leaves(Level.LINE), st.builds(lambda a: {"not": a}, leaves(Level.LINE))))
    how = draw(st.sampled_from(["any", "all", "sum", "count"]))
    if how in ("any", "all"):
        return {"lines": how, "where": where}
    base = {"lines": how, "op": draw(st.sampled_from(["gt", "eq", "le"])), "value": draw(st.integers(0, 4))}
    return {**base, "where": where, **({"of": "qty"} if how == "sum" else {})}


CONDITIONS = st.recursive(
    st.one_of(leaves(), line_conditions()),
    lambda below: st.one_of(
        st.builds(lambda how, m: {how: m}, st.sampled_from(["all", "any"]), st.lists(below, max_size=3)),
        st.builds(lambda m: {"not": m}, below),
    ),
    max_leaves=6,
)
ORDER = st.fixed_dictionaries(
    {
        "province": st.none() | st.sampled_from(TEXTS), "flag": st.none() | st.sampled_from(TEXTS),
        "paid_fen": st.none() | st.integers(-1, 3), "is_presale": st.none() | st.booleans(),
        "paid_at": st.none() | st.integers(0, 3).map(lambda n: START + timedelta(hours=n)),
        "deliver_on": st.none() | st.integers(1, 3).map(lambda n: datetime(2026, 11, n, tzinfo=UTC).date()),
        "account_registered_at": st.none() | st.integers(-3, 5).map(lambda n: START + timedelta(minutes=n * 40)),
        "discount_fen": st.none() | st.integers(0, 3), "goods_fen": st.none() | st.integers(0, 3),
        "phone_key": st.none() | st.sampled_from(TEXTS).map(keyed),
        "lines": st.lists(
            st.fixed_dictionaries(
                {"sku": st.none() | st.sampled_from(TEXTS), "qty": st.none() | st.integers(0, 3),
                 "is_gift": st.none() | st.booleans(), "line_paid_fen": st.none() | st.integers(0, 3)}
            ), max_size=3,
        ),
    }
)  # fmt: skip


def fill(store: Store, orders: list[dict[str, Any]]) -> None:
    with store.write() as cursor:
        cursor.execute("DELETE FROM orders")
        cursor.execute("DELETE FROM order_lines")
        for key, order in enumerate(orders):
            names = [name for name in order if name != "lines"]
            cursor.execute(
                f"INSERT INTO orders (order_key, {', '.join(names)}) VALUES (?{', ?' * len(names)})",
                [key, *(order[name] for name in names)],
            )
            for line in order["lines"]:
                cursor.execute(
                    f"INSERT INTO order_lines (order_key, {', '.join(line)}) VALUES (?{', ?' * len(line)})",
                    [key, *line.values()],
                )


def test_sql_equals_closure_on_random_rules_and_random_orders_with_nulls(tmp_path: Path) -> None:
    store = open_store(Settings(store_url=f"duckdb:{tmp_path / 'rules.duckdb'}"))

    @rounds(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(orders=st.lists(ORDER, min_size=1, max_size=6), documents=st.lists(CONDITIONS, min_size=1, max_size=6))
    def agree(orders: list[dict[str, Any]], documents: list[dict[str, Any]]) -> None:
        fill(store, orders)
        conditions = [read(document, CATALOGUE) for document in documents]
        query = Compiler(keyed, "Asia/Shanghai").query(conditions)
        with store.read() as cursor:
            said = {row[0]: list(row[1:]) for row in cursor.execute(query.text, query.values).fetchall()}
        tests = [compile_closure(condition, keyed) for condition in conditions]
        for key, order in enumerate(orders):
            assert said[key] == [test(Known(order, order["lines"])) for test in tests]

    agree()
    store.close()
