"""The small world every test stands in: real PostgreSQL and a real broker, a database of its own for each test."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlalchemy import Engine

from moderation import passwords
from moderation.domain.jobs import Job
from moderation.embedded import ServerUrls, embedded_servers
from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings
from moderation.store.unit_of_work import Work, work_on
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium
from tests.databases import Databases
from tests.factories import World

SECRET_KEY = "a-secret-key-for-tests-only-0123456789"
hypothesis.settings.register_profile("no clock", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("no clock")
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum": "off",
}


_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 at its least cost: at the shipped cost a third of each dashboard test would be spent on logging in."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One in each process: a second beside it refuses to start."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium, one in each process. Without one the tests that ask for it are skipped; under CI they fail."""
    path = find_chromium(playwright)
    if path is None and os.environ.get("CI"):
        pytest.fail(HOW_TO_GET_ONE)
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    launched = playwright.chromium.launch(executable_path=path, args=_CHROMIUM_FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def servers() -> Iterator[ServerUrls]:
    """PostgreSQL and a Redis-protocol server, started once for the session."""
    with (
        tempfile.TemporaryDirectory(prefix="alochona-tests-") as folder,
        embedded_servers(Path(folder), postgres_settings=_FAST) as urls,
    ):
        yield urls


@pytest.fixture(scope="session")
def databases(servers: ServerUrls) -> Databases:
    return Databases(servers.database_url)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database without a row, for one test alone."""
    url = databases.take()
    yield url
    databases.give_back(url)


@pytest.fixture
def settings(servers: ServerUrls, database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url=servers.redis_url,
        secret_keys=(SECRET_KEY,),
        var=tmp_path,
        callback_allow="127.0.0.1/32",
        base_url="http://localhost",
    )


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    built = build_runtime(settings)
    yield built
    built.draughtsman.close()
    built.engine.dispose()
    built.celery.close()


@pytest.fixture
def engine(runtime: Runtime) -> Engine:
    return runtime.engine


@pytest.fixture
def announced() -> list[Job]:
    """The jobs that units of work announced, in order."""
    return []


@pytest.fixture
def work(engine: Engine, announced: list[Job]) -> Work:
    return work_on(engine, announced.append)


@pytest.fixture
def world(runtime: Runtime, work: Work) -> World:
    return World(runtime, work)
