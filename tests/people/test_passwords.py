"""Passwords: hashed by argon2id, not the worst ones, temporary ones readable."""

import pytest

from core.errors import BadRequest
from core.people import passwords


def test_the_hash_is_argon2id_and_salted() -> None:
    first, second = passwords.hashed("correct horse"), passwords.hashed("correct horse")
    assert first.startswith("$argon2id$") and first != second
    assert passwords.matches(first, "correct horse") and not passwords.matches(first, "Correct horse")


@pytest.mark.parametrize("known", [None, "", "plain text", "$argon2id$broken"])
def test_nothing_matches_where_there_is_no_hash(known: str | None) -> None:
    assert not passwords.matches(known, "")


@pytest.mark.parametrize("password", ["", "short7!", "12345678", "PASSWORD", "aaaaaaaaaaaa", "wangmei88", "x" * 257])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(BadRequest):
        passwords.check_strength(password, "wangmei88")


@pytest.mark.parametrize(
    "password", ["correct horse", "仓库里有一只猫呀", pytest.param(passwords.temporary(), id="temporary")]
)
def test_a_fair_password_is_taken(password: str) -> None:
    passwords.check_strength(password, "wangmei88")


def test_temporary_passwords_differ_and_have_no_look_alikes() -> None:
    many = {passwords.temporary() for _time in range(100)}
    assert len(many) == 100
    assert not set("".join(many)) & set("0o1li")
