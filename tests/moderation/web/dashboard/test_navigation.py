"""The bar leads everybody to what they may open, and to nothing else."""

import pytest
from flask import Flask

from moderation.domain.permission import permissions_of
from moderation.domain.vocabulary import Role
from moderation.runtime import Runtime
from moderation.web.dashboard.navigation import GROUPS, groups_for
from moderation.web.factory import create_app


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


def test_every_entry_is_a_page_that_needs_no_further_words(app: Flask) -> None:
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for group in GROUPS:
        for entry in group.entries:
            assert "GET" in (rules[entry.endpoint].methods or set())
            assert not rules[entry.endpoint].arguments
            assert all(endpoint in rules for endpoint in entry.within)


def test_a_viewer_is_led_to_less_than_an_administrator() -> None:
    def endpoints(role: Role) -> set[str]:
        return {entry.endpoint for group in groups_for(permissions_of(role)) for entry in group.entries}

    assert endpoints(Role.VIEWER) < endpoints(Role.MODERATOR) | endpoints(Role.ADMINISTRATOR)
    assert endpoints(Role.ADMINISTRATOR) == {entry.endpoint for group in GROUPS for entry in group.entries}


def test_a_group_without_a_page_for_the_visitor_is_left_out() -> None:
    assert all(group.entries for group in groups_for(permissions_of(Role.VIEWER)))
