"""A site's address is changed, its old secrets and keys are ended; nothing locks a site out by mistake."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from moderation.callback_urls import CallbackUrlError
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.vocabulary import Role, SecretPurpose
from moderation.steps import enrolling, keeping_sites, tending
from moderation.store import credentials, deliveries, sites
from moderation.store.credentials import KnownSecret
from moderation.store.schema import AuditEntry, Callback, Endpoint, Story
from moderation.store.sites import CallbackEndpoint
from tests.factories import NOW, World

OLD, NEW = "https://khobor.example/callbacks", "https://new.khobor.example/callbacks"


def _anywhere(_: str) -> None:
    """The rules for addresses are tested where they are (``test_callback_urls``)."""


def _change(world: World, url: str = NEW, before: str | None = None) -> None:
    keeping_sites.change_callback(world.work, site_slug="khobor", url=url, check=_anywhere, before=before)


def _addresses(world: World, site_id: int) -> list[CallbackEndpoint]:
    with world.runtime.reading() as connection:
        return sites.endpoints_of(connection, site_id)


def _secrets(world: World, site_id: int) -> list[KnownSecret]:
    with world.runtime.reading() as connection:
        return credentials.secrets_in_use(connection, site_id, NOW)


def test_a_changed_address_gets_what_was_under_way_and_no_failure_counts_against_it(world: World) -> None:
    site_id = world.make_site()
    endpoint_id = world.make_endpoint(site_id, OLD)
    world.make_comment(site_id)
    with world.runtime.reading() as connection:
        story_id = connection.execute(select(Story.id)).scalar_one()
    tending.close(world.work, story_id, by="x", role=Role.EDITOR, now=NOW)
    with world.work() as unit:
        failing = {"failures": 9, "disabled_at": NOW, "disabled_reason": "gone", "failing_since": NOW}
        unit.connection.execute(update(Endpoint).values(open_until=NOW, **failing))
    _change(world)
    (address,) = _addresses(world, site_id)
    assert (address.id, address.url, address.failures, address.disabled_at) == (endpoint_id, NEW, 0, None)
    with world.work() as unit:
        (claimed,) = deliveries.claim_due(
            unit.connection,
            now=NOW,
            lease_until=NOW + timedelta(seconds=40),
            most=9,
            most_each=9,
            wary_from=3,
            busy={},
        )
    assert claimed.url == NEW
    with world.runtime.reading() as connection:
        assert len(connection.execute(select(Callback.id)).all()) == 1
        details = connection.scalar(select(AuditEntry.details).where(AuditEntry.act == "callback.changed"))
    assert details == {"before": OLD, "after": NEW}


def test_a_site_without_an_address_gets_one(world: World) -> None:
    site_id = world.make_site()
    _change(world)
    assert [one.url for one in _addresses(world, site_id)] == [NEW]


def test_of_several_addresses_one_must_be_named(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id, OLD)
    world.make_endpoint(site_id, "https://second.example/")
    with pytest.raises(InvalidValueError):
        _change(world)
    with pytest.raises(InvalidValueError):
        _change(world, before="https://third.example/")
    _change(world, before=OLD)
    assert [one.url for one in _addresses(world, site_id)] == [NEW, "https://second.example/"]


def test_an_address_that_callbacks_must_not_reach_changes_nothing(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id, OLD)
    check = world.runtime.callback_client.check_url
    for url in ("https://10.0.0.5/", "http://169.254.169.254/latest", "ftp://khobor.example/", "x"):
        with pytest.raises(CallbackUrlError):
            keeping_sites.change_callback(world.work, site_slug="khobor", url=url, check=check)
    assert [one.url for one in _addresses(world, site_id)] == [OLD]


def test_an_old_secret_ends_at_once_and_the_last_one_cannot(world: World) -> None:
    site_id = world.make_site()
    for _ in range(2):
        enrolling.rotate_secret(
            world.work, world.runtime.vault, site_slug="khobor", purpose=SecretPurpose.WEBHOOK, now=NOW
        )
    enrolling.rotate_secret(
        world.work, world.runtime.vault, site_slug="khobor", purpose=SecretPurpose.CALLBACK, now=NOW
    )
    callback, new, old = _secrets(world, site_id)
    assert (new.valid_to, old.valid_to) == (None, NOW + enrolling.DEFAULT_OVERLAP)
    keeping_sites.end_secret(world.work, site_slug="khobor", secret_id=old.id, now=NOW)
    for last in (new, callback):
        with pytest.raises(ConflictError):
            keeping_sites.end_secret(world.work, site_slug="khobor", secret_id=last.id, now=NOW)
    with pytest.raises(NotFoundError):
        keeping_sites.end_secret(world.work, site_slug="khobor", secret_id=old.id, now=NOW)
    assert [one.id for one in _secrets(world, site_id)] == [callback.id, new.id]


def test_the_secret_that_stays_cannot_be_ended_while_the_others_only_last_out_their_overlap(world: World) -> None:
    site_id = world.make_site()
    for _ in range(2):
        enrolling.rotate_secret(
            world.work, world.runtime.vault, site_slug="khobor", purpose=SecretPurpose.WEBHOOK, now=NOW
        )
    new, old = _secrets(world, site_id)
    assert old.valid_to is not None
    with pytest.raises(ConflictError):
        keeping_sites.end_secret(world.work, site_slug="khobor", secret_id=new.id, now=NOW)
    assert _secrets(world, site_id) == [new, old]


def test_secrets_and_keys_are_known_by_their_last_characters(world: World) -> None:
    site_id = world.make_site()
    secret = enrolling.rotate_secret(
        world.work, world.runtime.vault, site_slug="khobor", purpose=SecretPurpose.WEBHOOK, now=NOW
    )
    key = enrolling.issue_key(world.work, world.runtime.vault, site_slug="khobor", now=NOW)
    with world.runtime.reading() as connection:
        (known,) = credentials.keys_in_use(connection, site_id)
    assert known.hint == key[-4:]
    assert [one.hint for one in _secrets(world, site_id)] == [secret.rstrip("=")[-4:]]


def test_a_key_is_revoked_once_and_only_by_its_own_site(world: World) -> None:
    site_id = world.make_site()
    world.make_site("other")
    enrolling.issue_key(world.work, world.runtime.vault, site_slug="khobor", now=NOW)
    with world.runtime.reading() as connection:
        (known,) = credentials.keys_in_use(connection, site_id)
    with pytest.raises(NotFoundError):
        keeping_sites.revoke_key(world.work, site_slug="other", key_id=known.id, now=NOW)
    keeping_sites.revoke_key(world.work, site_slug="khobor", key_id=known.id, now=NOW)
    with pytest.raises(NotFoundError):
        keeping_sites.revoke_key(world.work, site_slug="khobor", key_id=known.id, now=NOW)
    with world.runtime.reading() as connection:
        assert credentials.keys_in_use(connection, site_id) == []
        acts = list(connection.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))
    assert acts == ["key.issued", "key.revoked"]
