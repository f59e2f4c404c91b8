"""Builds the Flask application out of its parts: blueprints, limits, errors, and headers for every answer."""

import re
import uuid
from typing import Final

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation import logs
from moderation.runtime import Runtime
from moderation.web import errors, openapi, webhook
from moderation.web.current import EXTENSION
from moderation.web.dashboard import dashboard
from moderation.web.health import health

LARGEST_FORM: Final = 256 * 1024
"""Bytes of a body where the route sets no limit of its own."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def create_app(runtime: Runtime) -> Flask:
    """The WSGI application around a runtime; nothing is connected yet."""
    app = Flask("moderation.web", static_url_path="/reference")
    app.extensions[EXTENSION] = runtime
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        TRUSTED_HOSTS=list(runtime.settings.trusted_hosts) or None,
    )
    app.url_map.merge_slashes = False
    _believe_proxies(app, runtime.settings.trusted_proxies)
    app.before_request(_name_request)
    app.after_request(_add_headers)
    app.teardown_request(_forget_request)
    errors.install(app)
    webhook.install(app, runtime)
    app.register_blueprint(openapi.reference)
    app.register_blueprint(health)
    app.register_blueprint(dashboard)
    return app


def _believe_proxies(app: Flask, count: int) -> None:
    """The client's address is what the outermost of our own proxies saw; what a client itself wrote before is not read.

    Scheme and host are not taken from headers: ALOCHONA_BASE_URL says them, and a proxy passes Host on.
    """
    if count:
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=0, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # the way that Flask documents


def _name_request() -> None:
    """Every line that is logged for this request carries its id; a proxy in front may have given one."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    logs.unbind()
    logs.bind(request_id=g.request_id)


def _forget_request(_error: BaseException | None) -> None:
    """What this thread does next is not this request's."""
    logs.unbind()


def _add_headers(response: Response) -> Response:
    # Headers.setdefault goes through all headers each time, which showed in the ingest benchmark.
    present = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - a list of pairs, not a dict
    for name, value in HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    if "cache-control" not in present and not (request.endpoint or "").endswith("static"):
        response.headers.add("Cache-Control", "no-store")
    if "request_id" in g:
        response.headers.add("X-Request-Id", g.request_id)
    return response
