from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from classifiers.thresholds import DEFAULT_HOLD
from moderation.callback_client import CallbackUrlError
from moderation.domain.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from moderation.domain.vocabulary import Mode, Role, SecretPurpose
from moderation.runtime import Runtime
from moderation.steps import enrolling, setting_rules
from moderation.store import audit_log, enrolments, policies
from moderation.store.schema import Invitation, Membership, Secret
from moderation.store.unit_of_work import Work
from tests.factories import NOW


def enrol(work: Work, runtime: Runtime, slug: str = "khobor", **overrides: Any) -> enrolling.EnrolledSite:
    given: dict[str, Any] = {"name": "খবর", "url": "https://khobor.example", "now": NOW} | overrides
    return enrolling.enrol_site(work, runtime.vault, slug=slug, **given)


def entries(work: Work) -> list[tuple[str, Mapping[str, Any]]]:
    with work() as unit:
        return [(entry.act, entry.details) for entry in audit_log.latest(unit.connection)]


def test_secrets_are_stored_encrypted_and_can_be_read_back(work: Work, runtime: Runtime) -> None:
    made = enrol(work, runtime)
    with work() as unit:
        stored = list(unit.connection.execute(select(Secret.ciphertext).order_by(Secret.id)).scalars())
    assert [runtime.vault.decrypt(one) for one in stored] == [made.webhook_secret, made.callback_secret]
    assert all(made.webhook_secret.encode() not in one for one in stored)


def test_no_secret_reaches_the_audit_log(work: Work, runtime: Runtime) -> None:
    made = enrol(work, runtime)
    written = str(entries(work))
    assert "site.enrolled" in written
    assert not any(secret in written for secret in (made.webhook_secret, made.callback_secret, made.api_key))


def test_a_short_name_is_given_once(work: Work, runtime: Runtime) -> None:
    enrol(work, runtime)
    with pytest.raises(AlreadyExistsError):
        enrol(work, runtime)


@pytest.mark.parametrize("slug", ["", "Khobor", "খবর", "-a", "a-", "a b", "a/b", "a" * 64, "a\n", "../x"])
def test_a_short_name_that_does_not_fit_an_address_is_refused(work: Work, runtime: Runtime, slug: str) -> None:
    with pytest.raises(InvalidValueError):
        enrol(work, runtime, slug)


@pytest.mark.parametrize(
    "url", ["khobor.example", "javascript:alert(1)", "https://", "https://[::1", "ftp://a.example"]
)
def test_a_site_needs_a_web_address(work: Work, runtime: Runtime, url: str) -> None:
    with pytest.raises(InvalidValueError):
        enrol(work, runtime, url=url)


def test_a_callback_address_that_must_not_be_called_stores_nothing(work: Work, runtime: Runtime) -> None:
    with pytest.raises(CallbackUrlError):
        enrol(
            work,
            runtime,
            callback_url="https://169.254.169.254/latest",
            check_callback=runtime.callback_client.check_url,
        )
    with work() as unit:
        assert enrolments.sites(unit.connection) == []


def test_a_rotated_secret_works_beside_the_old_one_until_the_overlap_ends(work: Work, runtime: Runtime) -> None:
    enrol(work, runtime)
    new = enrolling.rotate_secret(
        work,
        runtime.vault,
        site_slug="khobor",
        purpose=SecretPurpose.WEBHOOK,
        overlap=timedelta(hours=2),
        now=NOW,
    )
    with work() as unit:
        rows = unit.connection.execute(
            select(Secret.ciphertext, Secret.valid_to)
            .where(Secret.purpose == SecretPurpose.WEBHOOK.value)
            .order_by(Secret.id)
        ).all()
    assert [row.valid_to for row in rows] == [NOW + timedelta(hours=2), None]
    assert runtime.vault.decrypt(rows[1].ciphertext) == new


def test_a_second_rotation_does_not_lengthen_what_ends_already(work: Work, runtime: Runtime) -> None:
    enrol(work, runtime)
    for overlap in (1, 48):
        enrolling.rotate_secret(
            work,
            runtime.vault,
            site_slug="khobor",
            purpose=SecretPurpose.CALLBACK,
            overlap=timedelta(hours=overlap),
            now=NOW,
        )
    with work() as unit:
        ends = unit.connection.execute(
            select(Secret.valid_to).where(Secret.purpose == SecretPurpose.CALLBACK.value).order_by(Secret.id)
        ).scalars()
        assert list(ends) == [NOW + timedelta(hours=1), NOW + timedelta(hours=48), None]


def test_a_second_invitation_ends_the_first_and_changes_the_role(work: Work, runtime: Runtime) -> None:
    enrol(work, runtime)
    tokens = [
        enrolling.invite_moderator(work, runtime.vault, email=email, role=role, site_slug="khobor", now=NOW)
        for email, role in ((" Nasrin@Desk.example", Role.VIEWER), ("nasrin@desk.example", Role.EDITOR))
    ]
    with work() as unit:
        open_links = unit.connection.execute(select(Invitation.digest).where(Invitation.used_at.is_(None))).scalars()
        assert list(open_links) == [runtime.vault.token_digest(tokens[1])]
        assert list(unit.connection.execute(select(Membership.role)).scalars()) == [Role.EDITOR.value]


@pytest.mark.parametrize("email", ["", "nasrin", "@x", "a@", "a b@c", "a@b\r\nBcc: x@y", "<a@b>"])
def test_what_is_no_email_address_is_refused(work: Work, runtime: Runtime, email: str) -> None:
    with pytest.raises(InvalidValueError):
        enrolling.invite_moderator(work, runtime.vault, email=email, role=Role.VIEWER, now=NOW)


def test_nobody_is_invited_to_a_site_that_does_not_exist(work: Work, runtime: Runtime) -> None:
    with pytest.raises(NotFoundError):
        enrolling.invite_moderator(work, runtime.vault, email="a@b.c", role=Role.VIEWER, site_slug="none", now=NOW)


def test_a_new_policy_is_a_new_version_and_leaves_the_rest_as_by_default(work: Work, runtime: Runtime) -> None:
    enrol(work, runtime, mode=Mode.PUBLISH_FIRST)
    for hold in (0.5, 0.4):
        setting_rules.set_policy(work, site_slug="khobor", document={"thresholds": {"threat": {"hold": hold}}})
    with work() as unit:
        site = enrolments.site(unit.connection, "khobor")
        policy = policies.rules_of(unit.connection, [site.id])[site.id].policy
    thresholds = {label.value: (pair.hold, pair.reject) for label, pair in policy.thresholds.items()}
    assert policy.version == 2
    assert thresholds["threat"] == (0.4, None)
    assert thresholds["spam"] == (DEFAULT_HOLD["spam"], 0.99)
