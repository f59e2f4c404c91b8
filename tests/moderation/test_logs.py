import io
import json
import logging
import uuid
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from moderation.logs import bind, bound, configure, get_logger, unbind

BOTH_FORMS = pytest.mark.parametrize("as_json", [True, False], ids=["json", "console"])


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    unbind()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(logging.NOTSET)
    structlog.reset_defaults()
    unbind()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def configured(level: str = "INFO", *, as_json: bool | None = True) -> io.StringIO:
    stream = io.StringIO()
    configure(level, json=as_json, stream=stream)
    return stream


def events(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object_with_its_time_level_logger_and_fields() -> None:
    stream = configured()
    get_logger("moderation.x").info("comment_held", score=0.75, rule="links")
    [event] = events(stream)
    assert str(event.pop("timestamp")).endswith("Z")
    assert event == {"event": "comment_held", "level": "info", "logger": "moderation.x", "score": 0.75, "rule": "links"}


def test_the_console_shows_the_same_readably() -> None:
    stream = configured(as_json=False)
    get_logger("moderation.x").warning("comment_held", site="prothom", story="আলোচনা")
    line = stream.getvalue()
    assert "[warning" in line
    assert "comment_held" in line
    assert "site=prothom" in line
    assert "story=আলোচনা" in line


def test_a_terminal_gets_the_console_and_anything_else_json() -> None:
    terminal = Terminal()
    configure("INFO", stream=terminal)
    get_logger("x").info("seen")
    assert not terminal.getvalue().startswith("{")
    [event] = events(configured_and_said(None))
    assert event["event"] == "seen"


def configured_and_said(as_json: bool | None) -> io.StringIO:
    stream = configured(as_json=as_json)
    get_logger("x").info("seen")
    return stream


def test_what_is_below_the_level_is_not_written() -> None:
    stream = configured("warning")
    get_logger("x").info("quiet")
    logging.getLogger("y").info("quiet")
    get_logger("x").error("loud")
    assert [event["event"] for event in events(stream)] == ["loud"]


def test_an_unknown_level_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="Give DEBUG, INFO"):
        configure("LOUD")


def test_configuring_again_replaces_and_does_not_double() -> None:
    first, second = configured(), configured()
    get_logger("x").info("once")
    assert first.getvalue() == ""
    assert len(events(second)) == 1


def test_the_standard_librarys_loggers_come_out_the_same_way() -> None:
    stream = configured()
    with bound(job="score_comments"):
        logging.getLogger("celery.worker").warning("lost %s of %d", "contact", 3)
    [event] = events(stream)
    assert event["event"] == "lost contact of 3"
    assert event["job"] == "score_comments"
    assert (event["level"], event["logger"]) == ("warning", "celery.worker")


def test_urllib3_does_not_write_addresses() -> None:
    stream = configured("DEBUG")
    logging.getLogger("urllib3.connection").warning("Failed to parse headers (url=https://example.org/?key=canary)")
    assert stream.getvalue() == ""


def test_bound_ids_are_on_every_line_within_and_on_none_after() -> None:
    stream = configured()
    logger = get_logger("x")
    with bound(request_id="r1", site="demo"):
        with bound(comment_ids=[1, 2]):
            logger.info("inner")
        logger.info("outer")
    logger.info("after")
    inner, outer, after = events(stream)
    assert (inner["request_id"], inner["site"], inner["comment_ids"]) == ("r1", "demo", [1, 2])
    assert outer["request_id"] == "r1"
    assert "comment_ids" not in outer
    assert "request_id" not in after


def test_ids_of_a_request_stay_until_they_are_unbound() -> None:
    stream = configured()
    bind(request_id="r1", job="deliver_callbacks")
    get_logger("x").info("during")
    unbind()
    get_logger("x").info("after")
    during, after = events(stream)
    assert (during["request_id"], during["job"]) == ("r1", "deliver_callbacks")
    assert not {"request_id", "job"} & set(after)


PRIVATE = """
body text html normalised_text rawBody TEXT email author_ip payload headers link secret webhook_secret secrets password
password_hash signature webhook-signature csrf_token authorization Cookie api_key apiKey SECRET_KEY
"""


