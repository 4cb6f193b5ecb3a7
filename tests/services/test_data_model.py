"""The data model changes without code, live with the commit, and loses nothing."""

from dataclasses import replace
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadRequest, NotAllowed, NotFound
from core.i18n import speaking
from core.model.fields import Kind, Level
from core.people.actor import person
from core.services import data_model, tags
from core.services.data_model import NAME, FieldDraft
from core.store import Store, catalogue, documents
from core.store.tags import Tag

ADMIN, ANALYST, CS = person("ann", "admin"), person("max", "analyst"), person("cs", "cs")
GRADE = FieldDraft("x_grade", Kind.CHOICE, Level.ORDER, "客户等级", "Grade", ("A", "B"), default="B")


def _audit(store: Store) -> list[tuple]:
    with store.read() as cursor:
        return cursor.execute("SELECT actor, action, subject, outcome FROM audit ORDER BY happened_at").fetchall()


def _columns(store: Store, table: str) -> dict[str, str]:
    with store.read() as cursor:
        return {row[0]: row[1] for row in cursor.execute(f"DESCRIBE {table}").fetchall()}


def _order(store: Store, no: str, **values: object) -> None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO orders (order_key, platform_no, {names}) VALUES (?, ?, {marks})",
            [int(no), no, *values.values()],
        )


def test_an_added_field_has_its_column_and_stands_in_the_catalogue_at_once(store: Store) -> None:
    data_model.add_field(ADMIN, store, GRADE)
    data_model.add_field(ADMIN, store, FieldDraft("x_cost_fen", Kind.MONEY, Level.LINE, "成本", ""))
    assert _columns(store, "orders")["x_grade"] == "VARCHAR"
    assert _columns(store, "order_lines")["x_cost_fen"] == "BIGINT"
    known = catalogue.load(store)
    grade = known.find("x_grade")
    assert grade is not None
    assert (grade.choices, grade.default, grade.labels) == (("A", "B"), "B", {"zh": "客户等级", "en": "Grade"})
    assert [f.name for f in known.at(Level.LINE)][-1] == "x_cost_fen"
    assert ("ann", "model.add_field", "x_grade", "done") in _audit(store)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_type_gives_a_column_that_keeps_its_value(store: Store, kind: Kind) -> None:
    samples = {
        Kind.TEXT: "一", Kind.INTEGER: 7, Kind.MONEY: 1999, Kind.NUMBER: 0.5, Kind.BOOLEAN: True, Kind.CHOICE: "A",
        Kind.DATETIME: "2025-01-02 03:04:05+08:00", Kind.DATE: "2025-01-02",
    }  # fmt: skip
    data_model.add_field(ADMIN, store, FieldDraft("x_one", kind, Level.ORDER, "一", choices=("A",)))
    _order(store, "1", status="PAID", x_one=samples[kind])
    rows = data_model.fields(ANALYST, store)
    row = next(r for r in rows if r.field.name == "x_one")
    assert (row.filled, row.rows) == (1, 1)


@pytest.mark.parametrize(
    "name", ["grade", "x_", "x_Grade", "x_客户", "x_a b", 'x_a"; DROP TABLE orders', "x_a\n", "x_" + "a" * 41]
)
def test_a_bad_name_is_refused_before_anything_is_written(store: Store, name: str) -> None:
    before = _columns(store, "orders")
    with pytest.raises(BadRequest):
        data_model.add_field(ADMIN, store, replace(GRADE, name=name + ("" if name.strip() == name else "b c")))
    assert _columns(store, "orders") == before
    assert catalogue.load(store).find(name) is None


@given(st.text(max_size=50))
def test_no_accepted_name_holds_anything_but_letters_digits_and_underscores(text: str) -> None:
    if NAME.match(text):
        assert text.startswith("x_") and text.isascii() and text.replace("_", "").isalnum() and text == text.lower()


def test_a_taken_name_and_a_taken_label_are_refused_by_name(store: Store) -> None:
    data_model.add_field(ADMIN, store, GRADE)
    with speaking("en"), pytest.raises(BadRequest, match="The name x_grade is taken"):
        data_model.add_field(ADMIN, store, replace(GRADE, label_zh="别的", label_en="Other"))
    with speaking("en"), pytest.raises(BadRequest, match="The label 客户等级 is taken by x_grade"):
        data_model.add_field(ADMIN, store, replace(GRADE, name="x_grade2", label_en=""))


