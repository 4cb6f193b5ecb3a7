"""Person data: what is shown, what is equal, what has no hash."""

import pytest

from core.mapping.people import PERSON, three_forms
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store


@pytest.fixture
def forms(store: Store, settings: Settings):
    vault = open_vault(settings)

    def run(**person: str | None) -> dict[str, str | None]:
        texts = dict.fromkeys((*PERSON, "province", "city", "district")) | person
        columns = ", ".join(f"${name}::VARCHAR AS {name}" for name in texts)
        inner, outer = vault.pads
        with store.read() as cursor:
            cursor.execute(three_forms(f"SELECT {columns}", tuple(texts)), texts | {"inner": inner, "outer": outer})
            names = [column[0] for column in cursor.description or ()]
            row = cursor.fetchone()
        assert row is not None
        return dict(zip(names, row, strict=True))

    return run


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.mark.parametrize(
    ("phone", "shown", "last4", "keyed"),
    [
        ("13800001234", "138****1234", "1234", "13800001234"),
        ("+86 138 0000 1234", "138****1234", "1234", "13800001234"),
        ("86-13800001234", "138****1234", "1234", "13800001234"),
        ("0086 13800001234", "138****1234", "1234", "13800001234"),
        ("0571-88881234", "057****1234", "1234", "057188881234"),
        ("88881234", "888****34", "1234", "88881234"),
        ("13800001234-5678", "138****1234", "1234", "13800001234-5678"),
        ("138****1234", "138****1234", "1234", None),
        ("*******8000", "*******8000", "8000", None),
        ("$$abcdef==$$", "***", None, None),
        ("00000000000", "000****0000", "0000", None),
        ("12", "***", None, None),
        (None, None, None, None),
    ],
)
def test_a_phone(forms, vault: Vault, phone, shown, last4, keyed) -> None:
    found = forms(phone=phone)
    assert (found["phone"], found["phone_last4"]) == (shown, last4)
    assert found["phone_key"] == (vault.keyed(keyed) if keyed else None)


@pytest.mark.parametrize(
    ("name", "shown", "keyed"),
    [
        ("张三", "张**", "张三"),
        ("欧阳 锋", "欧**", "欧阳锋"),
        ("ｔｏｍ Lee", "ｔ**", "TOMLEE"),
        ("张**", "张**", None),
        ("##A1b2==##", "***", None),
        ("~AgAA~3~", "***", None),
        ("x" * 65, "***", None),
    ],
)
def test_a_name(forms, vault: Vault, name, shown, keyed) -> None:
    found = forms(recipient=name, buyer_name=name)
    assert (found["recipient"], found["buyer_name"]) == (shown, shown)
    assert found["recipient_key"] == (vault.keyed(keyed) if keyed else None)


def test_an_address_counts_with_its_place(forms, vault: Vault) -> None:
    here = forms(address="1号楼 101", province="浙江", city="杭州市")
    there = forms(address="1号楼101", province="广东", city="广州市")
    assert here["address"] == "1号楼***"
    assert here["address_key"] == vault.keyed("浙江|杭州市|1号楼101")
    assert here["address_key"] != there["address_key"]
    assert forms(address="****")["address_key"] is None


def test_the_originals_are_kept_together(forms) -> None:
    assert forms(phone="138", recipient="李四")["person"] == (
        '{"buyer_name":null,"recipient":"李四","phone":"138","address":null}'
    )
    assert forms()["person"] is None
