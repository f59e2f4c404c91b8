"""What a private server that cannot start is told as."""

from typing import ClassVar

from moderation.domain.errors import ModerationError


class EmbeddedServerError(ModerationError):
    """A private server did not start; the message tells why and what to do."""

    code: ClassVar[str] = "embedded_server"
