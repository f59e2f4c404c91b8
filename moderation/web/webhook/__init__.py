"""Where sites send their comments and ask for what became of them: version 1 of the webhook."""

from flask import Flask

from moderation.runtime import Runtime
from moderation.web.webhook import batches, comments, decisions, doorway, receiving_one
from moderation.web.webhook.blueprint import AnyIdConverter, webhook

__all__ = ["batches", "comments", "decisions", "install", "receiving_one"]


def install(app: Flask, runtime: Runtime) -> None:
    """Registers the routes and what each process keeps for them."""
    app.url_map.converters["any_id"] = AnyIdConverter
    doorway.install(app, runtime)
    app.register_blueprint(webhook)
