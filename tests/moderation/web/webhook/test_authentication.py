"""Who may send and who may ask; what a stranger learns is nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, insert, select

from moderation.domain.vocabulary import SecretPurpose
from moderation.runtime import Runtime
from moderation.signing import new_secret
from moderation.steps import enrolling
from moderation.store.schema import InboxEntry, Secret
from moderation.store.unit_of_work import Work
from moderation.vault import Vault
from tests.moderation.web.webhook.sender import Sender, created

BODY = b'{"type": "comment.created"}'


def _stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(InboxEntry)) or 0


def test_a_wrong_signature_is_refused_before_the_body_is_read_and_stores_nothing(
    sender: Sender, engine: Engine
) -> None:
    answer = sender.post_bytes(b"no json at all", headers=sender.headers(BODY))
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (401, "wrong_signature")
    assert _stored(engine) == 0


def test_an_unknown_site_answers_like_a_wrong_signature(sender: Sender) -> None:
    headers = sender.headers(BODY, secret=new_secret())
    wrong = sender.post_bytes(BODY, headers=headers)
    unknown = sender.post_bytes(BODY, "/v1/sites/nobody/events", headers)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


def test_another_sites_secret_does_not_open(sender: Sender, other: Sender) -> None:
    assert other.post_bytes(BODY, sender.events).status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_timestamp_is_refused(sender: Sender, minutes: int) -> None:
    headers = sender.headers(BODY, at=datetime.now(UTC) + timedelta(minutes=minutes))
    answer = sender.post_bytes(BODY, headers=headers)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (401, "stale_timestamp")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(sender: Sender, name: str) -> None:
    headers = sender.headers(BODY)
    del headers[name]
    answer = sender.post_bytes(BODY, headers=headers)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (401, "missing_header")


def test_a_rotated_secret_counts_at_once_and_the_old_one_until_its_end(
    sender: Sender, work: Work, runtime: Runtime
) -> None:
    assert sender.post(created("c1")).status_code == 202
    fresh = enrolling.rotate_secret(
        work, runtime.vault, site_slug="khobor", purpose=SecretPurpose.WEBHOOK, now=runtime.now()
    )
    answer = sender.post_bytes(b"{}", headers=sender.headers(b"{}", secret=fresh))
    assert answer.status_code == 422
    assert sender.post(created("c2")).status_code == 202


@pytest.mark.parametrize("others", [True, False], ids=["beside_a_good_one", "alone"])
def test_a_secret_that_was_lost_with_its_key_shuts_out_no_other(sender: Sender, engine: Engine, others: bool) -> None:
    lost = Vault(["a key that this installation has lost"]).encrypt(new_secret())
    with engine.begin() as connection:
        site_id = connection.scalar(select(Secret.site_id).limit(1))
        if not others:
            connection.execute(delete(Secret))
        values = {"site_id": site_id, "purpose": SecretPurpose.WEBHOOK.value, "ciphertext": lost}
        connection.execute(insert(Secret).values(**values))
    assert sender.post(created("c1")).status_code == (202 if others else 503)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    name=st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
)
def test_no_header_breaks_the_check(sender: Sender, name: str, value: str) -> None:
    headers = {**sender.headers(BODY), name: value}
    assert sender.post_bytes(BODY, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer nobody", "Bearer " + "x" * 501, "Bearer \xff"]
)
def test_without_a_key_that_is_known_nothing_is_told(sender: Sender, client: FlaskClient, header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}
    for path in ("comments/c1", "decisions"):
        answer = client.get(f"/v1/sites/{sender.site.slug}/{path}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_another_sites_key_finds_nothing_whether_the_site_exists_or_not(sender: Sender, other: Sender) -> None:
    sender.post(created())
    key = other.site.api_key
    mine = sender.ask("comments/c1", key)
    nobodys = sender.client.get("/v1/sites/nobody/comments/c1", headers={"Authorization": f"Bearer {key}"})
    assert mine.status_code == nobodys.status_code == 404
    assert mine.json == nobodys.json
    assert other.comment("c1").status_code == 404


def test_a_revoked_key_is_refused(sender: Sender, work: Work, runtime: Runtime) -> None:
    enrolling.issue_key(work, runtime.vault, site_slug="khobor", now=runtime.now(), revoke_others=True)
    assert sender.comment().status_code == 401


def test_every_route_of_the_webhook_asks_who_is_there(app: Flask, sender: Sender) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("webhook.")]
    assert rules
    for rule in rules:
        path = rule.rule.replace("<site>", sender.site.slug).replace("<any_id:comment_id>", "c1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert sender.client.open(path, method=method).status_code == 401, rule
