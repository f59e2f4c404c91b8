import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.vault import Vault, VaultError

OLD = "an old key of at least thirty-two characters"
NEW = "a new key of at least thirty-two characters!"
VAULT = Vault([NEW])

# What a secret or an e-mail can be: any text that can be written as UTF-8.
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_what_is_encrypted_comes_back_and_does_not_show(text: str) -> None:
    encrypted = VAULT.encrypt(text)
    assert VAULT.decrypt(encrypted) == text
    assert encrypted != VAULT.encrypt(text)
    assert len(text) < 4 or text.encode() not in encrypted


def test_another_key_does_not_decrypt_and_the_error_says_what_to_do() -> None:
    with pytest.raises(VaultError, match="Add the former key after the present one"):
        Vault([OLD]).decrypt(VAULT.encrypt("whsec_x"))


@given(position=st.integers(0, 99), flip=st.integers(1, 255))
def test_a_changed_byte_is_noticed(position: int, flip: int) -> None:
    # Flipped beneath the base64: the last letter of that has bits without meaning.
    encrypted = bytearray(base64.urlsafe_b64decode(VAULT.encrypt("whsec_x")))
    encrypted[position % len(encrypted)] ^= flip
    with pytest.raises(VaultError):
        VAULT.decrypt(base64.urlsafe_b64encode(encrypted))


@pytest.mark.parametrize("encrypted", [b"", b"plain text", b"\x00" * 100, "é".encode()])
def test_what_was_never_encrypted_is_refused(encrypted: bytes) -> None:
    with pytest.raises(VaultError):
        VAULT.decrypt(encrypted)


def test_while_rotating_the_old_key_decrypts_and_the_new_one_encrypts() -> None:
    both = Vault([NEW, OLD])
    assert both.decrypt(Vault([OLD]).encrypt("whsec_x")) == "whsec_x"
    assert VAULT.decrypt(both.encrypt("whsec_y")) == "whsec_y"
    with pytest.raises(VaultError):
        Vault([OLD]).decrypt(both.encrypt("whsec_y"))


def test_keyed_digests_find_a_value_again_and_part_purposes_values_and_keys() -> None:
    digest = VAULT.keyed_digest("email", "reader@example.org")
    assert len(digest) == 32
    assert digest == Vault([NEW, OLD]).keyed_digest("email", "reader@example.org")
    others = {
        VAULT.keyed_digest("email", "reader@example.com"),
        VAULT.keyed_digest("address", "reader@example.org"),
        VAULT.keyed_digest("emailr", "eader@example.org"),
        VAULT.keyed_digest("", "emailreader@example.org"),
        Vault([OLD]).keyed_digest("email", "reader@example.org"),
        VAULT.token_digest("reader@example.org"),
    }
    assert len(others) == 6
    assert digest not in others


def test_a_token_digest_is_the_plain_sha_256() -> None:
    assert VAULT.token_digest("token") == hashlib.sha256(b"token").digest()


def test_no_key_and_a_short_key_are_refused_with_the_command_that_makes_one() -> None:
    for keys in ([], [""], ["short"], [NEW, "x" * 31]):
        with pytest.raises(VaultError, match="token_urlsafe") as refused:
            Vault(keys)
        assert "short" not in str(refused.value)


def test_a_vault_does_not_show_its_keys() -> None:
    assert NEW not in repr(VAULT)
    assert NEW not in str(vars(VAULT))
