"""A real Chromium before a real server. Without a browser these tests are skipped, loudly; under CI they fail."""

import threading
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from moderation.runtime import Runtime
from moderation.web.factory import create_app


class UnderWay:
    """Counts the requests that the application is answering, so that the end can wait for them.

    A page may ask for something just before its test ends; the server's threads are not joined, and a view that lost
    its database in the middle would leave a connection open.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._requests = 0
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._count(1)
        try:
            return self._app(environ, start_response)
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._requests += change
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._requests == 0, seconds)


@pytest.fixture
def address(runtime: Runtime) -> Iterator[str]:
    """Where the application answers while the test runs."""
    app = UnderWay(create_app(runtime))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    assert app.wait(30)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()
