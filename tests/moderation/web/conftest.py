"""The web application on the test's own database, and sites that enrol through the product's step and sign."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.domain.vocabulary import Mode
from moderation.runtime import Runtime
from moderation.steps import enrolling
from moderation.store.unit_of_work import Work
from moderation.web.factory import create_app
from tests.moderation.web.webhook.sender import Sender


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sender(client: FlaskClient, work: Work, runtime: Runtime) -> Sender:
    """The site ``khobor``, which sends webhooks and asks with its key."""
    return Sender(client, enrol(work, runtime, "khobor"))


@pytest.fixture
def other(client: FlaskClient, work: Work, runtime: Runtime) -> Sender:
    return Sender(client, enrol(work, runtime, "other"))


def enrol(work: Work, runtime: Runtime, slug: str) -> enrolling.EnrolledSite:
    return enrolling.enrol_site(
        work,
        runtime.vault,
        slug=slug,
        name=slug.title(),
        url=f"https://{slug}.example",
        now=runtime.now(),
        mode=Mode.PUBLISH_FIRST,
    )
