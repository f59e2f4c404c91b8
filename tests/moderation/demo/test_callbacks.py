"""Callbacks are verified by the library, read leniently, and printed so that a terminal cannot be tricked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from moderation.demo.callbacks import Callback, Reason, Verifier, line, parse, printable, who, why
from tests.moderation.demo.callback_samples import encoded, make_callback, signed
from tests.moderation.demo.verifying_server import OTHER_SECRET, SECRET

NOON = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
BODY = encoded(make_callback())


def _callback(**changed: object) -> Callback:
    return Callback.model_validate(make_callback(**changed))  # type: ignore[arg-type]


def test_the_published_vector_of_standard_webhooks_is_signed_by_the_library_we_verify_with() -> None:
    vector = signed(b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC))

    assert vector["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_genuine_callback_has_no_flaw() -> None:
    assert Verifier(SECRET).flaw(signed(BODY, "m1"), BODY) is None


def test_during_a_rotation_one_of_two_signatures_is_enough() -> None:
    headers = signed(BODY, "m1", secret=OTHER_SECRET)
    headers["webhook-signature"] += " " + signed(BODY, "m1")["webhook-signature"]

    assert Verifier(SECRET).flaw(headers, BODY) is None


@pytest.mark.parametrize("late_by", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_a_stale_or_future_callback_is_flawed(late_by: timedelta) -> None:
    assert Verifier(SECRET).flaw(signed(BODY, "m1", datetime.now(UTC) - late_by), BODY)


def test_a_changed_body_id_or_time_is_flawed() -> None:
    headers = signed(BODY, "m1")
    verifier = Verifier(SECRET)

    assert verifier.flaw(headers, BODY + b" ")
    assert verifier.flaw({**headers, "webhook-id": "m2"}, BODY)
    assert verifier.flaw({**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, BODY)
    assert verifier.flaw(signed(BODY, "m1", secret=OTHER_SECRET), BODY)


@given(
    headers=st.fixed_dictionaries(
        {},
        optional={
            "webhook-id": st.text(),
            "webhook-timestamp": st.text() | st.just(str(int(datetime.now(UTC).timestamp()))),
            "webhook-signature": st.text() | st.text("v1,= ab") | st.just("v1,"),
        },
    ),
    body=st.binary(),
)
def test_whatever_comes_is_flawed_and_never_an_exception(headers: dict[str, str], body: bytes) -> None:
    assert Verifier(SECRET).flaw(headers, body)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_a", "whsec_\u0995"])
def test_a_secret_that_is_none_is_refused_at_once(secret: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Verifier(secret)


def test_fields_that_we_do_not_know_are_kept() -> None:
    callback = parse(encoded(make_callback(appeal={"until": "2026-12-01"})))

    assert callback is not None
    assert callback.model_dump()["data"]["appeal"] == {"until": "2026-12-01"}


def test_a_type_that_we_do_not_know_is_no_callback_of_ours() -> None:
    assert parse(b'{"type": "weather.changed", "data": 7}') is None


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"{}", b'{"type": 3}', b'{"type": "comment.held"}', b"[" * 100_000, b'{"type": "\\ud800"}', b"\xff"],
)
def test_what_is_no_callback_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        parse(body)


@given(body=st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_data_of_any_other_shape_is_refused_and_never_another_exception(body: object) -> None:
    with pytest.raises(ValidationError):
        parse(encoded({"type": "comment.decided", "timestamp": "2026-11-24T08:00:00Z", "data": body}))  # type: ignore[dict-item]


def test_the_line_tells_time_type_comment_verdict_labels_reasons_and_version() -> None:
    assert line(NOON, _callback(), stands=1) == (
        "12:00:05  comment.decided  c-001 v1  reject  labels: threat  because: threat 0.91 against 0.60 (label_hold)"
        "  by: moderator (editor)"
    )


def test_the_line_of_a_hold_tells_the_state() -> None:
    shown = line(NOON, _callback(verdict=None, decided_by=None), stands=1)

    assert "comment.held     c-001 v1  held  labels: none" in shown
    assert shown.endswith("by: nobody yet")


def test_the_line_of_a_late_callback_tells_which_version_stands() -> None:
    assert line(NOON, _callback(version=2), stands=5).endswith("(late: v5 stands)")


@given(text=st.text(min_size=1))
def test_a_line_holds_nothing_that_a_terminal_would_act_on(text: str) -> None:
    callback = _callback(
        comment_id=text,
        labels=[text],
        reasons=[{"rule": text, "label": text, "text": text}],
        decided_by={"kind": text, "role": text},
    )

    assert line(NOON, callback, stands=1).isprintable()


def test_bangla_is_printed_as_it_is_and_escapes_are_seen() -> None:
    assert printable("হুমকি\x1b[2J\u202e") == "হুমকি\\u001b[2J\\u202e"


def test_a_long_list_of_reasons_stays_one_short_line() -> None:
    reasons = [Reason(rule="label_hold", label="x" * 500, value=0.9, threshold=0.5)] * 50

    assert len("; ".join(why(reasons))) < 200


def test_a_reason_without_a_label_tells_its_text() -> None:
    assert why([Reason(rule="new_author", text="First comment of this author")]) == [
        "First comment of this author (new_author)"
    ]


def test_a_classifier_is_told_by_its_bundle() -> None:
    decided_by = _callback(decided_by={"kind": "classifier", "bundle": "starter-1"}).data.decided_by

    assert who(decided_by) == "classifier (starter-1)"
