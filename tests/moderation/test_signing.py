import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from moderation.signing import SignatureError, new_secret, sign, verify

# The vector that the specification publishes.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
HEADERS = {
    "webhook-id": ID,
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret, thirty-two bytes").decode()


def code_of(
    headers: Mapping[str, str], *, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,), now: datetime = AT
) -> str:
    with pytest.raises(SignatureError) as refused:
        verify(body, headers, secrets, now)
    assert refused.value.detail
    return refused.value.code


def changed(name: str, value: str) -> dict[str, str]:
    return HEADERS | {name: value}


def test_the_published_vector_is_made() -> None:
    assert sign(BODY, webhook_id=ID, at=AT, secrets=[SECRET]) == HEADERS


def test_the_published_vector_is_verified() -> None:
    assert verify(BODY, HEADERS, [SECRET], AT) == (ID, AT)


def test_a_new_secret_is_32_random_bytes_in_the_published_form() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first)
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


def test_what_we_sign_the_library_accepts() -> None:
    secret, body = new_secret(), '{"মন্তব্য": "ভালো"}'.encode()
    headers = sign(body, webhook_id="evt_1", at=datetime.now(UTC), secrets=[OTHER_SECRET, secret])
    assert Webhook(secret).verify(body, headers) == {"মন্তব্য": "ভালো"}


def test_while_rotating_both_secrets_sign_parted_by_one_space_and_each_verifies() -> None:
    headers = sign(BODY, webhook_id=ID, at=AT, secrets=[SECRET, OTHER_SECRET])
    assert re.fullmatch(r"v1,\S+ v1,\S+", headers["webhook-signature"])
    for secret in (SECRET, OTHER_SECRET):
        assert verify(BODY, headers, [secret], AT).webhook_id == ID
    assert verify(BODY, HEADERS, [OTHER_SECRET, SECRET], AT).webhook_id == ID
    assert code_of(headers, secrets=(new_secret(),)) == "wrong_signature"


def test_the_time_zone_of_the_signer_does_not_change_the_signature() -> None:
    dhaka = AT.astimezone(timezone(timedelta(hours=6)))
    assert sign(BODY, webhook_id=ID, at=dhaka, secrets=[SECRET]) == HEADERS


@pytest.mark.parametrize("webhook_id", ["", "a.b", "a b", "a\n", "à", "x" * 201, "\x00"])
def test_no_message_is_signed_under_an_id_that_would_be_refused(webhook_id: str) -> None:
    with pytest.raises(ValueError, match="webhook id"):
        sign(BODY, webhook_id=webhook_id, at=AT, secrets=[SECRET])


def test_signing_needs_a_secret_and_a_time_zone() -> None:
    with pytest.raises(ValueError, match="secret"):
        sign(BODY, webhook_id=ID, at=AT, secrets=[])
    with pytest.raises(ValueError, match="time zone"):
        sign(BODY, webhook_id=ID, at=AT.replace(tzinfo=None), secrets=[SECRET])


def test_header_names_are_found_in_any_case() -> None:
    assert verify(BODY, {key.title(): value for key, value in HEADERS.items()}, [SECRET], AT).webhook_id == ID


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_missing_or_empty_header_is_named(name: str) -> None:
    without = {key: value for key, value in HEADERS.items() if key != name}
    assert code_of(without) == "missing_header"
    assert code_of(changed(name, "")) == "missing_header"
    with pytest.raises(SignatureError, match=name):
        verify(BODY, without, [SECRET], AT)


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_header_given_twice_is_malformed(name: str) -> None:
    assert code_of(HEADERS | {name.upper(): HEADERS[name]}) == "malformed_header"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "msg.1"),
        ("webhook-id", "msg 1"),
        ("webhook-id", "msg\x001"),
        ("webhook-id", "msg\r\nx"),
        ("webhook-id", "মন্তব্য"),
        ("webhook-id", "x" * 201),
        ("webhook-timestamp", "yesterday"),
        ("webhook-timestamp", "1614265330.5"),
        ("webhook-timestamp", "+1614265330"),
        ("webhook-timestamp", " 1614265330"),
        ("webhook-timestamp", "1614265330\n"),
        ("webhook-timestamp", "01614265330"),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "1e9"),
        ("webhook-timestamp", "nan"),
        ("webhook-timestamp", "inf"),
        ("webhook-timestamp", "1_614_265_330"),
        ("webhook-timestamp", "১৬১৪২৬৫৩৩০"),
        ("webhook-timestamp", "9" * 400),
        ("webhook-signature", "v1,\x00"),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", "v1,a\nv1,b"),
        ("webhook-signature", "v1,AAAA " * 1_000),
    ],
)
def test_a_header_that_breaks_its_form_is_malformed(name: str, value: str) -> None:
    assert code_of(changed(name, value)) == "malformed_header"


