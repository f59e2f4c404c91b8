"""Sends one mail over SMTP, and says of a failure whether trying again can help.

Encryption is never given up on the way: where the settings ask for it and the server does not offer it, or shows a
certificate that is not valid, nothing is sent.
"""

import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from moderation.settings import Smtp

TIMEOUT: Final = 10.0
"""Seconds for each answer of the server."""


class MailFailure(Exception):  # noqa: N818 - named after what happened
    """One attempt that failed: a stable ``reason_code``, and whether trying again can help.

    ``server`` tells that the mail server itself is the trouble, so that other mails would fare no better now.
    """

    def __init__(self, reason_code: str, *, temporary: bool = True, server: bool = True) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code
        self.temporary = temporary
        self.server = server


class MailClient:
    """Sends mails as the settings say. It keeps no connection and no state, so that threads may share it.

    ``authorities`` is a PEM file of certificate authorities to trust besides the system's.
    """

    def __init__(self, smtp: Smtp, *, authorities: Path | None = None, timeout: float = TIMEOUT) -> None:
        self._smtp = smtp
        self._authorities = authorities
        self._timeout = timeout

    @property
    def sender(self) -> str:
        return self._smtp.sender

    @property
    def domain(self) -> str:
        """What message ids end in."""
        return self._smtp.greets_as

    def send(self, message: EmailMessage) -> None:
        """Make one attempt. Raises MailFailure unless the server took the mail over."""
        try:
            with self._connected() as server:
                self._secure(server)
                server.send_message(message)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise _failure(error) from error

    def _connected(self) -> smtplib.SMTP:
        smtp = self._smtp
        if smtp.security == "tls":
            return smtplib.SMTP_SSL(smtp.host, smtp.port, smtp.greets_as, timeout=self._timeout, context=self._tls())
        return smtplib.SMTP(smtp.host, smtp.port, smtp.greets_as, timeout=self._timeout)

    def _secure(self, server: smtplib.SMTP) -> None:
        if self._smtp.security == "starttls":
            server.starttls(context=self._tls())
        if self._smtp.user:
            server.login(self._smtp.user, self._smtp.password)

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._authorities is not None:
            context.load_verify_locations(self._authorities)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def address(written: str) -> Address:
    """An address for a header. Raises MailFailure where it is none: what would break a header never gets into one."""
    try:
        return Address(addr_spec=written)
    except (ValueError, IndexError, MessageError) as error:
        raise _of_address() from error


def _failure(error: Exception) -> MailFailure:
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "mail_unreachable")
    match error:
        case smtplib.SMTPRecipientsRefused():
            answers = [answer for answer, _ in error.recipients.values()]
            return _of_address() if max(answers, default=0) >= _FOR_GOOD else MailFailure("mail_busy", server=False)
        case smtplib.SMTPNotSupportedError() if "STARTTLS" not in str(error):
            return _of_address()
        case UnicodeError():
            return _of_address()
        case smtplib.SMTPResponseException() if code == "mail_refused" and error.smtp_code < _FOR_GOOD:
            return MailFailure("mail_busy")
        case smtplib.SMTPServerDisconnected() if isinstance(error.__context__, TimeoutError):
            return MailFailure("mail_timed_out")
        case _:
            return MailFailure(code)


_FOR_GOOD: Final = 500
"""From this code on a mail server means it for good (RFC 5321, 4.2.1)."""
_CODES: Final = (
    (smtplib.SMTPAuthenticationError, "mail_login_refused"),
    (smtplib.SMTPNotSupportedError, "mail_not_secure"),
    (smtplib.SMTPResponseException, "mail_refused"),
    (ssl.SSLCertVerificationError, "mail_bad_certificate"),
    (ssl.SSLError, "mail_not_secure"),
    (TimeoutError, "mail_timed_out"),
)
"""The first kind that fits names the failure; smtplib's and ssl's are kinds of OSError all."""


def _of_address() -> MailFailure:
    return MailFailure("mail_address_refused", temporary=False, server=False)
