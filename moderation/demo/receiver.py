"""The demo site's receiver as a process: it hears signed callbacks, prints each in one line and shows them at `/`.

python -m moderation.demo.receiver --port 8001 --secret-file FILE --log FILE
"""

import contextlib
import signal
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

import click

from moderation.demo.callbacks import Verifier
from moderation.demo.demo_site import CALLBACK_PATH, DemoSite
from moderation.demo.discussion import load_discussion
from moderation.demo.memory import Memory
from moderation.demo.page import Page
from moderation.demo.refusal import Refusal

READ_SECONDS = 10


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is no news; anything else is shown, and the next request is served."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class QuietHandler(WSGIRequestHandler):
    timeout = READ_SECONDS

    def log_message(self, *_: object) -> None:
        """The site prints its own lines."""


def serve(host: str, port: int, app: WSGIApplication) -> Server:
    """Binds at once and serves when told; port 0 takes a free one. Raises OSError where it cannot listen."""
    try:
        server = Server((host, port), QuietHandler)
    except OSError as error:
        advice = "end what uses it, or choose another --port"
        raise OSError(f"{host}:{port} cannot be listened on ({error.strerror}); {advice}") from error
    server.set_app(app)
    return server


def _print(message: str) -> None:
    """A terminal that is gone or cannot show the text must not cost a callback."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(message)


def _build(secret_file: Path, log: Path) -> DemoSite:
    try:
        verifier = Verifier(secret_file.read_text(encoding="utf-8").strip())
    except ValueError as error:
        raise ValueError(f"{secret_file} holds no callback secret (whsec_ followed by base64): {error}") from error
    return DemoSite(verifier, Memory(log), Page(load_discussion()), _print)


def _run(server: Server, site: DemoSite) -> None:
    """Serves until SIGTERM or SIGINT. No callback is taken, and nothing printed, once the site is closed."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    host, port = server.server_address[:2]
    _print(f"The demo receiver listens on http://{host!s}:{port}/ (callbacks: {CALLBACK_PATH})")
    stop.wait()
    server.shutdown()
    thread.join()
    site.close()
    server.server_close()


@click.command()
@click.option("--port", required=True, type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--secret-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the callback secret (whsec_…).",
)
@click.option(
    "--log",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where callbacks are kept, one JSON line each; read again at the next start.",
)
def main(port: int, host: str, secret_file: Path, log: Path) -> None:
    """Receive signed callbacks as a news site would, and show them on a page."""
    try:
        site = _build(secret_file, log)
        server = serve(host, port, site)
    except (ValueError, OSError) as error:
        raise Refusal(f"The demo receiver cannot start: {error}") from error
    _run(server, site)


if __name__ == "__main__":
    main()
