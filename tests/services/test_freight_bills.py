"""A bill of every kind of difference: weight, rate, province, twice, unknown, less, no card; settled by people, kept once."""

import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from core.decide.routing.rate_card import KIND
from core.errors import BadRequest
from core.insight.freight_check import Allowance
from core.people.actor import person
from core.services import column_choice, freight
from core.services.freight import ACCEPTED, CREDITED, DISPUTED, OPEN
from core.store import documents

LEA, ANA = person("lea", "lead"), person("ana", "analyst")
BRACKET = [{"upto_g": 0, "first_g": 1000, "first_fee_fen": 500, "step_g": 1000, "step_fee_fen": 200}]
FAR = [{"upto_g": 0, "first_g": 1000, "first_fee_fen": 1200, "step_g": 1000, "step_fee_fen": 800}]
CARD = {
    "kind": "rate_card", "name": "WH1/SF", "warehouse": "WH1", "courier": "SF", "volume_divisor": 0,
    "lanes": [{"regions": ["浙江"], "lead_days": 1, "brackets": BRACKET}, {"regions": ["新疆"], "lead_days": 5, "brackets": FAR}],
}  # fmt: skip
BILL = """运单号,快递公司,目的省,计费重量(kg),金额
T1,SF,浙江,0.8,5.00
T2,SF,浙江省,2.5,9.00
T3,SF,浙江,0.8,7.50
T4,SF,新疆维吾尔自治区,0.8,12.00
T1,SF,浙江,0.8,5.00
T9,SF,浙江,0.8,5.00
T5,SF,浙江,0.8,4.00
T6,SF,浙江,1,5.00
T7,SF,浙江,0.9,5.40
""".encode()
COLUMNS = {
    "tracking_no": "运单号",
    "courier": "快递公司",
    "region": "目的省",
    "weight_kg": "计费重量(kg)",
    "billed": "金额",
}


@pytest.fixture
def house(store):
    """Seven parcels of 800 g from WH1 to Zhejiang; T6 comes from a warehouse without a card, T7 was weighed by the WMS."""
    draft = documents.save_draft(store, KIND, "WH1/SF", CARD, author="x")
    documents.publish(store, KIND, "WH1/SF", draft.version)
    now = datetime(2026, 11, 16, tzinfo=UTC)
    with store.write() as cursor:
        for n in range(1, 8):
            warehouse = "WH2" if n == 6 else "WH1"
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no, province, courier, tracking_no, warehouse) "
                "VALUES (?, 'jd', 's', ?, '浙江', 'SF', ?, ?)", [n, f"P{n}", f"T{n}", warehouse],
            )  # fmt: skip
            if n < 7:
                cursor.execute(
                    "INSERT INTO packings (packing_id, order_key, warehouse, state, weight_g, courier, tracking_no, packed_at) "
                    "VALUES (?, ?, ?, 'packed', 800, 'SF', ?, ?)", [str(n), n, warehouse, f"T{n}", now],
                )  # fmt: skip
        cursor.execute(
            "INSERT INTO outbound_records (platform_no, tracking_no, courier, warehouse, weight_g) VALUES ('P7', 'T7', 'SF', 'WH1', 900)"
        )
    return store


def take(store, content=BILL, **options):
    return freight.import_file(LEA, store, content, "bill.csv", COLUMNS, "SF", **{"dry_run": False, **options})


def found(store, **options):
    return {(one.tracking_no, one.row_no): one for one in freight.lines(ANA, store, states=(), **options)}


def test_each_difference_has_its_cause_and_its_amount(house):
    report = take(house)
    assert (report.rows, report.billed_fen) == (9, 5790)
    told = {key: (one.cause, one.expected_fen, one.diff_fen, one.state) for key, one in found(house).items()}
    assert told == {
        ("T1", 2): ("", 500, 0, ""),
        ("T2", 3): ("weight", 500, 400, OPEN),
        ("T3", 4): ("rate", 500, 250, OPEN),
        ("T4", 5): ("region", 500, 700, OPEN),
        ("T1", 6): ("twice", 0, 500, OPEN),
        ("T9", 7): ("unknown", 0, 500, OPEN),
        ("T5", 8): ("less", 500, -100, ""),
        ("T6", 9): ("no_card", None, 0, ""),
        ("T7", 10): ("", 500, 40, ""),
    }
    assert report.too_much_fen == 400 + 250 + 700 + 500 + 500


def test_the_columns_are_guessed_and_a_dry_run_keeps_nothing(house):
    assert column_choice.guess(LEA, house, "freight_bills", BILL, "bill.csv")[1] == {
        **COLUMNS, "sent_on": "", "weight_g": "", "volume_kg": "", "surcharge": "", "extra": "",
    }  # fmt: skip
    assert take(house, dry_run=True).too_much_fen == 2350
    assert freight.bills(ANA, house) == []


def test_a_bill_is_taken_once_and_a_waybill_is_billed_once_over_all_bills(house):
    take(house)
    with pytest.raises(BadRequest):
        take(house)
    take(house, "运单号,快递公司,目的省,计费重量(kg),金额\nT2,SF,浙江,0.8,5.00\n".encode())
    assert sorted(one.cause for one in found(house).values() if one.tracking_no == "T2") == ["twice", "weight"]


def test_the_weight_comes_from_our_scale_then_from_the_wms(house):
    take(house)
    sources = {one.tracking_no: (one.own_source, one.own_weight_g) for one in found(house).values()}
    assert (sources["T2"], sources["T7"], sources["T9"]) == (("packing", 800), ("wms", 900), ("", 0))


