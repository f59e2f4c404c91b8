"""The demo site answers callbacks as a careful site would, and its page shows hostile text as text."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue
from werkzeug.datastructures import Headers
from werkzeug.test import Client, EnvironBuilder, TestResponse, run_wsgi_app

from moderation.demo.callbacks import Verifier
from moderation.demo.demo_site import CALLBACK_PATH, LARGEST_BODY, DemoSite
from moderation.demo.discussion import load_discussion
from moderation.demo.memory import Memory
from moderation.demo.page import Page
from tests.moderation.demo.callback_samples import encoded, make_callback, signed
from tests.moderation.demo.verifying_server import OTHER_SECRET, SECRET

BODY = encoded(make_callback())


class World:
    """The site, what it printed, and a client that speaks WSGI to it."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.lines: list[str] = []
        self.site = DemoSite(Verifier(SECRET), Memory(log), Page(load_discussion()), self.lines.append)
        self.client = Client(self.site)

    def send(self, body: bytes, headers: dict[str, str]) -> TestResponse:
        return self.client.post(CALLBACK_PATH, data=body, headers=headers)

    def hear(self, webhook_id: str, callback: JsonValue) -> TestResponse:
        body = encoded(callback)
        return self.send(body, signed(body, webhook_id))

    def page(self) -> str:
        return self.client.get("/").text


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "log")


def test_a_genuine_callback_is_taken_printed_and_shown(world: World) -> None:
    answer = world.hear("m1", make_callback("c-031"))

    assert (answer.status_code, answer.data) == (204, b"")
    assert ["c-031 v1  reject  labels: threat" in line for line in world.lines] == [True]
    assert '<span class="outcome rejected">rejected</span>' in world.page()
    assert "যারা এই আলোচনার পক্ষে" in world.page()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(BODY, "m1", secret=OTHER_SECRET),
        signed(b"{}", "m1"),
        {**signed(BODY, "m1"), "webhook-id": "m2"},
        {**signed(BODY, "m1"), "webhook-signature": "v1"},
        {**signed(BODY, "m1"), "webhook-signature": "v1,না"},
        {**signed(BODY, "m1"), "webhook-timestamp": "nan"},
    ],
    ids=["unsigned", "other secret", "other body", "other id", "torn", "not base64", "no time"],
)
def test_a_wrong_signature_is_answered_401_and_has_no_effect(world: World, headers: dict[str, str]) -> None:
    coded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    answer = world.send(BODY, coded)

    assert answer.status_code == 401
    assert world.log.read_bytes() == b""
    assert world.lines[0].split("  ")[1:3] == ["refused", "401"]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_or_future_callback_is_answered_401(world: World, minutes: int) -> None:
    headers = signed(BODY, "m1", datetime.now(UTC) + timedelta(minutes=minutes))

    assert world.send(BODY, headers).status_code == 401


def test_a_repeat_is_answered_as_before_and_has_no_effect(world: World) -> None:
    first, again = world.hear("m1", make_callback()), world.hear("m1", make_callback())

    assert first.status_code == again.status_code == 204
    assert len(world.lines) == 1
    assert len(world.log.read_bytes().splitlines()) == 1
    assert "<dt>repeats without effect</dt><dd>1</dd>" in world.page()


def test_a_late_callback_is_heard_but_does_not_stand(world: World) -> None:
    world.hear("m2", make_callback(version=2, verdict="approve"))
    world.hear("m1", make_callback(version=1, verdict="reject"))

    assert world.lines[1].endswith("(late: v2 stands)")
    assert "<dt>published</dt><dd>1</dd>" in world.page()
    assert "rejected</dt>" not in world.page()
    assert "1 (late: 2 stands)" in world.page()


def test_the_newest_callback_is_shown_first(world: World) -> None:
    world.hear("m1", make_callback("c-older"))
    world.hear("m2", make_callback("c-newer"))
    page = world.page()

    assert page.index("c-newer") < page.index("c-older")


def test_an_empty_page_says_how_to_fill_it(world: World) -> None:
    assert "Nothing heard yet" in world.page()


def test_a_callback_of_a_type_from_the_future_is_acknowledged(world: World) -> None:
    answer = world.hear("m1", {"type": "weather.changed", "timestamp": "2026-11-24T08:00:00Z", "data": {}})

    assert answer.status_code == 204
    assert "does not know" in world.lines[0]


def test_what_a_desk_did_about_a_story_or_an_author_is_told_in_one_line(world: World) -> None:
    desk: JsonValue = {"kind": "moderator", "role": "editor"}
    closed: JsonValue = {"site": "khobor", "story_id": "s-1", "version": 1, "closed": True, "decided_by": desk}
    banned: JsonValue = {
        "site": "khobor",
        "author_id": "reader-9",
        "version": 2,
        "act": "suspended",
        "sanction": "suspension",
        "until": "2026-11-27T08:00:00Z",
        "notice": "সংযত\u202e থাকুন",
        "decided_by": desk,
    }
    for number, (kind, data) in enumerate([("story.closed", closed), ("author.sanctioned", banned)]):
        answer = world.hear(f"m{number}", {"type": kind, "timestamp": "2026-11-24T08:00:00Z", "data": data})
        assert answer.status_code == 204
    story, author = world.lines
    assert story.endswith("story.closed     story s-1 v1  by: moderator (editor)")
    assert "author reader-9 v2  suspended  in force: suspension until 2026-11-27T08:00:00Z" in author
    assert "\u202e" not in author


