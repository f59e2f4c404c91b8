"""One signed event through the real door into a real database."""

import contextlib
import json
import threading

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from moderation.runtime import Runtime
from moderation.store.schema import Author, Comment, InboxEntry, Revision
from moderation.web.webhook.receiving_one import LARGEST_EVENT
from tests.factories import World
from tests.moderation.web.webhook.sender import LATE, WHEN, Sender, created, late, new_id


def _count(engine: Engine, table: type[Comment | InboxEntry]) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_an_event_is_answered_202_with_our_id_and_a_status_address_once_it_is_stored(
    sender: Sender, engine: Engine
) -> None:
    answer = sender.post(created("c/1 ?"))
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.json["comment_id"] == "c/1 ?"
    assert answer.json["state"] == "waiting"
    assert answer.json["status_url"] == "http://localhost/v1/sites/khobor/comments/c%2F1%20%3F"
    with engine.connect() as connection:
        assert str(connection.scalar(select(Comment.public_id))) == answer.json["id"]


def test_the_same_webhook_id_again_gets_the_same_answer_and_no_second_row(sender: Sender, engine: Engine) -> None:
    webhook_id = new_id()
    first, second = (sender.post(created(), webhook_id) for _ in range(2))
    assert first.json == second.json
    assert second.status_code == 202
    assert _count(engine, Comment) == _count(engine, InboxEntry) == 1


def test_fifty_equal_requests_at_once_store_one_comment(sender: Sender, app: Flask, engine: Engine) -> None:
    webhook_id = new_id()
    body = json.dumps(created()).encode()
    headers = sender.headers(body, webhook_id=webhook_id)
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        answer = app.test_client().post(sender.events, data=body, headers=headers)
        answers.append((answer.status_code, answer.data))

    for _ in range(5):
        _run([threading.Thread(target=send) for _ in range(10)])
    assert len(answers) == 50
    assert set(answers) == {(202, answers[0][1])}
    assert _count(engine, Comment) == 1


def test_the_same_webhook_id_with_another_body_is_a_conflict(sender: Sender) -> None:
    webhook_id = new_id()
    sender.post(created(), webhook_id)
    answer = sender.post(created(body="অন্য কথা"), webhook_id)
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "webhook_id_reused"


def test_a_known_comment_under_a_new_webhook_id_is_the_same_comment_unless_its_text_differs(sender: Sender) -> None:
    first = sender.post(created())
    again = sender.post(created())
    other = sender.post(created(body="অন্য কথা"))
    assert first.json is not None
    assert again.json is not None
    assert other.json is not None
    assert (again.status_code, again.json["id"]) == (202, first.json["id"])
    assert (other.status_code, other.json["code"]) == (409, "comment_differs")


@pytest.mark.parametrize("kind", sorted(LATE))
def test_an_event_about_a_stored_comment_is_taken(sender: Sender, kind: str) -> None:
    sender.post(created())
    answer = sender.post(late(kind))
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.json["id"] is not None


@pytest.mark.parametrize("kind", sorted(LATE))
def test_an_event_before_its_comment_is_kept_and_told_so(sender: Sender, kind: str) -> None:
    answer = sender.post(late(kind))
    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["id"], answer.json["state"]) == (None, None)
    assert sender.post(created()).status_code == 202


def test_an_import_is_marked_historical_and_never_waits(sender: Sender, engine: Engine) -> None:
    answer = sender.post({**created(), "historical": True})
    assert answer.json is not None
    assert answer.json["state"] == "published"
    with engine.connect() as connection:
        assert connection.scalar(select(Comment.historical)) is True


def test_email_and_address_are_stored_as_digests_that_ignore_case_and_spelling(
    sender: Sender, engine: Engine, runtime: Runtime
) -> None:
    author = {"id": "a9", "name": "র", "email": " RAHIM@example.COM ", "ip": "2001:0DB8::0001"}
    assert sender.post(created(author=author)).status_code == 202
    with engine.connect() as connection:
        row = connection.execute(select(Author)).one()
    assert row.email_hmac == runtime.vault.keyed_digest("email", "rahim@example.com")
    assert row.ip_hmac == runtime.vault.keyed_digest("ip", "2001:db8::1")


def test_the_nul_character_is_refused_in_ids_and_replaced_in_text(sender: Sender, engine: Engine) -> None:
    refused = sender.post(created("c\0"))
    assert refused.json is not None
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/data/id")
    assert sender.post(created(body="আগে\0পরে")).status_code == 202
    with engine.connect() as connection:
        assert connection.scalar(select(Revision.text)) == "আগে\ufffdপরে"


