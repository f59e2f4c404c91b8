"""The poster speaks the signed webhook as a site would; a verifying server with the library's own check listens."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from moderation.demo.discussion import load_discussion
from moderation.demo.poster import Posted, Poster, PosterError, events_url, main, post_discussion, webhook_id
from tests.moderation.demo.verifying_server import OTHER_SECRET, SECRET, Scripted, VerifyingServer, verifying_server

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DISCUSSION = load_discussion()
SHORT = DISCUSSION.model_copy(update={"comments": DISCUSSION.comments[:3]})
AT_ONCE = (0.0, 0.0)


@pytest.fixture
def service() -> Iterator[VerifyingServer]:
    with verifying_server() as server:
        yield server


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n", encoding="utf-8")
    return path


def test_each_comment_travels_as_a_signed_event_of_its_own(service: VerifyingServer) -> None:
    posted = post_discussion(service.url, "khobor", SECRET)

    assert posted == Posted(accepted=60, known=0)
    assert [taken.data["id"] for taken in service.taken] == [comment.id for comment in DISCUSSION.comments]
    assert [taken.data["body"] for taken in service.taken] == [comment.body for comment in DISCUSSION.comments]
    assert {taken.path for taken in service.taken} == {"/v1/sites/khobor/events"}


def test_a_second_run_at_another_time_stores_nothing_twice(service: VerifyingServer) -> None:
    post_discussion(service.url, "khobor", SECRET, discussion=SHORT, now=NOW)
    again = post_discussion(service.url, "khobor", SECRET, discussion=SHORT, now=NOW + timedelta(hours=1))

    assert again == Posted(accepted=0, known=3)
    assert len(service.taken) == 3


def test_a_webhook_id_is_the_same_in_every_run_and_holds_no_dot() -> None:
    ids = [webhook_id(DISCUSSION, comment.id) for comment in DISCUSSION.comments]

    assert ids == [webhook_id(load_discussion(), comment.id) for comment in DISCUSSION.comments]
    assert len(set(ids)) == len(ids)
    assert "." not in "".join(ids)


def test_progress_is_told_after_each_comment(service: VerifyingServer) -> None:
    told: list[tuple[int, int]] = []
    post_discussion(service.url, "khobor", SECRET, discussion=SHORT, tell=lambda *done: told.append(done))

    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("status", [409, 429, 502, 503, 504])
def test_an_event_is_tried_again_under_the_same_id_where_the_service_is_busy(
    service: VerifyingServer, status: int
) -> None:
    service.script.append(Scripted(status, {"retry-after": "0"}))
    posted = post_discussion(service.url, "khobor", SECRET, discussion=SHORT, pauses=AT_ONCE)

    assert posted.accepted == 3
    assert service.attempts[0].webhook_id == service.attempts[1].webhook_id == service.taken[0].webhook_id


def test_a_service_that_stays_busy_is_given_up_with_its_reason(service: VerifyingServer) -> None:
    body = json.dumps({"title": "Too many requests", "code": "rate_limited"}).encode()
    service.script.extend([Scripted(429, {}, body)] * 3)

    with pytest.raises(PosterError, match=r"429: Too many requests \[rate_limited\]"):
        post_discussion(service.url, "khobor", SECRET, discussion=SHORT, pauses=AT_ONCE)


def test_a_wrong_secret_is_told_with_what_to_check(service: VerifyingServer) -> None:
    with pytest.raises(PosterError, match=r"401: No matching signature.*check the site's slug"):
        post_discussion(service.url, "khobor", OTHER_SECRET, discussion=SHORT)

    assert service.taken == []


@pytest.mark.parametrize("body", [b"", b"<h1>Not here</h1>", b"[1]", b'{"detail": 7}', b"\xff"])
def test_an_error_that_is_no_problem_document_is_told_all_the_same(service: VerifyingServer, body: bytes) -> None:
    service.script.append(Scripted(404, {}, body))

    with pytest.raises(PosterError, match=r"404: no reason given\. What to do: check the base URL"):
        post_discussion(service.url, "khobor", SECRET, discussion=SHORT)


def test_a_redirect_is_an_error_and_is_not_followed(service: VerifyingServer) -> None:
    service.script.append(Scripted(307, {"location": f"{service.url}/elsewhere"}))

    with pytest.raises(PosterError, match="answered 307"):
        post_discussion(service.url, "khobor", SECRET, discussion=SHORT)
    assert len(service.attempts) == 1


def test_a_service_that_is_not_there_is_told_with_its_address() -> None:
    with verifying_server() as gone:
        url = gone.url

    with pytest.raises(PosterError, match=f"Cannot reach {url}/v1/sites/khobor/events.*Is the service running"):
        post_discussion(url, "khobor", SECRET, discussion=SHORT, pauses=AT_ONCE)


@pytest.mark.parametrize("url", ["nowhere", "http://[::1", "ftp://127.0.0.1", "http://127.0.0.1:notaport", ""])
def test_a_base_url_that_is_none_is_told(url: str) -> None:
    with pytest.raises(PosterError, match=r"Cannot reach|The base URL must begin with"):
        post_discussion(url, "khobor", SECRET, discussion=SHORT, pauses=())


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_\u0995", "whsec_a"])
def test_a_secret_that_is_none_is_told_before_anything_is_sent(secret: str) -> None:
    with pytest.raises(PosterError, match="whsec_ followed by base64"):
        Poster("http://127.0.0.1:1", "khobor", secret)


def test_a_slug_cannot_lead_the_request_elsewhere() -> None:
    assert events_url("http://h/", "../x?y") == "http://h/v1/sites/..%2Fx%3Fy/events"


def test_the_command_posts_the_discussion_and_says_how_many(service: VerifyingServer, secret_file: Path) -> None:
    arguments = ["--base-url", service.url, "--site", "khobor", "--secret-file", str(secret_file)]
    first, second = CliRunner().invoke(main, arguments), CliRunner().invoke(main, arguments)

    assert (first.exit_code, first.output) == (0, "60 comments accepted, 0 known already\n")
    assert second.exit_code == 0
    assert len(service.taken) == 60


def test_the_command_posts_one_comment_of_the_callers_own_words(service: VerifyingServer, secret_file: Path) -> None:
    arguments = [
        "--base-url",
        service.url,
        "--site",
        "khobor",
        "--secret-file",
        str(secret_file),
        "--text",
        "কেমন আছেন?",
    ]
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 0
    assert [taken.data["body"] for taken in service.taken] == ["কেমন আছেন?"]
    assert str(service.taken[0].data["id"]) in result.output


def test_the_command_ends_with_one_clear_line_and_code_two(service: VerifyingServer, secret_file: Path) -> None:
    secret_file.write_text(OTHER_SECRET, encoding="utf-8")
    result = CliRunner().invoke(
        main, ["--base-url", service.url, "--site", "khobor", "--secret-file", str(secret_file)]
    )

    assert result.exit_code == 2
    assert result.output.startswith("Error: ")
    assert "check the site's slug, its webhook secret" in result.output
    assert result.output.count("\n") == 1