@pytest.mark.parametrize("body", [b"{}", b"[" * 50_000, b'{"type": "comment.decided", "data": {}}'])
def test_a_signed_body_that_is_no_callback_is_answered_400(world: World, body: bytes) -> None:
    answer = world.send(body, signed(body, "m1"))

    assert answer.status_code == 400
    assert answer.text.startswith("No callback: ")


def test_the_answer_to_a_callback_that_is_none_names_the_field(world: World) -> None:
    assert "data.version" in world.hear("m1", make_callback(version=-1)).text


def test_a_body_over_the_limit_is_refused_unread(world: World) -> None:
    body = b" " * (LARGEST_BODY + 1)

    assert world.send(body, signed(body, "m1")).status_code == 413


def _status_with_length(world: World, length: str | None) -> int:
    headers = Headers(signed(BODY, "m1"))
    environ = EnvironBuilder(CALLBACK_PATH, method="POST", data=BODY, headers=headers).get_environ()
    environ.pop("CONTENT_LENGTH")
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    _, status, _ = run_wsgi_app(world.site, environ)
    return int(status.split()[0])


@pytest.mark.parametrize(
    ("length", "status"),
    [(None, 411), ("", 411), ("-1", 400), ("১২", 400), ("1e3", 400), ("9" * 5000, 400), ("99999", 400), ("0", 401)],
)
def test_a_content_length_that_is_none_or_false_is_refused(world: World, length: str | None, status: int) -> None:
    assert _status_with_length(world, length) == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_not_allowed(world: World, method: str) -> None:
    answer = world.client.open("/", method=method)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_other_addresses_are_not_found(world: World) -> None:
    assert world.client.get("/../discussion.json").status_code == 404
    assert world.client.get(CALLBACK_PATH).status_code == 404


def test_a_head_request_has_the_headers_and_no_body(world: World) -> None:
    answer = world.client.head("/")

    assert answer.status_code == 200
    assert answer.data == b""


def test_every_answer_forbids_scripts_frames_and_sniffing(world: World) -> None:
    for answer in (world.client.get("/"), world.client.get("/style.css"), world.client.get("/x"), world.send(b"", {})):
        policy = answer.headers["content-security-policy"]

        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_shows_hostile_text_as_text(world: World) -> None:
    world.hear("m1", make_callback("c-050", labels=["<i>"], reasons=[{"rule": '"><script>', "text": "<b>"}]))
    world.hear("m2", make_callback("<img src=x onerror=alert(1)>", decided_by={"kind": "<script>"}))
    page = world.page()

    assert "&lt;script&gt;document.body" in page
    assert "&lt;b onmouseover=alert(1)&gt;Nice&lt;/b&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "<b" not in page.replace("<body", "").replace("<bdi", "")
    assert "<i>" not in page


def test_a_full_disk_is_answered_503_and_the_callback_may_come_again(world: World) -> None:
    world.log.unlink()
    world.log.symlink_to("/dev/full")
    refused = world.hear("m1", make_callback())
    world.log.unlink()
    world.log.touch()

    assert refused.status_code == 503
    assert world.hear("m1", make_callback()).status_code == 204


def test_a_closed_site_takes_nothing_and_prints_nothing(world: World) -> None:
    world.site.close()

    assert world.hear("m1", make_callback()).status_code == 503
    assert world.lines == []
    assert world.log.read_bytes() == b""


@settings(max_examples=60, deadline=None)
@given(
    callback=st.fixed_dictionaries(
        {"type": st.sampled_from(["comment.held", "comment.decided", "x.y"]), "timestamp": st.datetimes().map(str)},
        optional={
            "data": st.fixed_dictionaries(
                {"site": st.text(), "comment_id": st.text(), "version": st.integers(), "revision": st.just(1)},
                optional={
                    "state": st.text(),
                    "verdict": st.none() | st.text(),
                    "labels": st.lists(st.text()),
                    "reasons": st.lists(
                        st.fixed_dictionaries({"rule": st.text(), "value": st.none() | st.floats() | st.text()})
                    ),
                    "decided_by": st.none() | st.fixed_dictionaries({"kind": st.text()}),
                },
            )
        },
    ),
)
def test_no_signed_callback_whatever_it_holds_breaks_the_site_or_its_page(callback: JsonValue) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder) / "log")

        assert world.hear("m1", callback).status_code in {204, 400}
        assert world.client.get("/").status_code == 200
        assert Memory(world.log).states() == world.site._memory.states()