@pytest.mark.parametrize(
    "draft",
    [
        replace(GRADE, choices=()),
        replace(GRADE, default="C"),
        replace(GRADE, label_zh=" ", label_en=""),
        replace(GRADE, level=Level.REFUND),
        replace(GRADE, required_when="LATER"),
        replace(GRADE, kind=Kind.MONEY, default="12.50"),
        replace(GRADE, kind=Kind.DATE, default="31.1.2025"),
        replace(GRADE, kind=Kind.DATETIME, default="2025-01-31T10:00:00"),
        replace(GRADE, kind=Kind.INTEGER, default=str(2**63)),
    ],
)
def test_a_draft_that_cannot_work_is_refused(store: Store, draft: FieldDraft) -> None:
    with pytest.raises(BadRequest):
        data_model.add_field(ADMIN, store, draft)
    assert "x_grade" not in _columns(store, "orders")


def test_retiring_hides_a_field_and_keeps_its_values_and_restoring_brings_both_back(store: Store) -> None:
    data_model.add_field(ADMIN, store, GRADE)
    _order(store, "1", status="PAID", x_grade="A")
    data_model.retire_field(ADMIN, store, "x_grade")
    known = catalogue.load(store)
    assert "x_grade" not in [f.name for f in known.at(Level.ORDER)]
    assert "x_grade" in [f.name for f in known.at(Level.ORDER, retired=True)]
    with speaking("en"), pytest.raises(BadRequest, match="belongs to a retired field"):
        data_model.add_field(ADMIN, store, GRADE)
    data_model.restore_field(ADMIN, store, "x_grade")
    assert "x_grade" in [f.name for f in catalogue.load(store).at(Level.ORDER)]
    with store.read() as cursor:
        assert cursor.execute("SELECT x_grade FROM orders").fetchall() == [("A",)]


def test_the_type_cannot_change_and_a_choice_in_use_cannot_go(store: Store) -> None:
    data_model.add_field(ADMIN, store, GRADE)
    _order(store, "1", status="PAID", x_grade="A")
    with pytest.raises(BadRequest):
        data_model.change_field(ADMIN, store, replace(GRADE, kind=Kind.TEXT))
    with speaking("en"), pytest.raises(BadRequest, match="1 rows hold the choice A"):
        data_model.change_field(ADMIN, store, replace(GRADE, choices=("B",)))
    changed = data_model.change_field(ADMIN, store, replace(GRADE, choices=("A", "C"), default="C", label_en="Class"))
    assert (changed.choices, changed.default) == (("A", "C"), "C")
    assert catalogue.load(store).find("x_grade") == replace(changed, label="Class")


def test_a_built_in_field_takes_other_words_and_gives_them_back(store: Store) -> None:
    data_model.rename_field(ADMIN, store, "shop", label_zh="门店", label_en="")
    data_model.rename_field(ADMIN, store, "shop", label_zh="铺子", label_en="")
    shop = catalogue.load(store).find("shop")
    assert shop is not None
    assert [shop.title("zh", str), shop.title("en", str)] == ["铺子", "Shop"]
    data_model.rename_field(ADMIN, store, "shop", label_zh="", label_en="")
    shop = catalogue.load(store).find("shop")
    assert shop is not None and shop.labels == {}
    with pytest.raises(BadRequest):
        data_model.retire_field(ADMIN, store, "shop")
    with pytest.raises(NotFound):
        data_model.rename_field(ADMIN, store, "nothing", label_zh="无", label_en="")


def test_own_fields_keep_the_order_a_person_gave_them(store: Store) -> None:
    for name in ("x_a", "x_b", "x_c"):
        data_model.add_field(ADMIN, store, FieldDraft(name, Kind.TEXT, Level.ORDER, name))
    data_model.move_field(ADMIN, store, "x_c", -2)
    data_model.move_field(ADMIN, store, "x_a", 5)
    assert [f.name for f in catalogue.load(store).fields if f.own] == ["x_c", "x_b", "x_a"]


def test_a_field_required_from_a_status_on_counts_the_orders_that_miss_it(store: Store) -> None:
    for no, status in enumerate(("UNPAID", "PAID", "PACKED", "SHIPPED", "CANCELLED"), 1):
        _order(store, str(no), status=status)
    data_model.add_field(ADMIN, store, replace(GRADE, required_when="PACKED"))
    row = next(r for r in data_model.fields(ADMIN, store) if r.field.name == "x_grade")
    assert row.missing == 2


