"""PostgreSQL restarts in the middle: the next request at the latest works again, and what was answered 202 is there."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, text, update
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from classifiers import Scored
from moderation import runtime as composition
from moderation.domain.vocabulary import Mode, State
from moderation.runtime import Runtime, make_engine
from moderation.steps import enrolling, scoring
from moderation.store.failures import PASSING_FAILURES
from moderation.store.schema import Comment
from moderation.web.factory import create_app
from tests.factories import NOW, World
from tests.fakes import FixedLive, ScoresByWord
from tests.moderation.web.webhook.sender import Sender, created, new_id

_CUT = text("""
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
""")


def cut_connections(database_url: str) -> int:
    """Ends every connection to the database, as a restart does; returns how many there were."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.scalar(_CUT) or 0


@pytest.fixture
def sender(runtime: Runtime) -> Sender:
    site = enrolling.enrol_site(
        runtime.work,
        runtime.vault,
        slug="khobor",
        name="Khobor",
        url="https://khobor.example",
        now=runtime.now(),
        mode=Mode.PUBLISH_FIRST,
    )
    return Sender(create_app(runtime).test_client(), site)


def _fill_pool(runtime: Runtime, connections: int = 5) -> None:
    opened = [runtime.engine.connect() for _ in range(connections)]
    for connection in opened:
        connection.close()


def _is_passing(answer: TestResponse) -> bool:
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def test_after_a_cut_one_request_at_most_is_asked_to_come_again_and_no_accepted_comment_is_lost(
    runtime: Runtime, sender: Sender, database_url: str
) -> None:
    accepted = ["before"]
    assert sender.post(created("before")).status_code == 202
    for n in range(5):
        _fill_pool(runtime)
        assert cut_connections(database_url) >= 5
        webhook_id = new_id()
        first = sender.post(created(f"c{n}"), webhook_id)
        again = sender.post(created(f"c{n}"), webhook_id)
        assert first.status_code == 202 or _is_passing(first)
        assert again.status_code == 202
        accepted.append(f"c{n}")
    assert [sender.comment(comment_id).status_code for comment_id in accepted] == [200] * len(accepted)


def test_connections_that_lay_idle_while_the_server_restarted_fail_no_request(
    runtime: Runtime, sender: Sender, database_url: str
) -> None:
    _fill_pool(runtime)
    cut_connections(database_url)
    time.sleep(composition._TRUSTED_FOR + 0.1)
    assert sender.post(created("c1")).status_code == 202


def test_reading_and_readiness_come_back_too(sender: Sender, database_url: str) -> None:
    for path in ("/ready", f"/v1/sites/{sender.site.slug}/decisions"):
        headers = {"Authorization": f"Bearer {sender.site.api_key}"}
        assert sender.client.get(path, headers=headers).status_code == 200
        cut_connections(database_url)
        first = sender.client.get(path, headers=headers)
        assert first.status_code in {200, 503}
        assert sender.client.get(path, headers=headers).status_code == 200


@dataclass(frozen=True)
class CutsWhileScoring:
    """A bundle during whose work the database restarts."""

    inner: ScoresByWord
    database_url: str

    @property
    def name(self) -> str:
        return self.inner.name

    def score(self, texts: Sequence[str]) -> list[Scored]:
        cut_connections(self.database_url)
        return self.inner.score(texts)


@dataclass(frozen=True)
class CutLive:
    bundle_id: int
    bundle: CutsWhileScoring

    def current(self) -> "CutLive":
        return self


def test_a_worker_that_loses_the_database_between_claim_and_record_scores_the_comment_later(
    world: World, runtime: Runtime, database_url: str
) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    calm = FixedLive.registered(runtime.work, ScoresByWord({}))
    live = CutLive(calm.bundle_id, CutsWhileScoring(calm.bundle, database_url))
    try:
        scoring.score_comments(runtime.work, live.current, now=lambda: NOW)
    except PASSING_FAILURES:
        assert world.status(site_id).state is State.WAITING
    with runtime.work() as unit:
        unit.connection.execute(update(Comment).values(lease_until=NOW - timedelta(days=400)))
    scoring.score_singly(runtime.work, calm.current, now=lambda: NOW)
    assert world.status(site_id).state is State.PUBLISHED


def _make_a_table_and_lose_the_server(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE half (id int)"))
        cut_connections(database_url)
        connection.execute(text("INSERT INTO half VALUES (1)"))


def test_a_transaction_that_is_cut_leaves_nothing_and_the_next_one_commits(database_url: str) -> None:
    engine = make_engine(database_url)
    with pytest.raises(PASSING_FAILURES):
        _make_a_table_and_lose_the_server(engine, database_url)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT to_regclass('half')")) is None
    engine.dispose()
