"""The webhook's blueprint, and the form of an id in a path: a site's own id may hold slashes, dots, anything."""

from typing import Final

from flask import Blueprint
from werkzeug.routing import BaseConverter

webhook: Final = Blueprint("webhook", __name__, url_prefix="/v1/sites/<site>")


class AnyIdConverter(BaseConverter):
    """The rest of the path, decoded, whatever it holds."""

    regex = r"[\s\S]+"
    part_isolating = False
