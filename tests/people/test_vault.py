"""The vault: what is sealed opens again, only by its own key, only whole."""

import base64
import stat
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadSetup
from core.people.vault import Vault, check_fits, open_vault
from core.settings import Settings
from core.store import Store


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(settings: Settings) -> None:
    first, second = open_vault(settings), open_vault(settings)
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert first.hash_key == second.hash_key
    assert second.open_text(first.seal_text("秘密")) == "秘密"
    assert [path.name for path in settings.key_file.parent.glob(".key-*")] == []


@given(st.binary(max_size=5000))
def test_a_sealed_payload_opens_to_the_same_bytes(plain: bytes) -> None:
    assert KEPT.open(KEPT.seal(plain)) == plain


@given(st.lists(st.text(), max_size=20))
def test_many_sealed_texts_open_in_the_same_order(plain: list[str]) -> None:
    assert [KEPT.open_text(sealed) for sealed in KEPT.seal_many(plain)] == plain


def test_a_sealed_text_never_looks_the_same_twice(vault: Vault) -> None:
    sealed = vault.seal_many(["13812345678"] * 100)
    assert len(set(sealed)) == 100
    assert all("13812345678" not in text for text in sealed)


def test_a_repetitive_payload_is_stored_compressed(vault: Vault) -> None:
    assert len(vault.seal(b'{"tid": 1}' * 10_000)) < 1_000


@pytest.mark.parametrize("place", [5, 20, -1])
def test_a_changed_byte_is_refused(vault: Vault, place: int) -> None:
    whole = bytearray(base64.b64decode(vault.seal_text("an address")))
    whole[place] ^= 1
    with pytest.raises(BadSetup):
        vault.open_text(base64.b64encode(whole).decode())


@pytest.mark.parametrize("text", ["", "AAAA", "no base64!", "短"])
def test_what_was_never_sealed_is_refused(vault: Vault, text: str) -> None:
    with pytest.raises(BadSetup):
        vault.open_text(text)
    with pytest.raises(BadSetup):
        vault.open(text)


def test_a_text_sealed_for_one_purpose_opens_for_no_other(vault: Vault) -> None:
    with pytest.raises(BadSetup):
        vault.open(vault.seal_text("x"))


def test_another_key_is_named_as_the_cause(vault: Vault, settings: Settings) -> None:
    other = open_vault(replace(settings, key_file=settings.key_file.with_name("other.key")))
    with pytest.raises(BadSetup, match=r"密钥|another key"):
        other.open_text(vault.seal_text("x"))
    assert other.keyed("13812345678") != vault.keyed("13812345678")


def test_a_store_refuses_the_key_of_another_one(store: Store, vault: Vault, settings: Settings) -> None:
    check_fits(vault, store)
    check_fits(vault, store)
    other = open_vault(replace(settings, key_file=settings.key_file.with_name("other.key")))
    with pytest.raises(BadSetup):
        check_fits(other, store)


@pytest.mark.parametrize("content", ["", "danliu-key-1:", "danliu-key-1:AAAA", "a" * 44])
def test_a_file_that_holds_no_key_is_refused(settings: Settings, content: str) -> None:
    settings.key_file.write_text(content)
    with pytest.raises(BadSetup):
        open_vault(settings)
    assert settings.key_file.read_text() == content


def test_the_keyed_hash_is_the_same_in_sql(vault: Vault, store: Store) -> None:
    values = ["13812345678", "张三", "浙江省杭州市西湖区文三路 1 号", "", "x" * 300]
    inner, outer = vault.pads
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT sha256($outer::BLOB || unhex(sha256($inner::BLOB || encode(v)))) FROM unnest($values) AS t(v)",
            {"inner": inner, "outer": outer, "values": values},
        ).fetchall()
    assert sorted(row[0] for row in rows) == sorted(vault.keyed(value) for value in values)


def test_no_key_is_shown_when_the_vault_is_printed(vault: Vault) -> None:
    assert vault.hash_key.hex() not in repr(vault) and str(vault.hash_key) not in repr(vault)


def _kept() -> Vault:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return open_vault(Settings(key_file=Path(folder) / "secret.key"))


KEPT = _kept()
