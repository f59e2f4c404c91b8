"""Many events in one request: each with an outcome of its own."""

from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from moderation.store.schema import Comment
from moderation.web.webhook.payloads import MOST_EVENTS
from moderation.web.webhook.responses import BatchAnswer
from tests.moderation.web.webhook.sender import Sender, created, late, new_id


def _item(event: object, webhook_id: str | None = None) -> dict[str, Any]:
    return {"id": webhook_id or new_id(), "event": event}


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Comment)) or 0


def test_each_event_has_its_own_outcome_in_the_order_of_the_request(sender: Sender, engine: Engine) -> None:
    reused = new_id()
    answer = sender.batch(
        _item(created("b1"), reused),
        _item({"type": "comment.liked"}),
        _item(created("b2", body="")),
        "nothing",
        _item(created("b3"), "has.a.stop"),
        _item(created("b4"), reused),
        _item(late("comment.deleted", "b1")),
        _item(created("b5")),
    )
    assert answer.status_code == 200
    results = BatchAnswer.model_validate(answer.json).results
    assert [result.status for result in results] == [202, 422, 422, 422, 422, 409, 202, 202]
    document = answer.json
    assert document is not None
    assert document["results"][2]["problem"]["errors"][0]["pointer"] == "/events/2/event/data/body"
    assert document["results"][6]["answer"]["state"] == "deleted"
    assert _count(engine) == 2


def test_an_event_is_the_same_alone_and_in_a_batch(sender: Sender, engine: Engine) -> None:
    webhook_id = new_id()
    alone = sender.post(created(), webhook_id)
    answer = sender.batch(_item(created(), webhook_id), _item(created(body="অন্য"), webhook_id))
    assert answer.json is not None
    first, second = answer.json["results"]
    assert first["answer"] == alone.json
    assert second["problem"]["code"] == "webhook_id_reused"
    assert _count(engine) == 1


def test_a_full_batch_is_taken_and_one_event_more_is_refused_whole(sender: Sender, engine: Engine) -> None:
    items = [_item(created(f"n{n}")) for n in range(MOST_EVENTS)]
    taken = sender.batch(*items)
    assert taken.json is not None
    assert {result["status"] for result in taken.json["results"]} == {202}
    assert _count(engine) == MOST_EVENTS
    assert sender.batch(*items, _item(created("more"))).status_code == 422
    assert sender.batch().status_code == 422


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"events": {}}', b'{"events": [], "more": 1}'])
def test_what_is_no_batch_is_422(sender: Sender, body: bytes) -> None:
    assert sender.post_bytes(body, f"{sender.events}:batch").status_code == 422


def test_a_batch_above_four_megabytes_is_413_and_a_wrong_signature_401(sender: Sender) -> None:
    path = f"{sender.events}:batch"
    assert sender.post_bytes(b"[" + b" " * 4 * 1024 * 1024, path).status_code == 413
    assert sender.post_bytes(b"{}", path, sender.headers(b"[]")).status_code == 401