def test_differences_are_disputed_then_credited_or_paid(house):
    bill = take(house).bill_id
    assert freight.settle(LEA, house, [(bill, 3), (bill, 4)], DISPUTED, "see our scale") == 2
    with pytest.raises(BadRequest):
        freight.settle(LEA, house, [(bill, 5)], CREDITED)  # only what is disputed can be credited
    assert freight.settle(LEA, house, [(bill, 3)], CREDITED) == 1
    assert freight.settle(LEA, house, [(bill, 5)], ACCEPTED) == 1
    states = {one.row_no: (one.state, one.note) for one in found(house).values()}
    assert (states[3], states[4], states[5]) == (
        (CREDITED, "see our scale"),
        (DISPUTED, "see our scale"),
        (ACCEPTED, ""),
    )
    [row] = freight.bills(ANA, house)
    assert (row.credited_fen, row.disputed, row.open) == (400, 1, 2)


def test_compared_again_what_nobody_settled_follows_the_tolerance_and_the_scale(house):
    bill = take(house).bill_id
    freight.settle(LEA, house, [(bill, 3)], DISPUTED)
    freight.set_terms(LEA, house, Allowance(300, 50))
    with house.write() as cursor:
        cursor.execute("UPDATE packings SET weight_g = 2500 WHERE tracking_no IN ('T1', 'T2')")
    assert freight.compare_again(LEA, house, bill) == 3
    told = {one.row_no: (one.cause, one.expected_fen) for one in found(house).values()}
    assert (told[2], told[3], told[4], told[6]) == (("less", 900), ("weight", 500), ("", 500), ("twice", 0))


def test_the_dispute_list_leaves_as_a_file(house):
    bill = take(house).bill_id
    _name, content = freight.export(ANA, house, bill, (), (OPEN,))
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert [(row[0], row[14]) for row in rows[1:]] == [("T4", 7.0), ("T1", 5.0), ("T9", 5.0), ("T2", 4.0), ("T3", 2.5)]


def test_wrong_cells_keep_a_bill_out_unless_they_are_left_out(house):
    content = (
        "运单号,快递公司,目的省,计费重量(kg),金额\nT1,SF,浙江,0.8,abc\nT2,SF,浙江,0.8,5.00\n,SF,浙江,1,5\n".encode()
    )
    report = take(house, content)
    assert [w.row for w in report.wrong] == [2, 4]
    assert freight.bills(ANA, house) == []
    assert take(house, content, leave_out_wrong=True).rows == 3
    assert [bill.lines for bill in freight.bills(ANA, house)] == [1]


def test_a_bill_taken_by_mistake_goes_away(house):
    bill = take(house).bill_id
    assert freight.remove(LEA, house, bill) == 9
    assert found(house) == {}


VOLUMINOUS = """运单号,快递公司,目的省,计费重量,体积重量,总费用,附加费
T1,SF,浙江,2.4,2.4,9.00,
T2,SF,浙江,0.8,,7.00,2.00
T3,SF,浙江,3,3,9.00,0
T4,SF,浙江,0.8,,8.50,1.00
""".encode()


def test_volume_weight_counts_where_the_card_does_and_surcharges_are_told_apart(house):
    draft = documents.save_draft(house, KIND, "WH1/SF", {**CARD, "volume_divisor": 5000}, author="x")
    documents.publish(house, KIND, "WH1/SF", draft.version)
    with house.write() as cursor:
        cursor.execute("INSERT INTO products (sku, volume_cm3) VALUES ('PILLOW', 6000), ('CUP', 500)")
        cursor.execute(
            "INSERT INTO order_lines (order_key, line_no, sku, qty) VALUES (1, 1, 'PILLOW', 2), (3, 1, 'CUP', 1), (4, 1, 'NEW', 1)"
        )
    chosen = column_choice.guess(LEA, house, "freight_bills", VOLUMINOUS, "bill.csv")[1]
    assert (chosen["volume_kg"], chosen["billed"], chosen["surcharge"]) == ("体积重量", "总费用", "附加费")
    freight.import_file(LEA, house, VOLUMINOUS, "bill.csv", chosen, "SF", dry_run=False)
    told = {
        one.tracking_no: (one.cause, one.expected_fen, one.diff_fen, one.own_volume_cm3)
        for one in found(house).values()
    }
    assert told == {
        "T1": ("", 900, 0, 12_000),  # two pillows of 6,000 cm³ are charged as 2,400 g, as agreed in the card
        "T2": ("surcharge", 500, 200, 0),
        "T3": ("volume", 500, 400, 500),
        "T4": ("rate", 500, 350, 0),  # one yuan of surcharge does not explain 3.50
    }


def test_an_agreed_surcharge_is_expected_up_to_its_amount(house):
    freight.set_terms(LEA, house, Allowance(50, 50, 150))
    chosen = {**COLUMNS, "weight_kg": "计费重量", "billed": "总费用", "extra": "附加费"}
    freight.import_file(LEA, house, VOLUMINOUS, "bill.csv", chosen, "SF", dry_run=False)
    [told] = [one for one in found(house).values() if one.tracking_no == "T2"]
    assert (told.billed_fen, told.expected_fen, told.surcharge_fen, told.cause) == (900, 650, 200, "rate")


def test_goods_in_several_parcels_have_no_volume_of_one_waybill(house):
    with house.write() as cursor:
        cursor.execute("INSERT INTO products (sku, volume_cm3) VALUES ('PILLOW', 6000)")
        cursor.execute("INSERT INTO order_lines (order_key, line_no, sku, qty) VALUES (1, 1, 'PILLOW', 2)")
        cursor.execute("INSERT INTO parcels (order_key, parcel_no) VALUES (1, 1), (1, 2)")
    take(house)
    assert {one.own_volume_cm3 for one in found(house).values()} == {0}
