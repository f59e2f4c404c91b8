"""The addresses of the application, for guards that ask for each of them."""

import re
from collections.abc import Mapping
from typing import Final

from moderation.runtime import build_runtime
from moderation.settings import Settings
from moderation.web.factory import create_app

UNASKED: Final = {"HEAD", "OPTIONS"}
"""Flask adds these by itself: HEAD asks as GET does, OPTIONS runs no view."""


def all_routes() -> list[tuple[str, str, str]]:
    """Every route as (method, endpoint, rule), in order; nothing is connected to."""
    settings = Settings("postgresql+psycopg://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1/0", ("k" * 32,))
    return sorted(
        (method, rule.endpoint, rule.rule)
        for rule in create_app(build_runtime(settings)).url_map.iter_rules()
        for method in (rule.methods or set()) - UNASKED
    )


def filled(rule: str, values: Mapping[str, str]) -> str:
    """An address out of a rule: each place filled with the value of its name."""
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: values[found[1]], rule)
