"""The sample discussion is what it says it is: varied, made up, and told in the webhook's own words."""

import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydantic import JsonValue, ValidationError

from classifiers import LABELS
from moderation.demo.discussion import SAMPLE, Comment, load_discussion
from moderation.web.webhook.payloads import EVENT

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BANGLA, LATIN = re.compile(r"[\u0980-\u09ff]"), re.compile(r"[A-Za-z]")
DISCUSSION = load_discussion()


def _data(comment: Comment) -> dict[str, JsonValue]:
    data = DISCUSSION.event(comment, NOW)["data"]
    assert isinstance(data, dict)
    return data


def test_it_holds_some_sixty_comments_and_most_of_them_are_civil() -> None:
    civil = [comment for comment in DISCUSSION.comments if not comment.expected_labels]

    assert len(DISCUSSION.comments) == 60
    assert 34 <= len(civil) <= 38


def test_every_comment_has_an_id_of_its_own_and_replies_come_after_what_they_answer() -> None:
    written: dict[str, int] = {}
    for comment in DISCUSSION.comments:
        assert comment.id not in written
        assert comment.parent_id is None or written[comment.parent_id] > comment.minutes_ago
        written[comment.id] = comment.minutes_ago


def test_comments_stand_oldest_first() -> None:
    ages = [comment.minutes_ago for comment in DISCUSSION.comments]

    assert ages == sorted(ages, reverse=True)


def test_it_is_written_in_both_scripts_and_in_mixtures() -> None:
    bangla = [c for c in DISCUSSION.comments if BANGLA.search(c.body) and not LATIN.search(c.body)]
    latin = [c for c in DISCUSSION.comments if LATIN.search(c.body) and not BANGLA.search(c.body)]
    mixed = [c for c in DISCUSSION.comments if BANGLA.search(c.body) and LATIN.search(c.body)]

    assert min(len(bangla), len(latin)) >= 20
    assert len(mixed) >= 6


def test_every_kind_of_abuse_occurs() -> None:
    expected = {label for comment in DISCUSSION.comments for label in comment.expected_labels}

    assert expected == set(LABELS) - {"toxicity"}


def test_the_tricks_of_hostile_writers_occur() -> None:
    bodies = [comment.body for comment in DISCUSSION.comments]

    assert any("\u202e" in body for body in bodies)
    assert any("\u200b" in body for body in bodies)
    assert any("<script>" in body for body in bodies)
    assert any(re.search(r"(\b\w ){4}", body) for body in bodies)
    assert any(comment.format == "html" and "<a href=" in comment.body for comment in DISCUSSION.comments)


def test_invisible_characters_are_written_as_escapes_so_that_a_reader_of_the_file_sees_them() -> None:
    assert not re.search(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", SAMPLE.read_text(encoding="utf-8"))


def test_no_link_and_no_address_can_belong_to_anybody() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    hosts = re.findall(r"https?://([^/\"?\\]+)", text)
    addresses = [ipaddress.ip_address(c.author.ip) for c in DISCUSSION.comments if c.author.ip]
    documentation = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]

    assert hosts
    assert all(host.endswith(".example") for host in hosts)
    assert all(any(address in net for net in documentation) for address in addresses)


def test_an_event_tells_the_comment_in_the_words_of_the_webhook() -> None:
    comment = next(comment for comment in DISCUSSION.comments if comment.author.url)
    event = DISCUSSION.event(comment, NOW)
    data = _data(comment)

    assert event["type"] == "comment.created"
    assert event["timestamp"] == (NOW - timedelta(minutes=comment.minutes_ago)).isoformat()
    assert set(data) == {"id", "story", "parent_id", "author", "body", "format", "created_at"}
    assert data["story"] == DISCUSSION.story.model_dump()
    assert isinstance(data["author"], dict)
    assert set(data["author"]) == {"id", "name", "url", "ip", "registered_at"}


def test_every_event_is_one_that_the_webhook_takes() -> None:
    for comment in DISCUSSION.comments:
        taken = EVENT.validate_python(DISCUSSION.event(comment, NOW))

        assert taken.data.id == comment.id


def test_what_we_expect_of_a_comment_is_never_sent() -> None:
    assert not any("expected" in str(DISCUSSION.event(comment, NOW)) for comment in DISCUSSION.comments)


def test_the_times_of_an_event_keep_the_zone_of_now() -> None:
    dhaka = timezone(timedelta(hours=6))
    event = DISCUSSION.event(DISCUSSION.comments[0], NOW.astimezone(dhaka))

    assert str(event["timestamp"]).endswith("+06:00")


def test_a_file_that_is_no_discussion_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "discussion.json"
    path.write_text('{"about": "nothing", "comments": [{"id": ""}]}', encoding="utf-8")

    with pytest.raises(ValidationError, match="story"):
        load_discussion(path)
