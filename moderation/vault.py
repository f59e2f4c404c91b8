"""Keeps secrets at rest: webhook and callback secrets encrypted, e-mails and addresses as keyed digests.

All keys are derived from ALOCHONA_SECRET_KEY, which lives outside the database: whoever gets the tables alone can
neither sign as a site nor find out by trying which reader stands behind a digest.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_KEY: Final = 32

_HOW_TO_MAKE_A_KEY: Final = "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


class VaultError(Exception):
    """A key is missing or unfit, or something was encrypted with another key; the message says what to do."""


class Vault:
    """Encrypts and digests under the first of its keys, and decrypts under any of them.

    To rotate, put a new key in front of the old one, and take the old one away when nothing is encrypted with it any
    more. Digests are made with the first key only: those made before a rotation no longer match, which unlinks what is
    known about a reader.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise VaultError(f"ALOCHONA_SECRET_KEY is not set. {_HOW_TO_MAKE_A_KEY}")
        if any(len(key) < SHORTEST_KEY for key in keys):
            raise VaultError(f"A key in ALOCHONA_SECRET_KEY has under {SHORTEST_KEY} characters. {_HOW_TO_MAKE_A_KEY}")
        derived = [base64.urlsafe_b64encode(_derive(key, b"alochona encryption 1")) for key in keys]
        self._fernet = MultiFernet([Fernet(key) for key in derived])
        self._digest_key = _derive(keys[0], b"alochona digests 1")

    def encrypt(self, text: str) -> bytes:
        """Different bytes at every call, also for the same text."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, encrypted: bytes) -> str:
        """The text; VaultError where it was encrypted with none of the keys, or has been changed since."""
        try:
            return self._fernet.decrypt(encrypted).decode()
        except InvalidToken as error:
            message = (
                "A stored secret cannot be decrypted: it was made with another ALOCHONA_SECRET_KEY, or is damaged. "
                "Add the former key after the present one, with a comma between. If it is lost, make new secrets for "
                "the site: python -m moderation secrets rotate."
            )
            raise VaultError(message) from error

    def keyed_digest(self, purpose: str, value: str) -> bytes:
        """32 bytes by which to find a value again, for what can be guessed: e-mails, network addresses.

        HMAC-SHA256. The same value under another purpose gives another digest.
        """
        named = purpose.encode()
        return hmac.digest(self._digest_key, len(named).to_bytes(4) + named + value.encode(), "sha256")

    @staticmethod
    def token_digest(token: str) -> bytes:
        """32 bytes by which to find a random token again (API key, session); it needs no key: nobody can guess it."""
        return hashlib.sha256(token.encode()).digest()


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
