"""Writes what an enrolment makes: sites with endpoints, secrets and keys; people, their roles and invitations."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.domain.errors import AlreadyExistsError, NotFoundError
from moderation.domain.vocabulary import Mode, Role, SecretPurpose
from moderation.store.schema import ApiKey, Endpoint, Invitation, Membership, Moderator, Secret, Site


@dataclass(frozen=True, slots=True)
class EnrolledSite:
    id: int
    slug: str
    name: str
    mode: Mode
    hold_everything_until: datetime | None


def add_site(connection: Connection, *, slug: str, name: str, url: str, mode: Mode) -> int:
    """A new site's id. Raises AlreadyExistsError where the slug is taken."""
    identity: int | None = connection.scalar(
        upsert(Site)
        .values(slug=slug, name=name, url=url, mode=mode.value)
        .on_conflict_do_nothing(index_elements=[Site.slug])
        .returning(Site.id)
    )
    if identity is None:
        raise AlreadyExistsError(f"There is a site {slug!r} already. Choose another short name for this one.")
    return identity


def site(connection: Connection, slug: str) -> EnrolledSite:
    """The site with this short name. Raises NotFoundError."""
    found = [one for one in sites(connection) if one.slug == slug]
    if not found:
        raise NotFoundError(f"There is no site {slug!r}. Enrol it, or see `status` for those there are.")
    return found[0]


def sites(connection: Connection) -> list[EnrolledSite]:
    """All sites, by their short names."""
    rows = connection.execute(
        select(Site.id, Site.slug, Site.name, Site.mode, Site.hold_everything_until).order_by(Site.slug)
    )
    return [EnrolledSite(row.id, row.slug, row.name, Mode(row.mode), row.hold_everything_until) for row in rows]


def add_endpoint(connection: Connection, site_id: int, url: str) -> None:
    connection.execute(insert(Endpoint).values(site_id=site_id, url=url))


def add_secret(
    connection: Connection, site_id: int, purpose: SecretPurpose, ciphertext: bytes, valid_from: datetime, *, hint: str
) -> None:
    values = {"site_id": site_id, "purpose": purpose.value, "ciphertext": ciphertext, "hint": hint}
    connection.execute(insert(Secret).values(valid_from=valid_from, **values))


def retire_secrets(connection: Connection, site_id: int, purpose: SecretPurpose, until: datetime) -> int:
    """Ends the validity of all present secrets of one purpose at ``until``, or sooner where that was set already."""
    retired = connection.execute(
        update(Secret)
        .where(
            Secret.site_id == site_id,
            Secret.purpose == purpose.value,
            or_(Secret.valid_to.is_(None), Secret.valid_to > until),
        )
        .values(valid_to=until)
    )
    return retired.rowcount


def add_key(connection: Connection, site_id: int, digest: bytes, *, hint: str) -> None:
    connection.execute(insert(ApiKey).values(site_id=site_id, digest=digest, hint=hint))


def revoke_keys(connection: Connection, site_id: int, at: datetime) -> int:
    """Revokes all of a site's keys; returns how many were in use."""
    revoked = connection.execute(
        update(ApiKey).where(ApiKey.site_id == site_id, ApiKey.revoked_at.is_(None)).values(revoked_at=at)
    )
    return revoked.rowcount


def ensure_moderator(connection: Connection, *, email: str, name: str) -> int:
    """The id of the person with this e-mail address, who is added where unknown."""
    return connection.execute(
        upsert(Moderator)
        .values(email=email, name=name)
        .on_conflict_do_update(index_elements=[Moderator.email], set_={"email": email})
        .returning(Moderator.id)
    ).scalar_one()


def set_role(connection: Connection, moderator_id: int, site_id: int | None, role: Role) -> None:
    """Gives a person one role at a site, or at every site where ``site_id`` is ``None``, in place of the one before."""
    here = Membership.site_id.is_(None) if site_id is None else Membership.site_id == site_id
    connection.execute(delete(Membership).where(Membership.moderator_id == moderator_id, here))
    connection.execute(insert(Membership).values(moderator_id=moderator_id, site_id=site_id, role=role.value))


def invite(connection: Connection, moderator_id: int, digest: bytes, *, now: datetime, until: datetime) -> None:
    """A one-time link for a person; links sent before and not used become void."""
    connection.execute(
        update(Invitation)
        .where(Invitation.moderator_id == moderator_id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )
    connection.execute(insert(Invitation).values(digest=digest, moderator_id=moderator_id, until=until))


def add_link(connection: Connection, moderator_id: int, digest: bytes, *, until: datetime) -> None:
    """One more one-time link for a person, beside those that they have: asking for one takes none away."""
    connection.execute(insert(Invitation).values(digest=digest, moderator_id=moderator_id, until=until))


def set_mode(connection: Connection, site_id: int, mode: Mode) -> None:
    connection.execute(update(Site).where(Site.id == site_id).values(mode=mode.value))


def hold_everything(connection: Connection, site_id: int, until: datetime | None, reason: str | None = None) -> None:
    values = {"hold_everything_until": until, "hold_everything_reason": reason}
    connection.execute(update(Site).where(Site.id == site_id).values(**values))


def slug_of(connection: Connection, site_id: int) -> str:
    return connection.execute(select(Site.slug).where(Site.id == site_id)).scalar_one()


def any_site(connection: Connection) -> bool:
    return bool(connection.scalar(select(select(Site.id).exists())))


def any_password(connection: Connection) -> bool:
    """Whether somebody can log in already."""
    return bool(connection.scalar(select(select(Moderator.id).where(Moderator.password_hash.is_not(None)).exists())))