@pytest.mark.parametrize(
    ("event", "pointer", "code"),
    [
        ({**created(), "extra": 1}, "/extra", "unknown_field"),
        (created(state="approved"), "/data/state", "unknown_field"),
        (created(author={"id": "a", "name": "n", "role": "admin"}), "/data/author/role", "unknown_field"),
        (created(story={"id": "s", "url": "javascript:alert(1)", "title": "t"}), "/data/story/url", "wrong_form"),
        (created(author={"id": "a", "name": "n", "ip": "300.1.1.1"}), "/data/author/ip", "invalid_ip"),
        (created(body=""), "/data/body", "too_short"),
        (created(body=5), "/data/body", "wrong_type"),
        (created(body="x" * 65_537), "/data/body", "too_long"),
        (created(created_at=1_764_000_000), "/data/created_at", "invalid_time"),
        (created(created_at="2026-11-24T10:15:00"), "/data/created_at", "invalid_time"),
        (created(created_at="0001-01-01T00:00:00+14:00"), "/data/created_at", "time_out_of_range"),
        (created(format="markdown"), "/data/format", "unknown_value"),
        (created(language="বাংলা"), "/data/language", "wrong_form"),
        ({**created(), "historical": "yes"}, "/historical", "wrong_type"),
        ({"type": "comment.created", "timestamp": WHEN}, "/data", "missing"),
        (late("comment.moderated", verdict="approve"), "/data", "labels_of_approved"),
        (late("comment.moderated", labels=["rude"]), "/data/labels/0", "unknown_value"),
        (late("comment.edited", revision=2**31), "/data/revision", "wrong_type"),
    ],
)
def test_a_wrong_field_is_refused_with_a_pointer_and_stores_nothing(
    sender: Sender, engine: Engine, event: object, pointer: str, code: str
) -> None:
    answer = sender.post(event)
    assert answer.status_code == 422
    assert answer.json is not None
    assert (answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]) == (pointer, code)
    assert _count(engine, InboxEntry) == 0


@pytest.mark.parametrize("event", [{"type": "comment.liked"}, {}, {"type": None}, {"type": ["comment.created"]}])
def test_an_unknown_type_is_told_as_such(sender: Sender, event: object) -> None:
    answer = sender.post(event)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "unknown_type")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b'{"type": "\\ud800"}', b"\xef\xbb\xbf{}", b"{} {}"],
    ids=["empty", "cut", "not-utf8", "deep", "nan", "surrogate", "bom", "two"],
)
def test_what_is_not_json_is_400_once_the_signature_fits(sender: Sender, body: bytes) -> None:
    # What is no UTF-8 can be signed by hand only: the library signs text.
    if body == b"\xff\xfe":
        assert sender.post_bytes(body, headers=sender.headers(b"x")).status_code == 401
        return
    answer = sender.post_bytes(body)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (400, "not_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"comment.created"'])
def test_json_that_is_no_object_is_refused(sender: Sender, body: bytes) -> None:
    assert sender.post_bytes(body).status_code == 422


def test_a_body_of_just_the_limit_is_read_and_one_byte_more_is_413(sender: Sender) -> None:
    fits = json.dumps(created()).encode().ljust(LARGEST_EVENT)
    assert sender.post_bytes(fits).status_code == 202
    answer = sender.post_bytes(fits + b" ")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")


def test_a_chunked_body_above_the_limit_is_413_and_not_cut(sender: Sender, engine: Engine) -> None:
    body = json.dumps(created()).encode().ljust(LARGEST_EVENT + 20)
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    headers = {**sender.headers(body[: LARGEST_EVENT + 1]), "Content-Length": ""}
    answer = sender.client.post(sender.events, data=body, headers=headers, environ_overrides=environ)
    assert answer.status_code == 413
    assert _count(engine, Comment) == 0


def test_who_prefers_to_wait_gets_the_decision(sender: Sender, world: World) -> None:
    scored = threading.Timer(0.2, world.score)
    scored.start()
    answer = sender.post(created(), Prefer="respond-async, wait=5")
    scored.join()
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=5"
    assert answer.json is not None
    assert answer.json["state"] != "waiting"
    assert set(answer.json["scores"]) >= {"toxicity", "spam"}


def test_who_waits_in_vain_gets_202(sender: Sender) -> None:
    answer = sender.post(created(), Prefer="wait=1")
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_at_most_half_of_the_threads_wait_and_others_are_answered_at_once(
    app: Flask, sender: Sender, runtime: Runtime
) -> None:
    doorway = app.extensions["webhook"]
    with contextlib.ExitStack() as waiting:
        places = [waiting.enter_context(doorway.place_to_wait()) for _ in range(runtime.settings.web_threads)]
        assert places.count(True) == runtime.settings.web_threads // 2
        answer = sender.post(created(), Prefer="wait=10")
        assert answer.status_code == 202
    with doorway.place_to_wait() as free:
        assert free


def _run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _changed(field: str, value: object) -> dict[str, object]:
    event = created(new_id())
    return {**event, "data": {**event["data"], field: value}}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(field=st.sampled_from(["id", "story", "author", "body", "format", "created_at", "parent_id"]), value=_JSON)
def test_no_value_in_any_field_breaks_the_service(sender: Sender, field: str, value: object) -> None:
    answer = sender.post(_changed(field, value))
    assert answer.status_code in {202, 409, 422}
