"""The rules for repeats, order and edits, and hostile input, as a site meets them at the door."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, func, select

from moderation.domain.vocabulary import EventType
from moderation.runtime import Runtime
from moderation.steps import sweeping
from moderation.store.schema import Author, Callback, Comment, Decision, EarlyEvent, InboxEntry, Report, Revision
from moderation.web.factory import create_app
from tests.factories import World
from tests.moderation.web.webhook.sender import LATE, Sender, created, late, new_id

Answer = Mapping[str, Any]


def taken(sender: Sender, event: Mapping[str, object], webhook_id: str | None = None, **headers: str) -> Answer:
    answer = sender.post(event, webhook_id, **headers)
    assert answer.status_code in {200, 202}, answer.text
    document: Answer = answer.get_json()
    return document


def where(answer: Answer) -> tuple[str | None, int | None]:
    return answer["state"], answer["version"]


def historical(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "historical": True}


def count(engine: Engine, table: type) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


# Repeats


@pytest.mark.parametrize("kind", sorted(LATE))
@pytest.mark.parametrize("early", [True, False], ids=["before its comment", "after it"])
def test_a_late_event_repeated_is_applied_once_and_answered_alike(
    sender: Sender, engine: Engine, kind: str, early: bool
) -> None:
    if not early:
        sender.post(created())
    webhook_id = new_id()
    first = taken(sender, late(kind), webhook_id)
    sender.post(created(body="অন্য"), webhook_id)
    second = taken(sender, late(kind), webhook_id)
    assert first == second
    assert count(engine, EarlyEvent) == int(early)
    assert count(engine, Decision) == int(kind == EventType.MODERATED and not early)


@pytest.mark.parametrize("kind", ["comment.created", *sorted(LATE)])
def test_a_webhook_id_is_refused_for_any_other_event(sender: Sender, engine: Engine, kind: str) -> None:
    webhook_id = new_id()
    taken(sender, created("c0"), webhook_id)
    answer = sender.post(created() if kind == "comment.created" else late(kind), webhook_id)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (409, "webhook_id_reused")
    assert count(engine, Comment) == count(engine, InboxEntry) == 1


def test_two_sites_may_use_the_same_webhook_id(sender: Sender, other: Sender) -> None:
    webhook_id = new_id()
    assert taken(sender, created(), webhook_id)["id"] != taken(other, created(), webhook_id)["id"]


def test_a_body_spaced_otherwise_is_the_same_event(sender: Sender, engine: Engine) -> None:
    webhook_id = new_id()
    for indent in (None, 4):
        body = json.dumps(created(), indent=indent, sort_keys=indent is not None).encode()
        assert sender.post_bytes(body, headers=sender.headers(body, webhook_id=webhook_id)).status_code == 202
    assert count(engine, Comment) == 1


def test_a_batch_may_hold_the_same_event_twice_and_all_that_happened_to_one_comment(
    sender: Sender, engine: Engine
) -> None:
    webhook_id = new_id()
    answer = sender.batch(
        {"id": webhook_id, "event": created()},
        {"id": webhook_id, "event": created()},
        {"id": new_id(), "event": created()},
        {"id": new_id(), "event": late("comment.edited")},
        {"id": webhook_id, "event": created(body="অন্য")},
        {"id": new_id(), "event": late("comment.moderated", moderated_at="2026-11-24T12:00:00Z")},
        {"id": new_id(), "event": created(body="অন্য")},
        {"id": new_id(), "event": late("comment.deleted")},
    )
    assert answer.json is not None
    results = answer.json["results"]
    assert [result["status"] for result in results] == [202, 202, 202, 202, 409, 202, 409, 202]
    assert results[0]["answer"] == results[1]["answer"] == results[2]["answer"]
    told = [where(result["answer"]) for result in results if result["status"] == 202]
    assert told[3:] == [("waiting", 0), ("rejected", 1), ("deleted", 2)]
    assert (count(engine, Comment), count(engine, Revision)) == (1, 2)


def test_a_full_batch_sent_again_as_a_whole_is_answered_alike(sender: Sender, engine: Engine) -> None:
    items = [{"id": new_id(), "event": created(f"n{n}")} for n in range(500)]
    first = sender.batch(*items)
    assert first.json == sender.batch(*items).json
    assert count(engine, Comment) == 500


# Order


def test_what_came_before_its_comment_counts_in_the_answer_to_the_comment_and_its_repeats(sender: Sender) -> None:
    assert where(taken(sender, late("comment.moderated"))) == (None, None)
    webhook_id = new_id()
    first = taken(sender, created(), webhook_id)
    assert where(first) == ("rejected", 1)
    assert taken(sender, created(), webhook_id) == first


def test_a_comment_deleted_before_it_came_is_stored_as_deleted_and_never_scored(sender: Sender, world: World) -> None:
    taken(sender, late("comment.deleted"))
    assert where(taken(sender, created())) == ("deleted", 1)
    assert world.score() == 0


def test_a_report_of_a_comment_that_never_comes_holds_nothing_up(sender: Sender, world: World) -> None:
    for n in range(5):
        taken(sender, late("comment.reported", "never", reporter={"id": f"r{n}"}))
    sweeping.sweep(world.work, now=world.runtime.now())
    assert sender.comment("never").status_code == 404


@pytest.mark.parametrize("kind", sorted(LATE))
def test_nothing_brings_a_deleted_comment_back(sender: Sender, world: World, kind: str) -> None:
    taken(sender, created())
    gone = where(taken(sender, late("comment.deleted")))
    assert where(taken(sender, late(kind))) == gone == ("deleted", 1)
    assert where(taken(sender, created())) == gone
    assert world.score() == 0


def test_an_edit_back_to_the_old_words_is_not_undone_by_a_late_one_in_between(sender: Sender, engine: Engine) -> None:
    taken(sender, created(body="প্রথম"))
    taken(sender, late("comment.edited", body="প্রথম", revision=3, edited_at="2026-11-24T12:00:00Z"))
    taken(sender, late("comment.edited", body="দ্বিতীয়", revision=2, edited_at="2026-11-24T11:00:00Z"))
    assert count(engine, Revision) == 1


def test_edits_of_the_same_second_go_by_the_sites_revision(sender: Sender, engine: Engine) -> None:
    taken(sender, created(body="প্রথম"))
    for revision, body in ((3, "তৃতীয়"), (2, "দ্বিতীয়"), (4, "চতুর্থ")):
        taken(sender, late("comment.edited", body=body, revision=revision))
    with engine.connect() as connection:
        assert connection.scalars(select(Revision.text).order_by(Revision.n)).all() == ["প্রথম", "তৃতীয়", "চতুর্থ"]


# Imports


def test_an_import_of_a_whole_life_holds_and_sends_nothing(sender: Sender, world: World, engine: Engine) -> None:
    world.make_endpoint(1)
    told = [where(taken(sender, historical(created(body="তোকে মারবো"))))]
    told.append(where(taken(sender, historical(late("comment.edited", body="তোকে আবার মারবো")))))
    reports = [historical(late("comment.reported", reporter={"id": f"r{n}"})) for n in range(5)]
    told += [where(taken(sender, report)) for report in reports]
    told.append(where(taken(sender, historical(late("comment.moderated", moderated_at="2026-11-25T00:00:00Z")))))
    assert told == [("published", 0)] * 7 + [("rejected", 1)]
    assert world.score() == 0
    assert (count(engine, Callback), count(engine, Report), count(engine, Revision)) == (0, 5, 2)


@pytest.mark.parametrize("early", [False, True], ids=["after its comment", "before it"])
def test_imports_count_for_their_author_as_what_they_are(sender: Sender, engine: Engine, early: bool) -> None:
    verdict = historical(late("comment.moderated"))
    if early:
        taken(sender, verdict)
    items = [{"id": new_id(), "event": historical(created(name))} for name in ("c1", "c2", "c3")]
    assert sender.batch(*items).status_code == 200
    if not early:
        taken(sender, verdict)
    with engine.connect() as connection:
        assert connection.execute(select(Author.published, Author.rejected)).one() == (2, 1)


def test_an_import_in_the_wrong_order_holds_and_sends_nothing(sender: Sender, world: World, engine: Engine) -> None:
    world.make_endpoint(1)
    for n in range(5):
        taken(sender, historical(late("comment.reported", reporter={"id": f"r{n}"})))
    taken(sender, historical(late("comment.edited")))
    assert where(taken(sender, historical(created()))) == ("published", 0)
    assert world.score() == 0
    assert count(engine, Callback) == 0


# Hostile ids


@pytest.mark.parametrize(
    "comment_id",
    [
        "😀" * 200,
        "\u202egnp.exe",
        "a\r\nSet-Cookie: x=1",
        " ",
        "ক\u09bc",
        "\u09df",
        "../../../etc",
        "%2e%2e",
        "?a=b#c",
        "\x7f\x01",
    ],
    ids=["huge", "bidi", "header", "blank", "decomposed", "composed", "dots", "encoded", "query", "control"],
)
def test_any_id_comes_back_as_it_was_and_its_status_address_leads_to_it(sender: Sender, comment_id: str) -> None:
    answer = taken(sender, created(comment_id))
    assert answer["comment_id"] == comment_id
    headers = {"Authorization": f"Bearer {sender.site.api_key}"}
    status = sender.client.get(urlsplit(answer["status_url"]).path, headers=headers)
    assert status.json is not None
    assert (status.status_code, status.json["comment_id"]) == (200, comment_id)


def test_ids_that_merely_look_alike_are_different_comments(sender: Sender, engine: Engine) -> None:
    for comment_id in ("য\u09bc", "\u09df", "A", "a", "a ", "\u0430"):
        taken(sender, created(comment_id))
    assert count(engine, Comment) == 6


@pytest.mark.parametrize("field", ["id", "parent_id"])
@pytest.mark.parametrize("value", ["", "x" * 201, "a\0b", 7, ["a"], {"id": "a"}])
def test_what_is_no_id_is_422(sender: Sender, field: str, value: object) -> None:
    event = created()
    assert sender.post({**event, "data": {**event["data"], field: value}}).status_code == 422


@pytest.mark.parametrize("body", ["<br>", "<!-- nothing -->", "<script>alert(1)</script>", " ", "\u200b"])
def test_a_body_without_any_text_is_stored_and_scored(sender: Sender, world: World, body: str) -> None:
    taken(sender, created(body=body, format="html"))
    assert world.score() == 1
    assert sender.comment().status_code == 200


@pytest.mark.parametrize("number", ["1e400", "9" * 5_000, "-0", "1E5", "0x10"])
def test_no_number_breaks_the_door(sender: Sender, number: str) -> None:
    sender.post(created())
    body = json.dumps(late("comment.edited", revision=-12345)).replace("-12345", number).encode()
    assert sender.post_bytes(body).status_code in {202, 400, 422}


# Waiting


@pytest.mark.parametrize("wish", ["wait=0", "wait=-1", "wait=abc", "wait", "wait=", "respond-async", "x=wait=5", "১"])
def test_a_wish_that_cannot_be_read_is_no_wish(sender: Sender, wish: str) -> None:
    answer = sender.post(created(), Prefer=wish.encode().decode("latin-1"))
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(
    ("wish", "applied"), [("wait=99999", "wait=10"), ('wait="3"', "wait=3"), ("WAIT=2; x", "wait=2")]
)
def test_a_long_wish_is_cut_and_the_answer_says_so(sender: Sender, world: World, wish: str, applied: str) -> None:
    taken(sender, created())
    world.score()
    answer = sender.post(created(), Prefer=wish)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, applied)


def test_nobody_waits_for_a_comment_that_has_not_come(sender: Sender) -> None:
    answer = sender.post(late("comment.reported"), Prefer="wait=10")
    assert answer.status_code == 202


# The rate


def test_above_its_rate_a_site_is_told_when_to_come_again_and_others_are_not(
    runtime: Runtime, sender: Sender, other: Sender
) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, rate_limit=3)))
    busy, calm = (replace(one, client=app.test_client()) for one in (sender, other))
    for _ in range(20):
        assert busy.post_bytes(b"{}", headers=busy.headers(b"other")).status_code == 401
    answers = [busy.post(created(f"c{n}")) for n in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {202, 429}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert refused[0].json is not None
    assert refused[0].json["code"] == "too_many_requests"
    assert calm.post(created()).status_code == 202


def test_a_service_whose_address_is_in_bangla_script_points_to_it_in_ascii(runtime: Runtime, sender: Sender) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, base_url="https://আলোচনা.বাংলা")))
    answer = Sender(app.test_client(), sender.site).post(created("মন্তব্য"))
    assert answer.status_code == 202
    assert answer.headers["Location"].isascii()
    assert answer.headers["Location"].startswith("https://xn--")
