"""A worker that dies and a broker that forgets everything delay comments, and lose none."""

from collections import Counter

from sqlalchemy import Connection, text

from moderation.demo.discussion import load_discussion
from tests.journeys.service import Service

SETTLED_WITHIN = 120.0
"""Seconds: the leases of two dead workers, 30 each, and some hundred comments taken one by one on a busy machine."""


def test_killing_the_worker_and_emptying_the_broker_delays_and_loses_nothing(service: Service) -> None:
    bodies = [comment.body for comment in load_discussion().comments]
    texts = {f"kept-{n}": f"{bodies[n % len(bodies)]} ({n})" for n in range(300)}
    ids = list(texts)
    _kill_in_the_middle_of_a_batch(service, {one: texts[one] for one in ids[:100]})
    for start in range(100, 300, 50):
        service.post({one: texts[one] for one in ids[start : start + 50]})
        service.empty_broker()
        if start == 200:
            _kill_workers(service)
    service.wait_until_heard(texts, SETTLED_WITHIN)
    heard = Counter((one.callback.data.comment_id, one.callback.data.version) for one in service.heard())
    for comment_id in texts:
        status = service.status(comment_id)
        assert status["state"] in {"published", "rejected", "held"}
        assert [heard[comment_id, version] for version in range(1, status["version"] + 1)] == [1]
        (told,) = [one.callback.data for one in service.heard_of(comment_id)]
        assert (told.state, told.version) == (status["state"], status["version"])
        assert (told.verdict is None) == (status["state"] == "held")


def _kill_in_the_middle_of_a_batch(service: Service, texts: dict[str, str]) -> None:
    """While this transaction holds the scores, a worker can claim and score, and not store what came of it."""
    with service.database() as connection:
        connection.execute(text("LOCK TABLE scores IN EXCLUSIVE MODE"))
        service.post(texts)
        service.wait_until(lambda: _claimed(connection) > 0, 20, "a worker has claimed some comments")
        _kill_workers(service)
        assert _claimed(connection) > 0


def _claimed(connection: Connection) -> int:
    claimed = connection.execute(text("SELECT count(*) FROM comments WHERE state = 'waiting' AND attempts > 0"))
    return int(claimed.scalar_one())


def _kill_workers(service: Service) -> None:
    service.wait_until(lambda: bool(service.processes("worker@%h")), 20, "a worker runs")
    for worker in service.processes("worker@%h"):
        worker.kill()
