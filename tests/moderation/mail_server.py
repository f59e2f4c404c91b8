"""A real mail server on loopback that keeps what it is given, and can be told to refuse."""

import ssl
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from moderation.settings import Smtp

USER, PASSWORD = "desk", "only-for-tests"


@dataclass
class Mailbox:
    """``refuses`` maps a command (RCPT, DATA) to the answer that it gets in place of a yes."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    secured: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if "RCPT" not in self.refuses:
            envelope.rcpt_tos.append(address)
        return self.refuses.get("RCPT", "250 OK")

    async def handle_DATA(  # noqa: N802 - as above
        self, _server: Any, session: Any, envelope: Any
    ) -> str:
        if "DATA" not in self.refuses:
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.got.append(message)
            self.secured.append(session.ssl is not None)
        return self.refuses.get("DATA", "250 OK")

    def smtp(self, **changed: Any) -> Smtp:
        values: dict[str, Any] = {"security": "none", "sender": "desk@khobor.example", **changed}
        return Smtp("localhost" if values["security"] != "none" else "127.0.0.1", self.port, **values)


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right)


class _Loopback(Controller):
    """On a port that the system chose: it is known by the time the controller looks whether the server answers."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(context: ssl.SSLContext | None = None, *, from_the_start: bool = False) -> Iterator[Mailbox]:
    """With a context it offers STARTTLS and takes a password after it; ``from_the_start`` speaks TLS alone."""
    box = Mailbox()
    options: dict[str, Any] = {"ssl_context": context} if from_the_start else {}
    if context is not None and not from_the_start:
        options = {"tls_context": context, "require_starttls": True, "auth_required": True}
        options["authenticator"] = _authenticate
    controller = _Loopback(box, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()
