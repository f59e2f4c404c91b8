"""Receivers of callbacks on loopback, honest and evil, and a certificate authority of our own."""

import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """An honest receiver on loopback: keeps what it got, answers as it is told."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Handler)
        self.got: list[Request] = []
        self.status = 200
        self.answer_headers: dict[str, str] = {}
        self.answer = b"ok"

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that hangs up is what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_port}/callback"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(Request(self.path, dict(self.headers.items()), body))
        self.send_response(self.server.status)
        for name, value in self.server.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing: the tests read what was kept."""


@contextmanager
def running(server: Receiver) -> Iterator[Receiver]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Evil:
    """Accepts connections on loopback, counts them, and does something unpleasant with each."""

    def __init__(self, behave: Callable[[socket.socket], None], host: str = "127.0.0.1", port: int = 0) -> None:
        self._behave = behave
        self._stopping = threading.Event()
        self._listener = socket.create_server((host, port))
        self._listener.settimeout(0.02)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{host}:{self.port}/"
        self.connects = 0

    def _accept(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                peer, _ = self._listener.accept()
                self.connects += 1
                thread = threading.Thread(target=self._serve, args=(peer,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, suppress(OSError):
            self._behave(peer)

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in list(self._threads):
            thread.join(timeout=5)
        self._listener.close()


def _read_request(peer: socket.socket) -> None:
    """All of it: a socket closed with something unread resets the connection instead of ending it."""
    with peer.makefile("rb") as stream:
        length = 0
        while line := stream.readline().strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        stream.read(length)


def never_answers(peer: socket.socket) -> None:
    while peer.recv(65_536):
        pass


def closes_at_once(peer: socket.socket) -> None:
    _read_request(peer)


def closes_in_the_headers(peer: socket.socket) -> None:
    _read_request(peer)
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def talks_nonsense(peer: socket.socket) -> None:
    _read_request(peer)
    peer.sendall(b"220 mail.example.org ESMTP\r\n")


def sends(*pieces: bytes, then: bytes, every: float) -> Callable[[socket.socket], None]:
    """First the pieces, then the same bytes again and again, until the other side hangs up."""

    def behave(peer: socket.socket) -> None:
        _read_request(peer)
        for piece in itertools.chain(pieces, itertools.repeat(then)):
            peer.sendall(piece)
            time.sleep(every)

    return behave


class Authority:
    """A certificate authority of our own, for the length of a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        certificate = self._sign(
            self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0), True
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self, *names: str, days: int = 1) -> ssl.SSLContext:
        """A server's context with a certificate for these names, valid for so many days from yesterday on."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(
            x509.Name([]), key.public_key(), x509.SubjectAlternativeName(list(map(_general_name, names))), days
        )
        file = self._folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        extension: x509.ExtensionType,
        days: int = 1,
    ) -> x509.Certificate:
        start = datetime.now(UTC) - timedelta(days=2)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=2 + days))
            .add_extension(extension, critical=True)
            .sign(self._key, hashes.SHA256())
        )


def _general_name(name: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(name))
    return x509.DNSName(name)


def over_https(receiver: Receiver, context: ssl.SSLContext) -> list[str | None]:
    """Make the receiver speak TLS; what it returns fills with the names that clients ask for."""
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True, do_handshake_on_connect=False)
    return asked