@pytest.mark.parametrize(
    "value",
    [
        "v1",
        "v1,",
        ",",
        " ",
        "v1,not base64!",
        HEADERS["webhook-signature"][:-1],
        HEADERS["webhook-signature"].lower(),
        HEADERS["webhook-signature"].replace("v1,", "v1a,"),
        HEADERS["webhook-signature"].replace("v1,", ""),
        HEADERS["webhook-signature"].replace("+", "-").replace("/", "_"),
        HEADERS["webhook-signature"] + ",v1",
    ],
)
def test_a_signature_that_is_not_ours_is_wrong(value: str) -> None:
    assert code_of(changed("webhook-signature", value)) == "wrong_signature"


@pytest.mark.parametrize("value", ["v1a,AAAA {}", "v1,AAAA  {}", "{} v1,", " {}"])
def test_one_good_signature_among_others_is_enough(value: str) -> None:
    headers = changed("webhook-signature", value.format(HEADERS["webhook-signature"]))
    assert verify(BODY, headers, [SECRET], AT).webhook_id == ID


def test_another_endpoints_secret_does_not_verify() -> None:
    assert code_of(HEADERS, secrets=(OTHER_SECRET,)) == "wrong_signature"
    assert code_of(HEADERS, secrets=()) == "wrong_signature"


def test_a_broken_secret_of_ours_refuses_and_does_not_crash() -> None:
    assert code_of(HEADERS, secrets=("whsec_é",)) == "wrong_signature"
    assert code_of(HEADERS, secrets=("whsec_",)) == "wrong_signature"


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_a_message_within_five_minutes_is_taken(seconds: int) -> None:
    assert verify(BODY, HEADERS, [SECRET], AT + timedelta(seconds=seconds)).sent_at == AT


@pytest.mark.parametrize("seconds", [-86_400, -301, 301, 86_400])
def test_a_message_further_away_than_five_minutes_is_stale_even_if_well_signed(seconds: int) -> None:
    assert code_of(HEADERS, now=AT + timedelta(seconds=seconds)) == "stale_timestamp"


@pytest.mark.parametrize(
    "body",
    [
        b'{"test":2432232314}',
        b'{"test": 2432232314}\n',
        b"\xef\xbb\xbf" + BODY,
        b"",
        b"\xff\xfe",
        BODY.decode().encode("utf-16"),
    ],
)
def test_a_body_written_anew_is_not_the_body_that_was_signed(body: bytes) -> None:
    assert code_of(HEADERS, body=body) == "wrong_signature"


@pytest.mark.parametrize("body", [b"not json", b"[" * 100_000, b"{", b"\xef\xbb\xbf{}", b"\x00"])
def test_what_is_no_json_is_verified_without_being_parsed(body: bytes) -> None:
    assert verify(body, sign(body, webhook_id=ID, at=AT, secrets=[SECRET]), [SECRET], AT).webhook_id == ID


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_no_flipped_byte_of_the_body_verifies(position: int, flip: int) -> None:
    body = bytearray(BODY)
    body[position] ^= flip
    assert code_of(HEADERS, body=bytes(body)) == "wrong_signature"


@given(name=st.sampled_from(sorted(HEADERS)), position=st.integers(0, 200), flip=st.integers(1, 127))
def test_no_flipped_byte_of_a_header_verifies(name: str, position: int, flip: int) -> None:
    value = bytearray(HEADERS[name].encode())
    value[position % len(value)] ^= flip
    code_of(changed(name, value.decode("latin-1")))


@given(
    headers=st.dictionaries(st.sampled_from([*HEADERS, "Webhook-Id", "x"]) | st.text(), st.text(), max_size=6),
    body=st.binary(max_size=200),
)
def test_header_garbage_raises_nothing_but_a_signature_error(headers: dict[str, str], body: bytes) -> None:
    code_of(headers, body=body)
    code_of(HEADERS | headers | {"webhook-signature": "v1,AAAA"}, body=body)