def test_the_page_names_the_published_mappings_that_fill_a_field(store: Store) -> None:
    data_model.add_field(ADMIN, store, GRADE)
    body = {"entity": "orders", "fields": [{"target": "x_grade", "from": ["g"]}, {"target": "sku", "level": "line"}]}
    draft = documents.save_draft(store, "mapping", "own.orders", body, author="ann")
    assert next(r for r in data_model.fields(ADMIN, store) if r.field.name == "x_grade").mappings == ()
    documents.publish(store, "mapping", "own.orders", draft.version)
    documents.save_draft(store, "mapping", "own.orders", {"fields": []}, author="ann")
    rows = {(r.field.level, r.field.name): r.mappings for r in data_model.fields(ADMIN, store)}
    assert rows[Level.ORDER, "x_grade"] == ("own.orders",)
    assert rows[Level.LINE, "sku"] == ("own.orders",)


def test_a_field_can_be_added_while_readers_read_and_between_writes(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key, platform_no) SELECT range, range::VARCHAR FROM range(200000)")
    done, errors = Event(), []

    def read() -> None:
        while not done.is_set():
            try:
                with store.read() as cursor:
                    cursor.execute("SELECT * FROM orders ORDER BY platform_no LIMIT 3").fetchall()
            except Exception as error:  # noqa: BLE001 - whatever a reader meets fails the test
                errors.append(error)

    readers = [Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(5):
        data_model.add_field(ADMIN, store, FieldDraft(f"x_{number}", Kind.TEXT, Level.ORDER, f"n{number}"))
        _order(store, "7", **{f"x_{number}": "v"})
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert [n for n in _columns(store, "orders") if n.startswith("x_")] == ["x_0", "x_1", "x_2", "x_3", "x_4"]


@pytest.mark.parametrize(
    "call",
    [
        lambda actor, store: data_model.add_field(actor, store, GRADE),
        lambda actor, store: data_model.change_field(actor, store, GRADE),
        lambda actor, store: data_model.rename_field(actor, store, "shop", label_zh="门店", label_en=""),
        lambda actor, store: data_model.retire_field(actor, store, "x_grade"),
        lambda actor, store: data_model.move_field(actor, store, "x_grade", 1),
        lambda actor, store: tags.add_tag(actor, store, Tag("vip", "贵宾", "VIP", "red")),
        lambda actor, store: tags.change_tag(actor, store, Tag("vip", "贵宾", "VIP", "red")),
        lambda actor, store: tags.retire_tag(actor, store, "vip"),
        lambda actor, store: tags.move_tag(actor, store, "vip", 1),
    ],
)
def test_who_may_only_look_changes_nothing_and_is_audited(store: Store, call) -> None:
    with pytest.raises(NotAllowed):
        call(ANALYST, store)
    with store.read() as cursor:
        assert cursor.execute(
            "SELECT count(*) FROM own_fields UNION ALL SELECT count(*) FROM status_tags"
        ).fetchall() == [(0,), (0,)]
    assert [(row[1], row[3]) for row in _audit(store)] == [("model.edit", "denied")]


def test_who_may_not_see_the_model_sees_neither_fields_nor_tags(store: Store) -> None:
    for call in (data_model.fields, tags.listing):
        with pytest.raises(NotAllowed):
            call(CS, store)


def test_tags_are_named_coloured_ordered_retired_and_counted(store: Store) -> None:
    tags.add_tag(ADMIN, store, Tag("vip", "贵宾", "VIP", "purple"))
    tags.add_tag(ADMIN, store, Tag("wait", "等待", "", "grey"))
    _order(store, "1", tags='["vip","wait"]')
    _order(store, "2", tags='["vip"]')
    _order(store, "3", tags=None)
    tags.move_tag(ADMIN, store, "wait", -1)
    tags.change_tag(ADMIN, store, Tag("vip", "大客户", "Key account", "red"))
    tags.retire_tag(ADMIN, store, "vip")
    rows = tags.listing(ANALYST, store)
    assert [(r.tag.name, r.tag.colour, r.tag.retired, r.orders) for r in rows] == [
        ("wait", "grey", False, 1),
        ("vip", "red", True, 2),
    ]
    assert [r.tag.title("en") for r in rows] == ["等待", "Key account"]


@pytest.mark.parametrize(
    "wanted",
    [
        Tag("VIP", "贵宾", "", "red"),
        Tag("paid", "已付", "", "red"),
        Tag("a", "", " ", "red"),
        Tag("a", "甲", "", "pink"),
        Tag("b", "旧", "", "red"),
        Tag("old", "新", "", "red"),
    ],
)
def test_a_tag_that_cannot_work_is_refused(store: Store, wanted: Tag) -> None:
    tags.add_tag(ADMIN, store, Tag("old", "旧", "", "red"))
    with pytest.raises(BadRequest):
        tags.add_tag(ADMIN, store, wanted)
    assert [r.tag.name for r in tags.listing(ADMIN, store)] == ["old"]
