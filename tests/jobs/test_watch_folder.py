"""The watched folder: a complete file is imported once and moved; one that cannot be read says why."""

import pytest

from core.jobs import watch_folder
from core.people.vault import open_vault
from core.store import shops as kept

GOOD = "订单编号,订单状态,买家实际支付金额,订单付款时间,宝贝总数量\n" + "\n".join(
    f"100000000000000{n:03},买家已付款，等待卖家发货,{n}.50,2026-11-20 10:00:{n:02},1" for n in range(10, 20)
).replace("，", " ")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "watch" / "taobao.flagship").mkdir(parents=True)
    return tmp_path / "watch"


def names(place):
    return sorted(path.name.split("-", 1)[-1] for path in place.glob("*")) if place.exists() else []


def test_a_file_still_being_written_is_left_alone_and_a_complete_one_imported_once(store, settings, folder):
    vault = open_vault(settings)
    file = folder / "taobao.flagship" / "orders.csv"
    file.write_text(GOOD[:60], encoding="utf-8")
    assert watch_folder.watch(store, vault, settings, folder=folder) == {}
    file.write_text(GOOD, encoding="utf-8")
    assert watch_folder.watch(store, vault, settings, folder=folder) == {}
    told = watch_folder.watch(store, vault, settings, folder=folder)
    assert told == {"imported": 1, "failed": 0}, [p.read_text() for p in folder.glob("*/failed/*.txt")]
    assert names(folder / "taobao.flagship" / "done")[0] == "orders.csv" and not file.exists()
    with store.read() as cursor:
        assert cursor.execute("SELECT channel, shop, count(*) FROM orders GROUP BY ALL").fetchall() == [
            ("taobao", "flagship", 10)
        ]
    assert watch_folder.watch(store, vault, settings, folder=folder) == {}
    assert [shop.shop for shop in kept.listing(store)] == ["flagship"]


def test_what_cannot_be_imported_goes_to_failed_with_its_reason(store, settings, folder):
    vault = open_vault(settings)
    (folder / "nobody").mkdir()
    (folder / "nobody" / "orders.csv").write_text(GOOD, encoding="utf-8")
    (folder / "taobao.flagship" / "broken.xlsx").write_bytes(b"no spreadsheet")
    (folder / "taobao.flagship" / "notes.pdf").write_bytes(b"ignored")
    watch_folder.watch(store, vault, settings, folder=folder)
    assert watch_folder.watch(store, vault, settings, folder=folder) == {"imported": 0, "failed": 2}
    assert names(folder / "nobody" / "failed") == ["orders.csv", "orders.csv.txt"]
    (reason,) = (folder / "taobao.flagship" / "failed").glob("*.txt")
    assert reason.read_text(encoding="utf-8").strip()
    assert (folder / "taobao.flagship" / "notes.pdf").exists()
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (0,)
