"""What a site is known and reached by, as its administrators see it: addresses, secrets and keys, never in clear."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from moderation.domain.vocabulary import SecretPurpose
from moderation.store.schema import ApiKey, Endpoint, Secret, Site


@dataclass(frozen=True, slots=True)
class KnownSecret:
    """A signing secret by its ``hint``, which is empty for one made before hints were kept."""

    id: int
    purpose: SecretPurpose
    hint: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class KnownKey:
    id: int
    hint: str
    created_at: datetime


def secrets_in_use(connection: Connection, site_id: int, now: datetime) -> list[KnownSecret]:
    """The secrets of a site that are valid now or will be, the newest first."""
    rows = connection.execute(
        select(Secret.id, Secret.purpose, Secret.hint, Secret.valid_from, Secret.valid_to)
        .where(Secret.site_id == site_id, Secret.valid_to.is_(None) | (Secret.valid_to > now))
        .order_by(Secret.id.desc())
    )
    return [KnownSecret(row.id, SecretPurpose(row.purpose), row.hint, row.valid_from, row.valid_to) for row in rows]


def end_secret(connection: Connection, secret_id: int, at: datetime) -> None:
    connection.execute(update(Secret).where(Secret.id == secret_id).values(valid_to=at))


def keys_in_use(connection: Connection, site_id: int) -> list[KnownKey]:
    """The keys of a site that are not revoked, the newest first."""
    rows: Any = connection.execute(
        select(ApiKey.id, ApiKey.hint, ApiKey.created_at)
        .where(ApiKey.site_id == site_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.id.desc())
    )
    return [KnownKey(*row) for row in rows]


def revoke_key(connection: Connection, site_id: int, key_id: int, at: datetime) -> bool:
    """Whether there was such a key of the site in use."""
    revoked = connection.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.site_id == site_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return revoked.rowcount == 1


def lock_site(connection: Connection, site_id: int) -> None:
    """For this transaction nobody else changes what the site is known and reached by."""
    connection.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))


def change_endpoint(connection: Connection, endpoint_id: int, url: str) -> None:
    """Another address from now on, also for what is under way; as it is new, no failure counts against it."""
    connection.execute(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id)
        .values(url=url, failures=0, open_until=None, failing_since=None, disabled_at=None, disabled_reason=None)
    )
