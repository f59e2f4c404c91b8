"""Sockets with one deadline for everything that is said on them, plain or over TLS.

A timeout on a socket bounds each single wait; a peer that sends one byte a second never runs into it. Here each wait is
bounded by what is left until the deadline, a moment of ``time.monotonic()``.
"""

import os
import socket
import ssl
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from typing_extensions import Buffer


def seconds_left(deadline: float) -> float:
    """Raises TimeoutError when nothing is left: a socket takes a timeout of 0 for "do not wait at all"."""
    left = deadline - time.monotonic()
    if left <= 0.0:
        raise TimeoutError("the deadline has passed")
    return left


class DeadlineSocket(socket.socket):
    """A plain socket; ``deadline`` must be set before anything is sent or read. ``ended`` once the peer has hung up."""

    deadline: float = 0.0
    ended: bool = False

    def __exit__(self, *_: object) -> None:
        # close() waits for the files made of the socket, and a response that broke off may still hold one.
        descriptor = self.detach()
        if descriptor >= 0:
            os.close(descriptor)

    def recv_into(self, buffer: Buffer, *sizes: int) -> int:
        self.settimeout(seconds_left(self.deadline))
        received = super().recv_into(buffer, *sizes)
        self.ended = received == 0
        return received

    def send(self, data: Buffer, *flags: int) -> int:
        self.settimeout(seconds_left(self.deadline))
        return super().send(data, *flags)

    def sendall(self, data: Buffer, *flags: int) -> None:
        self.settimeout(seconds_left(self.deadline))
        super().sendall(data, *flags)


class DeadlineTLSSocket(DeadlineSocket, ssl.SSLSocket):  # type: ignore[misc] # sizes are handed on as they come
    """The same over TLS; made by ``tls_context`` alone."""


def connect(addresses: Sequence[str], port: int, deadline: float) -> DeadlineSocket:
    """Connect to the first of these addresses that answers; names are not looked up. Raises the last one's OSError."""
    failure = OSError("there is no address to connect to")
    for tried, address in enumerate(addresses):
        try:
            return _connect(address, port, deadline, seconds_left(deadline) / (len(addresses) - tried))
        except OSError as error:
            failure = error
    raise failure


def _connect(address: str, port: int, deadline: float, timeout: float) -> DeadlineSocket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = DeadlineSocket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect((address, port))
        # Head and body are sent in two pieces; the second must not wait for the first to be acknowledged.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    connection.deadline = deadline
    return connection


@cache
def tls_context(authorities: Path | None) -> ssl.SSLContext:
    """Trust in the system's certificate authorities, and in those of a PEM file besides; host names are checked.

    Read once in a process, since reading the system's hundreds of certificates takes some 50 ms.
    """
    context = ssl.create_default_context()
    if authorities is not None:
        context.load_verify_locations(authorities)
    context.sslsocket_class = DeadlineTLSSocket
    return context


def over_tls(plain: DeadlineSocket, context: ssl.SSLContext, host: str) -> DeadlineTLSSocket:
    """Shake hands with a peer that must prove to be ``host``. The plain socket is used up, whatever comes of it."""
    deadline = plain.deadline
    plain.settimeout(seconds_left(deadline))
    secured = context.wrap_socket(plain, server_hostname=host)
    if not isinstance(secured, DeadlineTLSSocket):
        secured.close()
        raise TypeError("the context comes from tls_context")
    secured.deadline = deadline
    return secured
