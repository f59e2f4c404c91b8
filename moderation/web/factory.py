"""Builds the Flask application out of its parts: blueprints, limits, errors, and headers for every answer."""

import re
import uuid
from typing import Final

import structlog
from flask import Flask, Response, g, request

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
    app.before_request(_name_request)
    app.after_request(_add_headers)
    errors.install(app)
    webhook.install(app, runtime)
    app.register_blueprint(openapi.reference)
    app.register_blueprint(health)
    app.register_blueprint(dashboard)
    return app


def _name_request() -> None:
    """Every line that is logged for this request carries its id; a proxy in front may have given one."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint is None or not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response
