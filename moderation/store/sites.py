"""Sites as the outside knows them: by slug with their secrets, by API key, and by where their callbacks go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from moderation.domain.vocabulary import Mode, SecretPurpose
from moderation.store.schema import ApiKey, Endpoint, Secret, Site


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """One signing secret, still encrypted, and the time for which it holds; ``valid_to`` null is for ever."""

    ciphertext: bytes
    valid_from: datetime
    valid_to: datetime | None

    def is_valid(self, now: datetime) -> bool:
        return self.valid_from <= now and (self.valid_to is None or now < self.valid_to)


@dataclass(frozen=True, slots=True)
class SigningSite:
    """A site with the secrets by which its webhooks are known, newest first, those of the past and the future too."""

    id: int
    slug: str
    mode: Mode
    secrets: tuple[StoredSecret, ...]


@dataclass(frozen=True, slots=True)
class KeyOwner:
    site_id: int
    slug: str


@dataclass(frozen=True, slots=True)
class CallbackEndpoint:
    id: int
    url: str
    failures: int
    open_until: datetime | None
    disabled_at: datetime | None
    disabled_reason: str | None


def by_slug(connection: Connection, slug: str) -> SigningSite | None:
    """The site and its webhook secrets in one round trip."""
    rows = connection.execute(
        select(Site.id, Site.slug, Site.mode, Secret.ciphertext, Secret.valid_from, Secret.valid_to)
        .outerjoin(Secret, and_(Secret.site_id == Site.id, Secret.purpose == SecretPurpose.WEBHOOK.value))
        .where(Site.slug == slug)
        .order_by(Secret.id.desc())
    ).all()
    if not rows:
        return None
    secrets = tuple(StoredSecret(r.ciphertext, r.valid_from, r.valid_to) for r in rows if r.ciphertext is not None)
    return SigningSite(rows[0].id, rows[0].slug, Mode(rows[0].mode), secrets)


def owner_of_key(connection: Connection, digest: bytes) -> KeyOwner | None:
    """Whose API key has this digest; ``None`` for one that is unknown or revoked."""
    row = connection.execute(
        select(Site.id, Site.slug)
        .join(ApiKey, ApiKey.site_id == Site.id)
        .where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None))
    ).one_or_none()
    return KeyOwner(row.id, row.slug) if row else None


def valid_ciphertexts(connection: Connection, site_id: int, purpose: SecretPurpose, now: datetime) -> Sequence[bytes]:
    """The site's encrypted secrets of one purpose that hold now, newest first; several while one is rotated."""
    return connection.scalars(
        select(Secret.ciphertext)
        .where(
            Secret.site_id == site_id,
            Secret.purpose == purpose.value,
            Secret.valid_from <= now,
            or_(Secret.valid_to.is_(None), Secret.valid_to > now),
        )
        .order_by(Secret.id.desc())
    ).all()


def endpoints_of(connection: Connection, site_id: int) -> list[CallbackEndpoint]:
    """Every address of the site's callbacks, disabled ones too."""
    rows = connection.execute(
        select(
            Endpoint.id,
            Endpoint.url,
            Endpoint.failures,
            Endpoint.open_until,
            Endpoint.disabled_at,
            Endpoint.disabled_reason,
        )
        .where(Endpoint.site_id == site_id)
        .order_by(Endpoint.id)
    )
    return [CallbackEndpoint(*row) for row in rows]