@BOTH_FORMS
@pytest.mark.parametrize("name", PRIVATE.split())
def test_a_field_that_can_hold_words_or_secrets_is_dropped_at_any_depth(name: str, as_json: bool) -> None:
    stream = configured(as_json=as_json)
    get_logger("x").info("seen", **{name: "canary"}, kept={"deep": [{name: "canary", "n": 1}, ({name: "canary"},)]})
    assert "canary" not in stream.getvalue()
    assert "kept" in stream.getvalue()


def test_fields_that_only_tell_about_words_and_secrets_are_kept() -> None:
    stream = configured()
    kept = {"text_length": 1, "content_type": "x", "comment": 7, "body_bytes": 2, "keys": 3, "contexts": 4}
    get_logger("x").info("seen", **kept)
    [event] = events(stream)
    assert event.items() >= kept.items()


FORGERY = "ok\r\n2026-11-24T00:00:00Z [error    ] forged\x1b[2J\x9b31m\u2028{}\x85\u202e\x00\ud800"


@BOTH_FORMS
def test_text_from_outside_cannot_begin_a_line_or_steer_a_terminal(as_json: bool) -> None:
    stream = configured(as_json=as_json)
    get_logger("x").info("seen", agent=FORGERY, listed=[FORGERY], **{FORGERY: 1})
    get_logger("x").info(FORGERY)
    logging.getLogger("y").info("said %s", FORGERY)
    assert_harmless(stream.getvalue(), lines=3)


@BOTH_FORMS
@given(text=st.text())
def test_no_text_whatever_makes_a_second_line(text: str, as_json: bool) -> None:
    stream = configured(as_json=as_json)
    get_logger("x").info("seen", agent=text)
    assert_harmless(stream.getvalue(), lines=1)


def assert_harmless(written: str, *, lines: int) -> None:
    assert len(written.splitlines()) == lines
    assert not any(character in written for character in "\r\x00\x1b\x9b\x85\u2028\u202e\ud800")


def failing(text: str) -> None:
    raise RuntimeError(text)


def test_an_exception_is_one_json_line() -> None:
    stream = configured()
    try:
        failing(FORGERY)
    except RuntimeError:
        get_logger("x").exception("failed")
        logging.getLogger("y").exception("failed too")
    ours, foreign = events(stream)
    for event in (ours, foreign):
        assert "RuntimeError" in str(event["exception"])
        assert event["level"] == "error"
    assert_harmless(stream.getvalue(), lines=2)


def test_on_the_console_no_line_of_an_exception_looks_like_an_event() -> None:
    stream = configured(as_json=False)
    try:
        failing(FORGERY)
    except RuntimeError:
        get_logger("x").exception("failed")
    first, *traceback = stream.getvalue().splitlines()
    assert "failed" in first
    assert len(traceback) > 3
    assert all(line.startswith("  | ") for line in traceback)
    assert_harmless(stream.getvalue(), lines=1 + len(traceback))


def test_what_json_cannot_hold_is_still_written() -> None:
    stream = configured()
    get_logger("x").info("seen", odd=object(), raw=b"\xff", keyed={(1, 2): 3})
    [event] = events(stream)
    assert event["keyed"] == {"(1, 2)": 3}


class QuotedRowError(Exception):
    """Says what PostgreSQL says of a row that it refuses."""


def fail_holding(words: str) -> None:
    held = {"nested": words}
    try:
        raise QuotedRowError(f"the row violates a constraint\nDETAIL:  Failing row contains (7, {held['nested']}).")
    except QuotedRowError as error:
        raise ExceptionGroup("several", [RuntimeError(f"within the group\n{words}"), error]) from error


@BOTH_FORMS
def test_a_traceback_shows_no_variables_and_the_first_line_of_each_message_only(as_json: bool) -> None:
    words = uuid.uuid4().hex
    stream = configured(as_json=as_json)
    try:
        fail_holding(words)
    except ExceptionGroup:
        get_logger("x").exception("failed")
        logging.getLogger("y").exception("failed too")
    written = stream.getvalue()
    for said in ("in fail_holding", "the row violates a constraint", "ExceptionGroup: several", "within the group"):
        assert written.count(said) >= 2
    assert words not in written


@BOTH_FORMS
def test_a_ring_of_causes_is_told_once(as_json: bool) -> None:
    stream = configured(as_json=as_json)
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    get_logger("x").error("failed", exc_info=first)
    assert stream.getvalue().count("ValueError: first") == 1
