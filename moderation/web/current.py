"""The runtime of the application that answers the current request."""

from typing import Final

from flask import current_app

from moderation.runtime import Runtime

EXTENSION: Final = "runtime"


def runtime() -> Runtime:
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Runtime)  # noqa: S101 - what the factory put there
    return found
